"""What finds things in pictures: the capability, and what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from PIL.Image import Image

from eyechart.core import Model
from eyechart.errors import Refused
from eyechart.models.wish import Wish

MOST = 100  # detections per picture, as in the evaluation of COCO


class Detections(NamedTuple):
    """What was found in one picture, the surest first."""

    boxes: NDArray[np.float32]  # k × left, top, right, bottom, in pixels of the picture as it was given
    scores: NDArray[np.float32]  # k, in [0, 1]
    labels: tuple[str, ...]  # k names


@runtime_checkable
class Detector(Model, Protocol):
    """Finds named things, and boxes around them."""

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """All names that it can give; empty where it looks for whatever it is asked for."""

    def detect(self, images: Sequence[Image], names: Sequence[str]) -> Sequence[Detections]:
        """At most `MOST` detections per image, of these names only; one image does not change another's answer."""


def surest(found: Detections, names: Sequence[str]) -> Detections:
    """Those of these names, in the spelling that is asked for, the surest first, `MOST` at most."""
    asked = {name.casefold(): name for name in names}
    kept = [place for place, label in enumerate(found.labels) if label.casefold() in asked]
    kept = sorted(kept, key=lambda place: (-float(found.scores[place]), place))[:MOST]
    return Detections(
        boxes=found.boxes[kept].astype(np.float32).reshape(-1, 4),
        scores=found.scores[kept].astype(np.float32),
        labels=tuple(asked[found.labels[place].casefold()] for place in kept),
    )


def only_own(name: str, wish: Wish) -> None:
    """Raise `Refused` where a detector should see pictures in another way than its own, which places its boxes."""
    if wish.preprocessing != "own":
        raise Refused(f"{name} is a detector and keeps its own preprocessing; {wish.preprocessing} was asked for")
