"""From the world to samples: everything that one picture has, drawn once."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from PIL import Image

from eyechart.core import Box
from eyechart.data.export.sample import Part, Sample, Words, png
from eyechart.data.masks import to_runs
from eyechart.data.reels import Drawn, Reel
from eyechart.data.world import LICENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The first `count` pictures of a reel as samples, with masks or with boxes alone."""

    reel: Reel
    count: int
    masks: bool

    def sample(self, number: int) -> Sample:
        """Picture `number`."""
        shown, world = self.reel[number], self.reel.world
        drawn = shown.drawn()
        return Sample(
            number=number,
            id=f"{world.seed}/{world.split}/{number:06d}",
            png=png(Image.fromarray(drawn.pixels)),
            size=(world.size, world.size),
            label=shown.label,
            captions=shown.captions,
            falsehoods=tuple(asdict(false) for false in shown.falsehoods),
            questions=shown.questions,
            facts=shown.facts,
            parts=self._parts(shown.names, drawn),
        )

    def _parts(self, names: tuple[str, ...], drawn: Drawn) -> tuple[Part, ...]:
        if drawn.masks is None:
            boxes = zip(names, drawn.boxes, strict=True)
            return tuple(Part(name=name, box=box, runs="", area=_area(box)) for name, box in boxes)
        return tuple(
            Part(name=name, box=box, runs=to_runs(mask) if self.masks else "", area=int(np.count_nonzero(mask)))
            for name, box, mask in zip(names, drawn.boxes, drawn.masks, strict=True)
        )


def words(reel: Reel) -> Words:
    """What holds for all pictures of a reel."""
    subject = reel.subject
    return Words(
        title=f"the world of eyechart, {reel.kind}",
        revision=reel.digest[:16],
        classes=subject.classes,
        templates=subject.templates,
        taxonomy=subject.taxonomy,
        parts=subject.parts,
        licence=LICENCE,
    )


def _area(box: Box) -> int:
    return round((box.right - box.left) * (box.bottom - box.top))
