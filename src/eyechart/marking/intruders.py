"""What an intruder does, from what was read with it and without: found or not, and who else is affected, how far off.

Boxes are left, top, right, bottom in pixels, their far edges exclusive (as in COCO's own evaluation); lengths are
shares of the side of a square as large as the picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

Floats = NDArray[np.float64]
UNREAD = -1  # the answer where nothing is found
MATCH = 0.5  # IoU from which a detection is of a thing
COVERS = 0.02  # of a pixel; less is rounding
CONDITIONS = ("home", "away", "disc")


class Read(NamedTuple):
    """What a model says of the things in one picture: the residents in their order, then the guest, if any."""

    answer: NDArray[np.int64]  # label, or UNREAD
    sure: Floats  # of the thing's own name
    overlap: Floats  # IoU of the best box, whatever its name; 0 where there are no boxes
    touched: NDArray[np.bool_]  # the model cannot look at it without looking at the guest


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One scene with the guest in one place: what is read without it, with the one at home, the intruder, the disc."""

    bare: Read
    home: Read
    away: Read
    disc: Read
    own: NDArray[np.int64]  # labels of the residents
    gaps: Floats  # from each resident to the nearest of the three; negative where one of them covers some of it

    @property
    def exposed(self) -> NDArray[np.bool_]:
        """Residents that were read, and that no guest covers or comes too near to be told apart."""
        count = len(self.gaps)
        touched = np.any([with_guest.touched[:count] for with_guest in (self.home, self.away, self.disc)], axis=0)
        return (self.gaps >= 0) & ~touched & (self.bare.answer[:count] != UNREAD)


def iou(first: NDArray[Any], second: NDArray[Any]) -> Floats:
    """Intersection over union of boxes, ``n 4`` and ``m 4`` → ``n m``; 0 for boxes without area."""
    one, other = np.asarray(first, dtype=np.float64)[:, None], np.asarray(second, dtype=np.float64)[None]
    sides = np.minimum(one[..., 2:], other[..., 2:]) - np.maximum(one[..., :2], other[..., :2])
    shared = np.clip(sides, 0, None).prod(-1)
    areas = [np.clip(boxes[..., 2:] - boxes[..., :2], 0, None).prod(-1) for boxes in (one, other)]
    union = areas[0] + areas[1] - shared
    return np.asarray(np.divide(shared, union, out=np.zeros_like(shared), where=union > 0))


def matched(overlaps: Floats) -> NDArray[np.int64]:
    """Which detection is of which thing, or UNREAD: ``things``, from overlaps ``detections things``.

    The surest detection comes first and takes the free thing that it overlaps most, by `MATCH` at least.
    """
    owner = np.full(overlaps.shape[1], UNREAD, dtype=np.int64)
    for detection, row in enumerate(overlaps):
        free = np.where(owner == UNREAD, row, -1.0)
        if len(free) and free.max() >= MATCH:
            owner[int(free.argmax())] = detection
    return owner


def read_boxes(
    boxes: NDArray[Any],
    scores: NDArray[Any],
    labels: NDArray[np.int64],
    things: tuple[NDArray[Any], Sequence[int]],
    least: float,
) -> Read:
    """What detections, the surest first, say of things (their boxes and labels).

    The answer counts detections scored `least` or more; the confidence is the best score of any detection of the right
    name that overlaps enough.
    """
    places, own = things
    overlaps = iou(boxes, places)
    owner = matched(overlaps[scores >= least])
    right = (labels[:, None] == np.asarray(own)[None]) & (overlaps >= MATCH)
    padded = np.append(labels, UNREAD)  # so that UNREAD, the last, stays UNREAD
    return Read(
        answer=padded[owner],
        sure=np.where(right, scores[:, None], 0.0).max(0, initial=0.0).astype(np.float64),
        overlap=overlaps[scores >= least].max(0, initial=0.0),
        touched=np.zeros(len(own), dtype=bool),
    )


