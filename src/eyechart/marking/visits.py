"""Every thing of every crossing in every place of both scenes: what is shown and what was read, as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from eyechart.errors import BadInput
from eyechart.marking.answers import rows_of
from eyechart.marking.crossings import IN_SCENE, SIDES, VISITS, Cast, Crossing
from eyechart.marking.intruders import UNREAD, Place, Read, damage, distances, gaps, noticed
from eyechart.marking.sightings import Look, Shown

HOSTED = 4  # visits by things that have a name: two at home, two away
NOTHING = "nothing"
TOLD = 3  # changes that a caption has room for


class Stop(NamedTuple):
    """Where the guests of a crossing are put: the middle of each, and its scale."""

    crossing: int
    x: float
    y: float
    scale: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """What a model read in the pictures of all stops."""

    stops: tuple[Stop, ...]
    reads: tuple[tuple[Read, ...], ...]  # per stop, in the order of `VISITS`
    places: tuple[Place, ...]  # per stop and scene


def stops(crossings: int, positions: int, scales: Sequence[float]) -> tuple[Stop, ...]:
    """An even grid of `positions` by `positions` places at every scale, for every crossing.

    Raises:
        BadInput: no place, no scale, or a scale that is none.
    """
    if positions < 1 or not scales or min(scales) <= 0 or max(scales) > 1:
        raise BadInput(
            f"elephant takes one position across or more and scales above 0 and up to 1; got {positions} and {scales}"
        )
    middles = [(step + 0.5) / positions for step in range(positions)]
    return tuple(
        Stop(crossing, x, y, scale)
        for crossing in range(crossings)
        for scale in scales
        for y in middles
        for x in middles
    )


def bare(cast: Cast) -> list[Shown]:
    """The scenes without a guest, two per crossing."""
    return [
        Shown(crossing.scenes[side], None, UNREAD, _present(crossing, side))
        for crossing in cast.crossings
        for side in SIDES
    ]


def with_guests(cast: Cast, stop: Stop, soft: float) -> list[Shown]:
    """The six pictures of one stop, in the order of `VISITS`."""
    crossing = cast.crossings[stop.crossing]
    labels = [source.label for source in crossing.sources]
    return [
        Shown(crossing.scenes[side], pasted, label, _present(crossing, side))
        for (side, pasted), label in zip(
            crossing.visits(stop.x, stop.y, stop.scale, soft), (*labels, *labels, UNREAD, UNREAD), strict=True
        )
    ]


def visited(cast: Cast, planned: tuple[Stop, ...], look: Look, soft: float, *, alone: bool) -> Visits:
    """Show everything. `alone`: only the guest matters, so that residents are not read."""
    without = bare(cast)
    shown = [one for stop in planned for one in with_guests(cast, stop, soft)]
    read = look(shown) if alone else look([*without, *shown])
    empty, read = (read[: len(without)], read[len(without) :]) if not alone else ([], read)
    reads = tuple(tuple(read[start : start + VISITS]) for start in range(0, len(read), VISITS))
    if alone:
        return Visits(stops=planned, reads=reads, places=())
    far = [distances(one.scene.masks) for one in without]
    places = [
        Place(
            bare=empty[2 * stop.crossing + side],
            home=six[IN_SCENE[side][0]],
            away=six[IN_SCENE[side][1]],
            disc=six[IN_SCENE[side][2]],
            own=np.array(without[2 * stop.crossing + side].labels),
            gaps=gaps(far[2 * stop.crossing + side], _covers(shown[VISITS * row : VISITS * (row + 1)], side)),
        )
        for row, (stop, six) in enumerate(zip(planned, reads, strict=True))
        for side in SIDES
    ]
    return Visits(stops=planned, reads=reads, places=tuple(places))


def columns(cast: Cast, seen: Visits, edges: Sequence[float]) -> dict[str, NDArray[Any]]:
    """One row per stop; of two columns the first is the first scene's (or thing's), of four two are at home.

    Without residents the confidences are those of `similarity`, and "disc" has them for the disc.
    """
    crossings = [cast.crossings[stop.crossing] for stop in seen.stops]
    own = np.array([[source.label for source in one.sources] * 2 for one in crossings])
    names = np.array([*cast.labels, NOTHING], dtype=np.str_)  # so that UNREAD, the last, is nothing
    answer = np.array([[read.answer[-1] for read in six[:HOSTED]] for six in seen.reads])
    sure = np.array([[read.sure[-1] for read in six] for six in seen.reads])
    contrast = [_contrast(one, seen.stops[-1].scale) for one in cast.crossings]
    told: dict[str, NDArray[Any]] = {
        **rows_of([one.scenes[0].item for one in crossings]),
        "score": noticed(sure[:, :2], sure[:, 2:HOSTED]),
        "other": np.array([one.scenes[1].item.id for one in crossings], dtype=np.str_),
        "source": np.array([[source.id for source in one.sources] for one in crossings], dtype=np.str_),
        "region": np.array([[source.region for source in one.sources] for one in crossings]),
        "thing": names[own[:, :2]],
        **{axis: np.array([stop[1 + place] for stop in seen.stops]) for place, axis in enumerate(("x", "y", "scale"))},
        "sure": sure[:, :HOSTED],
        "contrast": np.array([contrast[stop.crossing] for stop in seen.stops]),
    }
    if not seen.places:
        return told | {"disc": sure[:, HOSTED:]}
    return (
        told
        | damage(seen.places, edges)
        | {
            "answer": names[answer],
            "found": (answer == own).astype(np.float64),
            "overlap": np.array([[read.overlap[-1] for read in six[:HOSTED]] for six in seen.reads]),
            "told": np.array(
                [[_told(seen.places[2 * row + side], cast) for side in SIDES] for row in range(len(crossings))],
                dtype=np.str_,
            ),
        }
    )


def _contrast(crossing: Crossing, scale: float) -> list[float]:
    """How far each thing stands out from what it covers in the middle of each scene: mean difference of the pixels."""
    found = []
    for side, pasted in crossing.visits(0.5, 0.5, scale, 0.0)[:HOSTED]:
        scene = crossing.scenes[side]
        image = scene.picture.load()
        off = np.abs(np.asarray(pasted(image), dtype=np.float64) - np.asarray(image.convert("RGB"), dtype=np.float64))
        found.append(float(off[pasted.cover(scene.size) > 0.5].mean() / 255))
    return found


def _told(place: Place, cast: Cast) -> str:
    """Which of the others change when the intruder comes, in words."""
    names = (*cast.labels, NOTHING)
    changes = [
        f"{names[before]} → {names[after]}"
        for exposed, before, after in zip(place.exposed, place.bare.answer, place.away.answer, strict=False)
        if exposed and before != after
    ]
    return ", ".join(changes[:TOLD])


def _present(crossing: Crossing, side: int) -> frozenset[int]:
    """All labels that occur in any picture of a scene."""
    return frozenset([*(source.label for source in crossing.sources), *crossing.scenes[side].labels])


def _covers(six: Sequence[Shown], side: int) -> list[NDArray[np.float32]]:
    here = (six[visit] for visit in IN_SCENE[side])
    return [one.pasted.cover(one.scene.size) for one in here if one.pasted is not None]
