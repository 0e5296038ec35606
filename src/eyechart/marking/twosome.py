"""Two at a time: which of two texts fits a picture, and which of two classes a linear probe sees in it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import normalize

from eyechart.bench import Bench
from eyechart.core import Dataset, DualEncoder, Item
from eyechart.errors import Refused
from eyechart.marking.order import order
from eyechart.marking.pairs import DECIMALS
from eyechart.marking.ties import TIE

UNASKED = -1.0


def asked(data: Dataset, exam: str) -> list[Item]:
    """The items with a caption, distractors and the fact "part", in an order that nobody chose.

    Raises:
        Refused: there is none.
    """
    items = [data.items[place] for place in order(data.items)]
    found = [item for item in items if item.captions and item.distractors and item.facts.get("part")]
    if not found:
        raise Refused(
            f"{exam} asks for pictures with a caption, the caption of its look-alike as the first distractor and the "
            f"fact 'part'; {data.name} has none"
        )
    return found


def named(model: DualEncoder, items: Sequence[Item], bench: Bench) -> tuple[Float[Tensor, "n k"], NDArray[np.int64]]:
    """Cosines of each item with its caption and its first two distractors, and how many texts there were.

    Where there is one distractor alone, it stands twice.
    """
    texts = [(item.captions[0], *item.distractors[:2]) for item in items]
    rows = [(*row, row[-1])[:3] for row in texts]
    known = sorted({text for row in rows for text in row})
    table = cosines(bench.features(model, items).tensor(), bench.texts(model, known), known, rows)
    return torch.stack(table), np.array([len(row) for row in texts], dtype=np.int64)


def cosines(
    images: Float[Tensor, "n d"], said: Float[Tensor, "m d"], known: Sequence[str], asked: Sequence[Sequence[str]]
) -> list[Float[Tensor, " k"]]:
    """Of each image with texts of its own, of which `known` are the names and `said` the embeddings.

    Products are summed in one order and rounded, so that equal embeddings give equal scores.
    """
    place = {text: at for at, text in enumerate(known)}
    seen, table = normalize(images.float(), dim=1), normalize(said.float(), dim=1)
    return [
        (image * table[[place[text] for text in row]]).sum(-1).double().round(decimals=DECIMALS)
        for image, row in zip(seen, asked, strict=True)
    ]


def wins(own: Tensor, other: Tensor) -> NDArray[np.float64]:
    """1 where `own` is larger, one half where they tie. Shapes: ``n``, ``n``."""
    slack = TIE * torch.maximum(own.abs(), other.abs())
    won = (own - other > slack).double() + 0.5 * ((own - other).abs() <= slack).double()
    return won.numpy()


def judged(table: Float[Tensor, "n c"], items: Sequence[Item]) -> NDArray[np.float64]:
    """Whether each item's own class beats those that its first and its second distractor name, ``2 n``.

    A distractor names the class of the item of the same group that has it as its caption; UNASKED where none has.
    `table` holds logits of the classes that occur, in rising order.
    """
    place = {label: at for at, label in enumerate(sorted({item.label for item in items if item.label is not None}))}
    known = {(item.cluster, item.captions[0]): place[item.label] for item in items if item.label is not None}
    won = np.full((2, len(items)), UNASKED)
    for row, item in enumerate(items):
        for at, text in enumerate(item.distractors[:2]):
            if (other := known.get((item.cluster, text))) is not None:
                own = known[item.cluster, item.captions[0]]
                won[at, row] = wins(table[row, own : own + 1], table[row, other : other + 1])[0]
    return won
