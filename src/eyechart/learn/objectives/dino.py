"""DINO: say of a small part of a picture what a teacher says of the large part."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import ClassVar, final

import torch
from torch import Tensor

from eyechart.errors import BadInput
from eyechart.learn.chance import Chance
from eyechart.learn.objective import Batch, Loss, Objective
from eyechart.learn.schedule import cosine
from eyechart.learn.selves import Centre, Head, HeadPlan, across, pair_losses
from eyechart.learn.teacher import Clock, follow, twin
from eyechart.learn.views import View, seen
from eyechart.models.eye import Eye, eye_of
from eyechart.models.image_trunks import ViT
from eyechart.models.towers import OneTower

FIRST = View(area=(0.4, 1.0), coloured=0.8, grey=0.2, blurred=1.0)
SECOND = replace(FIRST, blurred=0.1, solarised=0.2)
SMALL = replace(FIRST, area=(0.05, 0.4), blurred=0.5)
STEP = 16  # pixels of which small views of a network without patches have a multiple


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    """Two large views of every picture and several small ones."""

    first: View = FIRST
    second: View = SECOND
    small: View = SMALL
    count: int = 8  # small ones
    width: float = 96 / 224  # of a small view, as a share of a large one


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast what is not learnt by descent moves."""

    momentum: float = 0.996  # of the teacher; moves to 1 along half a cosine
    centre: float = 0.9  # momentum of the centre
    sharp: tuple[float, float] = (0.04, 0.04)  # the teacher's temperature, at first and after warming
    warming: float = 0.3  # of the run
    student: float = 0.1  # temperature
    still: int = 0  # first steps in which the prototypes do not learn (the paper: one epoch)


HEAD, VIEWS, PACE = HeadPlan(), Views(), Pace()


@final
class DINO(Objective):
    """Of all views of a picture the student says, over prototypes, what the teacher says of the other large views.

    The teacher, the average of the student's past weights, sees the large views only; it is kept from saying the same
    of all pictures by a centre, and from saying everything of all by a low temperature. It is what remains. Any
    network will do; a transformer's positions are interpolated for small views.
    Source: Caron et al. 2021, "Emerging Properties in Self-Supervised Vision Transformers".
    """

    independent: ClassVar[bool] = True  # the centre is that of former steps

    def __init__(self, tower: OneTower, *, head: HeadPlan = HEAD, views: Views = VIEWS, pace: Pace = PACE) -> None:
        """Raises `BadInput` for views that no network reads."""
        super().__init__()
        check_views(views)
        self.tower = tower
        self.head = Head(head, tower.image.width)
        self.teacher, self.teacher_head = twin(tower), twin(self.head)
        self.centre, self.clock = Centre(head.prototypes, pace.centre), Clock()
        self.views, self.pace = views, pace

    def loss(self, batch: Batch, chance: Chance) -> Loss:
        large, small = drawn_views(self.tower, self.views, batch, chance)
        with torch.no_grad():
            said = self.teacher_head(self.teacher.eval().image(large).pooled)
        heard = [self.tower.image(view).pooled for view in (large, small) if len(view)]
        logits = torch.cat([self.head(rows, still=self.clock.step < self.pace.still) for rows in heard])
        with torch.autocast(logits.device.type, enabled=False):
            sharp = self.clock.warm(*self.pace.sharp, self.pace.warming)
            teacher = self.centre(said.float().unflatten(0, (2, -1)), sharp)
            student = (logits.float().unflatten(0, (-1, len(batch))) / self.pace.student).log_softmax(dim=-1)
            total = across(pair_losses(teacher, student))
        return Loss(total, {"views": total.detach(), "entropy": entropy(teacher)})

    def product(self) -> Eye:
        return eye_of(self.teacher, "dino", {"objective": "dino"})

    def after_step(self, step: int, steps: int) -> None:
        self.centre.step()
        self.clock.tick(step, steps)
        momentum = cosine(self.pace.momentum, 1.0, step / steps)
        follow(self.teacher, self.tower, momentum)
        follow(self.teacher_head, self.head, momentum)

    def prior(self, count: int) -> float:  # noqa: ARG002  # it depends on the prototypes alone
        """Of saying everything of all pictures."""
        return math.log(len(self.head.prototypes))


def drawn_views(tower: OneTower, views: Views, batch: Batch, chance: Chance) -> tuple[Tensor, Tensor]:
    """Large and small views as the trunk reads them: all first ones, all second ones and so on."""
    size = tower.plan.preprocessing.size
    step = tower.image.patch if isinstance(tower.image, ViT) else (STEP, STEP)
    less = tuple(max(1, round(views.width * side / unit)) * unit for side, unit in zip(size, step, strict=True))
    large = [seen(batch.pixels, how, size, chance) for how in (views.first, views.second)]
    small = [seen(batch.pixels, views.small, (less[0], less[1]), chance) for _ in range(views.count)]
    return tower.normalised(torch.cat(large)), tower.normalised(torch.cat(small)) if small else large[0][:0]


def entropy(said: Tensor) -> Tensor:
    """Of what the teacher says of one view, in nats: 0 is one prototype, the logarithm of their number all."""
    return torch.special.entr(said).sum(dim=-1).mean()


def check_views(views: Views) -> None:
    """Raises `BadInput` for fewer than none, or for small views that are not small."""
    if views.count < 0 or not 0 < views.width <= 1:
        raise BadInput(f"small views are none or more and no wider than large ones; got {views.count}, {views.width}")


PUBLIC = DINO
