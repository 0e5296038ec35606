"""Pictures whose shape says one thing and whose texture another, and how answers to them are counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eyechart import draw, stats
from eyechart.core import Dataset, Estimate, Item, Result, Sheet, Statistics
from eyechart.data.spoil.filled import Filled, Part, inner_side
from eyechart.errors import Refused
from eyechart.marking.order import rank

ALONE = {"silhouette": "shape", "patch": "texture", "intact": "shape"}  # each cue by itself, and what it shows
SMALLEST = 1 / 12  # of the shorter side: an object whose inside is smaller shows no texture


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A picture of two minds: where its shape and its texture stand among the classes, and the cues by themselves."""

    item: Item
    shape: int
    texture: int
    alone: Mapping[str, Item]


def conflicts(data: Dataset, most: int, exam: str) -> list[Conflict]:
    """At most `most`, in the order of the digests of their ids: those that the facts tell, else made from masks.

    Pictures whose shape and texture are of one class are left out.

    Raises:
        Refused: there are neither such facts nor enough masks.
    """
    told = list(_told(data))
    found = sorted(told, key=lambda one: rank(one.item.id)) if told else _made(data)
    if not found:
        raise Refused(
            f"{exam} is taken on pictures whose facts name the class of the shape and of the texture, as those of "
            f"cue-conflict:FOLDER do, or on pictures with a mask of what they are labelled as, of two classes at least;"
            f" {data.name} has neither"
        )
    return found[:most]


def _told(data: Dataset) -> Iterator[Conflict]:
    places = {name: place for place, name in enumerate(data.classes)}
    alone: dict[str, dict[str, Item]] = {}
    for item in data.items:
        if item.facts.get("cue") in ALONE:
            alone.setdefault(str(item.facts.get("conflict")), {})[str(item.facts["cue"])] = item
    for item in data.items:
        shape, texture = (places.get(str(item.facts.get(part))) for part in ("shape", "texture"))
        if item.facts.get("cue") == "conflict" and shape is not None and texture is not None and shape != texture:
            yield Conflict(
                item=item, shape=shape, texture=texture, alone=alone.get(str(item.facts.get("conflict")), {})
            )


def _made(data: Dataset) -> list[Conflict]:
    """Objects of different classes in pairs; of each pair the one is the shape and the other the texture, and back."""
    parts = [(item, part) for item in data.items for part in (_object(item, data.classes),) if part is not None]
    kept = _evened(sorted(parts, key=lambda found: (found[0].label or 0, rank(found[0].id))))
    half = len(kept) // 2
    pairs = sorted(zip(kept[:half], kept[half:], strict=True), key=lambda pair: rank(pair[0][0].id))
    both = chain.from_iterable(((one, other), (other, one)) for one, other in pairs)
    return [_conflict(one, shape, other, texture) for (one, shape), (other, texture) in both]


def _evened(parts: list[tuple[Item, Part]]) -> list[tuple[Item, Part]]:
    """Without the last of the most frequent class, so that the others are as many and all can be paired off."""
    counts = Counter(item.label for item, _ in parts)
    if not counts:
        return []
    label, count = counts.most_common(1)[0]
    rest = len(parts) - count
    surplus = max(count - rest, (count + rest) % 2)
    last = max(place for place, (item, _) in enumerate(parts) if item.label == label) + 1
    return parts[: last - surplus] + parts[last:]


def _object(item: Item, classes: Sequence[str]) -> Part | None:
    """The masked region that shows what the picture is labelled as, if its inside is large enough."""
    if item.label is None:
        return None
    for region in item.regions:
        if region.mask is not None and region.label == classes[item.label]:
            mask = region.mask()
            return Part(item.picture, region) if inner_side(mask) >= SMALLEST * min(mask.shape) else None
    return None


def _conflict(item: Item, shape: Part, other: Item, texture: Part) -> Conflict:
    made = {cue: replace(item, picture=Filled(cue, shape, texture)) for cue in ("conflict", *ALONE)}
    if item.label is None or other.label is None:
        raise Refused(f"{item.id} or {other.id} has no label")
    return Conflict(item=made.pop("conflict"), shape=item.label, texture=other.label, alone=made)


def leanings(sheet: Sheet, statistics: Statistics) -> dict[str, Estimate]:
    """What the answers say of shape and texture, and how well each cue is read by itself."""
    groups, even = sheet["group"], 1 / len(sheet.facts["classes"])
    shape, texture = sheet["shape"], sheet["texture"]
    covered = shape + texture > 0
    found = {
        "shape_over_texture": stats.proportion(sheet["score"], groups, statistics, chance=0.5, better="neither"),
        "coverage": stats.proportion((shape + texture).clip(0, 1), groups, statistics, chance=2 * even),
    }
    if covered.any():
        shares = shape[covered] / (shape + texture)[covered]
        found["shape_bias"] = stats.proportion(shares, groups[covered], statistics, chance=0.5, better="neither")
    for cue in ALONE:
        if cue in sheet.columns:
            found[cue] = stats.proportion(sheet[cue], groups, statistics, chance=even)
    read = _read(sheet)
    if read.any():
        both = stats.proportion(sheet["score"][read], groups[read], statistics, chance=0.5, better="neither")
        found["where_both_are_read"] = both
    return found


def _read(sheet: Sheet) -> NDArray[np.bool_]:
    """The conflicts of which each cue is named rightly by itself."""
    if not {"silhouette", "patch"} <= set(sheet.columns):
        return np.zeros(len(sheet), dtype=bool)
    return np.asarray((sheet["silhouette"] > 0.5) & (sheet["patch"] > 0.5))


def by_class(sheet: Sheet, column: str = "outline") -> Iterator[tuple[str, NDArray[Any]]]:
    """Each class that occurs and the rows whose outline is of it."""
    for name in sheet.facts["classes"]:
        rows = np.flatnonzero(sheet[column] == name)
        if len(rows):
            yield name, rows


def by_outline(result: Result) -> list[draw.Spot]:
    """The shape bias by the class of the outline, where any answer named one of the two."""
    record, sheet = result
    spots = []
    for name, rows in by_class(sheet):
        shape, either = (float(values[rows].sum()) for values in (sheet["shape"], sheet["shape"] + sheet["texture"]))
        if either > 0:
            low, high = stats.wilson(shape, either, record.norm.statistics.level)
            spots.append(draw.Spot(name, record.card.name, shape / either, low, high))
    return spots
