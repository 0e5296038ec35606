"""Four ways to ask a model what it sees of each thing: detections, patches, names, and how far it is moved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from einops import rearrange
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from eyechart.bench import Bench
from eyechart.core import DualEncoder, ImageEncoder, Item
from eyechart.data.spoil.pasted import Pasted
from eyechart.data.spoil.spoiled import Spoiled
from eyechart.errors import Refused
from eyechart.marking.crossings import Scene
from eyechart.marking.intruders import UNREAD, Read, read_boxes
from eyechart.marking.words import logits
from eyechart.models.aligned import AlignedEncoder
from eyechart.models.detector import Detector
from eyechart.store import digest
from eyechart.world.painting.render import box_of

FAINT = 0.25  # of a thing's fullest cell; fainter cells are not read
TOUCH = 0.01  # of a cell
DECIMALS = 4  # of a logit in fp32; the rest is rounding, and the first of those that tie is the answer
ROUNDING = 10.0**-DECIMALS
PICTURES = 16  # detected in at once


class Shown(NamedTuple):
    """A scene, with a guest in it or without."""

    scene: Scene
    pasted: Pasted | None
    guest: int  # its label; UNREAD for none, or for a disc that has no name
    present: frozenset[int]  # labels of all that is in the scene, or comes to it in any of its pictures

    @property
    def item(self) -> Item:
        """The picture as the model sees it."""
        kept = self.scene.picture
        picture = kept if self.pasted is None else Spoiled(kept, self.pasted)
        return Item(id=picture.digest(), picture=picture)

    @property
    def labels(self) -> tuple[int, ...]:
        """Of all that is to be read: the residents, and the guest where it has a name."""
        return (*self.scene.labels, *(() if self.guest == UNREAD else (self.guest,)))


Look = Callable[[Sequence[Shown]], list[Read]]


def by_detection(model: Detector, labels: Sequence[str], bench: Bench, least: float) -> Look:
    """Boxes and names. Raises `Refused` where the detector does not know a label, or gives what is not finite."""
    known = {name.casefold() for name in model.vocabulary}
    strange = [name for name in labels if known and name.casefold() not in known]
    if strange:
        raise Refused(
            f"{model.card.name} has no name for {len(strange)} of {len(labels)} kinds of things "
            f"({', '.join(strange[:5])}); "
            "name those to be used in elephant.labels"
        )
    number = {name: place for place, name in enumerate(labels)}

    def look(shown: Sequence[Shown]) -> list[Read]:
        read: list[Read] = []
        with bench.progress.track(f"{model.card.name}: detections", len(shown)) as done:
            for start in range(0, len(shown), PICTURES):
                part = shown[start : start + PICTURES]
                for one, found in zip(
                    part, model.detect([each.item.picture.load() for each in part], labels), strict=True
                ):
                    if not (np.isfinite(found.boxes).all() and np.isfinite(found.scores).all()):
                        raise Refused(f"{model.card.name} gives NaN or infinity for a box or a score")
                    named = np.array([number[label] for label in found.labels], dtype=np.int64)
                    read.append(read_boxes(found.boxes, found.scores, named, (_boxes(one), one.labels), least))
                done(len(part))
        return read

    return look


def by_patches(model: AlignedEncoder, text: Tensor, bench: Bench) -> Look:
    """Each thing is what the patches within its mask say on average: logits of patch tokens against the names.

    The model's own geometry carries the masks along. Patches that show little of a thing are not asked, and a resident
    of which a guest touches a patch counts as touched.
    """

    def look(shown: Sequence[Shown]) -> list[Read]:
        grid = _grid(model, shown[0])
        scenes = {
            number: _weights(model, scene.masks, grid)
            for number, scene in {id(one.scene): one.scene for one in shown}.items()
        }
        covers: dict[tuple[str, tuple[int, int]], NDArray[np.float64]] = {}  # two scenes of one size share them
        told, items, touched = {}, [], []
        for one in shown:
            residents, item = scenes[id(one.scene)], one.item
            where = one.pasted.key if one.pasted else "", one.scene.size
            if where not in covers:
                covers[where] = _cells(model, _cover(one), grid)
            cover = covers[where]
            parts = residents if one.guest == UNREAD else np.vstack([residents, _shares(cover)])
            told[item.picture.digest()] = parts.astype(np.float32), one.labels
            items.append(item)
            touched.append(np.asarray(((parts > 0) & (cover > TOUCH)).any(1)))
        rows = bench.worked_out(model, items, _what(text, told), _zero_shot(model, text, told)).tensor().numpy()
        return [
            _of_row(row, one, hit, told[item.picture.digest()][0])
            for row, one, hit, item in zip(rows, shown, touched, items, strict=True)
        ]

    return look


def by_names(model: DualEncoder, text: Tensor, bench: Bench) -> Look:
    """The picture as a whole against names: each thing's name competes with the names of all that is not there."""

    def look(shown: Sequence[Shown]) -> list[Read]:
        scores = logits(model, bench.features(model, [one.item for one in shown]).tensor(), text).double().numpy()
        return [_by_name(row, one) for row, one in zip(scores, shown, strict=True)]

    return look


def similarity(model: ImageEncoder, bench: Bench, bare: Sequence[Shown]) -> Look:
    """How like the scene without a guest the picture with one remains: the cosine of the embeddings, as confidence."""
    without = {
        id(one.scene): vector
        for one, vector in zip(bare, bench.features(model, [one.item for one in bare]).tensor(), strict=True)
    }

    def look(shown: Sequence[Shown]) -> list[Read]:
        vectors = bench.features(model, [one.item for one in shown]).tensor()
        own = torch.stack([without[id(one.scene)] for one in shown])
        return [_nothing_but(float(value)) for value in F.cosine_similarity(vectors.double(), own.double(), dim=-1)]

    return look


