"""Pairs of a picture and a text: one that belongs together, some that do not, drawn alike however items are listed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from eyechart.core import Dataset, Item
from eyechart.errors import Refused
from eyechart.marking.answers import labels
from eyechart.marking.order import order, rank

DECIMALS = 6  # of a cosine in fp32; the rest is rounding, and rounding must not break ties
DRAWS = 200
ROWS = 256  # pictures scored at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """For each of some items its own text and `u` others, as indices into `texts`."""

    kind: Literal["captions", "classes"]
    items: tuple[Item, ...]
    texts: tuple[str, ...]  # captions, or names of classes
    own: NDArray[np.int64]  # [n]
    others: NDArray[np.int64]  # [n, u]

    def cosines(
        self, images: Float[Tensor, "n d"], texts: Float[Tensor, "m d"]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Of the matched pairs ``n`` and the unrelated ones ``n u``; inputs are normalised.

        Products are summed in one order, so that equal embeddings give equal scores.
        """
        wanted = torch.from_numpy(np.column_stack([self.own, self.others]))
        table = torch.cat(
            [
                (seen[:, None] * texts[at]).sum(-1)
                for seen, at in zip(images.split(ROWS), wanted.split(ROWS), strict=True)
            ]
        )
        rounded = table.double().numpy().round(DECIMALS)
        return rounded[:, 0], rounded[:, 1:]


def caption_pairs(data: Dataset, count: int, seed: int) -> Pairs:
    """One caption per item that has any (the first by digest), and captions that are not the item's, with replacement.

    Where all items are labelled with two classes at least, unrelated captions come from items of other classes.

    Raises:
        Refused: an item has no unrelated caption.
    """
    texts = tuple(sorted({caption for item in data.items for caption in item.captions}))
    place = {text: index for index, text in enumerate(texts)}
    items = tuple(data.items[at] for at in order(data.items) if data.items[at].captions)
    said = [(at, place[caption]) for at, item in enumerate(items) for caption in item.captions]
    kinds = {item.label for item in items}
    if None in kinds or len(kinds) == 1:
        kind = np.arange(len(items))  # every item is a kind of its own
    else:
        kind = np.array([item.label for item in items], dtype=np.int64)
    taken = np.unique([kind[at] * len(texts) + text for at, text in said])
    own = np.array([place[min(item.captions, key=rank)] for item in items], dtype=np.int64)
    others = _draw(kind, len(texts), min(count, len(texts) - 1), taken, seed)
    return Pairs(kind="captions", items=items, texts=texts, own=own, others=others)


def class_pairs(data: Dataset, count: int, seed: int) -> Pairs:
    """The item's class, and other classes drawn with replacement."""
    items = tuple(data.items[at] for at in order(data.items))
    truth = labels(data.keep(items), "scores")
    width = len(data.classes)
    others = _draw(truth, width, min(count, width - 1), np.arange(width) * (width + 1), seed)
    return Pairs(kind="classes", items=items, texts=data.classes, own=truth, others=others)


def _draw(kind: NDArray[np.int64], texts: int, count: int, taken: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    """`count` texts per item of some kind, none of which is `taken` by the kind (kind × texts + text)."""
    if count < 1:
        raise Refused(f"unrelated pairs need two distinct texts; there are {texts}")
    rng = np.random.default_rng(seed)
    drawn = rng.integers(texts, size=(len(kind), count))
    for _ in range(DRAWS):
        wrong = np.isin(kind[:, None] * texts + drawn, taken)
        if not wrong.any():
            return drawn
        drawn[wrong] = rng.integers(texts, size=int(wrong.sum()))
    raise Refused(
        f"some pictures have hardly any unrelated text among the {texts}: nearly all belong to their own kind"
    )


def placement(matched: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of all unrelated pairs that lie below each matched one, ties counted half; its mean is the AUROC."""
    ordered = np.sort(others.ravel())
    below, upto = np.searchsorted(ordered, matched, "left"), np.searchsorted(ordered, matched, "right")
    return np.asarray((below + upto) / (2 * len(ordered)))


def threshold(matched: NDArray[np.float64], others: NDArray[np.float64]) -> float:
    """The score that best parts the two kinds, counted equally: the largest recall minus false accepts.

    Halfway to the next lower score that occurs; the lowest such threshold where several are equally good.

    Raises:
        Refused: one of the kinds is empty.
    """
    if not len(matched) or not others.size:
        raise Refused("a threshold is chosen on one half of the pictures and that half is empty; give more pictures")
    levels = np.unique(np.concatenate([matched, others.ravel()]))
    recall = 1 - np.searchsorted(np.sort(matched), levels) / len(matched)
    accepted = 1 - np.searchsorted(np.sort(others.ravel()), levels) / others.size
    best = int(np.argmax(recall - accepted))
    return float((levels[best] + levels[best - 1]) / 2 if best else levels[0] - 10.0**-DECIMALS)