def distances(masks: NDArray[np.bool_]) -> Floats:
    """From every pixel to the nearest of each mask, ``things h w``; infinite for an empty mask."""
    side = float(np.sqrt(masks.shape[1] * masks.shape[2]))
    far = [distance_transform_edt(~mask) / side if mask.any() else np.full(mask.shape, np.inf) for mask in masks]
    return np.stack(far) if far else np.zeros(masks.shape)


def gaps(away: Floats, covers: Sequence[NDArray[Any]]) -> Floats:
    """From each thing to what covers the picture; -1 where it is covered itself, or where there is none of it.

    Args:
        away: from `distances`.
        covers: ``h w`` each, of several guests; the nearest counts.
    """
    hidden = np.any([cover > COVERS for cover in covers], axis=0)
    near = away[:, hidden].min(1, initial=np.inf) if hidden.any() else np.full(len(away), np.inf)
    return np.where((near > 0) & np.isfinite(near), near, -1.0)


def damage(places: Sequence[Place], edges: Sequence[float]) -> dict[str, NDArray[Any]]:
    """Columns of a sheet, one row per place of both scenes of a crossing (given one after the other).

    "stood" counts the residents that could have been affected, by distance; "moved" those of which the answer changed,
    "fall" sums what the confidence in their names lost; "right" counts those that were named rightly without a guest,
    and "lost" those of them that no longer are.
    """
    shape = (len(places), len(edges))
    counts = {name: np.zeros(shape, dtype=np.int64) for name in ("stood", *(f"moved_{kind}" for kind in CONDITIONS))}
    lost = {f"lost_{kind}": np.zeros(len(places), dtype=np.int64) for kind in CONDITIONS}
    falls = {f"fall_{kind}": np.zeros(len(places)) for kind in CONDITIONS}
    right = np.zeros(len(places), dtype=np.int64)
    for row, place in enumerate(places):
        exposed = place.exposed
        known = (place.bare.answer == place.own) & exposed
        right[row] = known.sum()
        bins = np.searchsorted(edges, place.gaps[exposed], side="right") - 1
        np.add.at(counts["stood"][row], bins, 1)
        kept = len(place.gaps)
        for kind, read in zip(CONDITIONS, (place.home, place.away, place.disc), strict=True):
            moved = (read.answer[:kept] != place.bare.answer[:kept])[exposed]
            np.add.at(counts[f"moved_{kind}"][row], bins, moved.astype(np.int64))
            lost[f"lost_{kind}"][row] = (read.answer[:kept] != place.own)[known].sum()
            falls[f"fall_{kind}"][row] = (place.bare.sure[:kept] - read.sure[:kept])[exposed].sum()
    both: dict[str, NDArray[Any]] = {name: table[::2] + table[1::2] for name, table in (counts | lost | falls).items()}
    hurt, exposure = falls["fall_away"], counts["stood"].sum(1)
    changed = counts["moved_away"].sum(1)
    return both | {
        "right": right[::2] + right[1::2],
        "hurt": np.column_stack([hurt[::2], hurt[1::2]]),
        "changed": np.column_stack([changed[::2], changed[1::2]]),
        "exposed": np.column_stack([exposure[::2], exposure[1::2]]),
    }


def noticed(home: Floats, away: Floats) -> Floats:
    """1 where things are easier at home than away from home, ½ where rounding decides; ``n 2`` each → ``n``."""
    lead = home.sum(1) - away.sum(1)
    return np.asarray(np.where(np.abs(lead) <= TIE, 0.5, (lead > 0).astype(np.float64)))


TIE = 2e-6  # of a sum of two confidences in fp32


def spread(counts: NDArray[np.int64], among: NDArray[np.int64], groups: NDArray[Any]) -> tuple[Floats, NDArray[Any]]:
    """Zeros and ones, one for each of those that were counted `among` each row, with their groups."""
    ones = [np.repeat([1.0, 0.0], [count, whole - count]) for count, whole in zip(counts, among, strict=True)]
    return np.concatenate([np.zeros(0), *ones]), np.repeat(groups, among)