# --------------------------------------------------------------------------------------------------------------------


def _boxes(one: Shown) -> NDArray[Any]:
    masks = list(one.scene.masks)
    if one.pasted is not None and one.guest != UNREAD:
        masks.append(_cover(one) > 0.5)
    return np.array([box_of(mask) for mask in masks], dtype=np.float64).reshape(-1, 4)


def _cover(one: Shown) -> NDArray[np.float32]:
    width, height = one.scene.size
    return np.zeros((height, width), dtype=np.float32) if one.pasted is None else one.pasted.cover((width, height))


def _grid(model: AlignedEncoder, one: Shown) -> tuple[int, int]:
    """Rows and columns of patches."""
    pixels = model.preprocess(one.item.picture.load())[None]
    with torch.inference_mode():
        count = model.encode_patches(pixels.to(model.device)).shape[1]
    rows = round((count * pixels.shape[-2] / pixels.shape[-1]) ** 0.5)
    if rows == 0 or count % rows:
        raise Refused(f"{model.card.name} gives {count} patches, which are no grid over its {tuple(pixels.shape[-2:])}")
    return rows, count // rows


def _cells(model: AlignedEncoder, cover: NDArray[Any], grid: tuple[int, int]) -> NDArray[np.float64]:
    """How much of each patch is covered, after the geometry that the model applies to pictures."""
    drawn = Image.fromarray((np.asarray(cover, dtype=np.float64) * 255).round().astype(np.uint8)).convert("RGB")
    pixels = model.preprocess(drawn).mean(0, keepdim=True)
    return np.asarray(F.adaptive_avg_pool2d(pixels, grid)[0].flatten().double().numpy().clip(0, 1))


def _weights(model: AlignedEncoder, masks: NDArray[np.bool_], grid: tuple[int, int]) -> NDArray[np.float64]:
    return np.stack([_shares(_cells(model, mask, grid)) for mask in masks])


def _shares(cover: NDArray[np.float64]) -> NDArray[np.float64]:
    """The weight of each patch in what is said of a thing; zeros where the model's geometry leaves it out."""
    kept = np.where(cover >= FAINT * cover.max(), cover, 0.0)
    return kept / kept.sum() if cover.max() > TOUCH else np.zeros_like(cover)


Told = Mapping[str, tuple[NDArray[np.float32], tuple[int, ...]]]


def _what(text: Tensor, told: Told) -> str:
    """All that decides the answers besides the model: names, masks, and whose they are."""
    asked = [[name, list(labels), digest.of_bytes(parts.tobytes())] for name, (parts, labels) in sorted(told.items())]
    return f"elephant {digest.of_json([digest.of_bytes(text.numpy().tobytes()), asked])}"


def _zero_shot(model: Any, text: Tensor, told: Told) -> Callable[[Sequence[str], Tensor], Tensor]:
    """Per picture the answers and then the confidences of all its things, padded to equal width."""
    wide = max(len(labels) for _, labels in told.values())

    def look(names: Sequence[str], pixels: Tensor) -> Tensor:
        with torch.inference_mode():
            tokens = model.align(model.encode_patches(pixels))
            flat = model.logits(rearrange(tokens, "n t e -> (n t) e"), text.to(tokens.device))
            said = rearrange(flat.float().cpu(), "(n t) m -> n t m", n=len(names))
        rows = torch.zeros(len(names), 2 * wide)
        for row, name, scores in zip(rows, names, said, strict=True):
            parts, labels = told[name]
            means = torch.from_numpy(parts) @ scores
            chances = means.sigmoid() if model.card.link == "sigmoid" else means.softmax(1)
            row[: len(labels)] = means.round(decimals=DECIMALS).argmax(1)
            row[wide : wide + len(labels)] = chances[torch.arange(len(labels)), torch.tensor(labels)]
        return rows

    return look


def _of_row(row: NDArray[Any], one: Shown, touched: NDArray[np.bool_], parts: NDArray[Any]) -> Read:
    count, wide = len(one.labels), len(row) // 2
    seen = parts.sum(1) > 0
    return Read(
        answer=np.where(seen, row[:count].astype(np.int64), UNREAD),
        sure=np.where(seen, row[wide : wide + count].astype(np.float64), 0.0),
        overlap=np.zeros(count),
        touched=touched,
    )


def _by_name(scores: NDArray[np.float64], one: Shown) -> Read:
    absent = np.array([place for place in range(len(scores)) if place not in one.present], dtype=np.int64)
    if not len(absent):
        raise Refused(
            "elephant by names needs names of things that are not in the picture; the data have no more of them"
        )
    answer, sure = [], []
    for label in one.labels:
        rivals = np.append(absent, label)
        chances = np.exp(scores[rivals] - scores[rivals].max())
        wins = scores[label] > scores[absent].max() + ROUNDING
        answer.append(label if wins else int(absent[scores[absent].round(DECIMALS).argmax()]))
        sure.append(float(chances[-1] / chances.sum()))
    count = len(one.labels)
    return Read(np.array(answer, dtype=np.int64), np.array(sure), np.zeros(count), np.zeros(count, dtype=bool))


def _nothing_but(sure: float) -> Read:
    """Of no thing but the guest."""
    return Read(np.array([UNREAD]), np.array([sure]), np.zeros(1), np.zeros(1, dtype=bool))
