"""DINOv2: DINO on whole views, iBOT on hidden patches, and KoLeo against crowding."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, final

import torch
from jaxtyping import Bool
from torch import Tensor, nn

from eyechart.learn.blocks import ROUNDS, hide, portions
from eyechart.learn.chance import Chance
from eyechart.learn.objective import Batch, Loss, Objective
from eyechart.learn.objectives.dino import FIRST, SECOND, Pace, Views, check_views, drawn_views, entropy
from eyechart.learn.schedule import cosine
from eyechart.learn.selves import Centre, Head, HeadPlan, across, koleo, masked_loss, pair_losses, sinkhorn
from eyechart.learn.teacher import Clock, follow, twin
from eyechart.models.eye import Eye, eye_of
from eyechart.models.image_trunks import dropping
from eyechart.models.towers import OneTower

VIEWS = Views(first=replace(FIRST, area=(0.32, 1.0)), second=replace(SECOND, area=(0.32, 1.0)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is summed, and how patches are hidden."""

    patches: float = 1.0  # weight of iBOT's term
    crowding: float = 0.1  # weight of KoLeo's term, for each of the two large views
    often: float = 0.5  # share of the large views in which patches are hidden
    hidden: tuple[float, float] = (0.1, 0.5)  # share of the patches that are hidden there
    balance: Literal["centre", "sinkhorn"] = "centre"  # what keeps the teacher from saying the same of all


HEAD, PACE, TERMS = HeadPlan(gains=True), Pace(momentum=0.992, sharp=(0.04, 0.07)), Terms()


@final
class DINOv2(Objective):
    """DINO, while in half of the large views the student must also tell what the teacher says of hidden patches.

    One head serves views and patches, and pictures of a batch are pushed from their nearest neighbours. Only the
    student has patches hidden from it; the teacher remains.
    Source: Oquab et al. 2024, "DINOv2: Learning Robust Visual Features without Supervision", section 4.
    """

    def __init__(
        self,
        tower: OneTower,
        *,
        head: HeadPlan = HEAD,
        views: Views = VIEWS,
        pace: Pace = PACE,
        terms: Terms = TERMS,
    ) -> None:
        """Raises `BadInput` for a tower whose tokens cannot be hidden, or for views that no network reads."""
        super().__init__()
        trunk = dropping(tower.image, "dinov2")
        check_views(views)
        self.tower = tower
        self.head = Head(head, trunk.width)
        self.token = nn.Parameter(torch.zeros(trunk.width))  # in the place of hidden patches
        self.teacher, self.teacher_head = twin(tower), twin(self.head)
        self.centre, self.patch_centre = (Centre(head.prototypes, pace.centre) for _ in range(2))
        self.clock = Clock()
        self.views, self.pace, self.terms = views, pace, terms

    def loss(self, batch: Batch, chance: Chance) -> Loss:
        trunk = dropping(self.tower.image, "dinov2")
        large, small = drawn_views(self.tower, self.views, batch, chance)
        hidden = self._hidden(len(batch), trunk.grid, chance).to(large.device)
        with torch.no_grad():
            view, patches = self.teacher.eval().image(large)
            said, said_of = self.teacher_head(view), self.teacher_head(patches[hidden])
        still = self.clock.step < self.pace.still
        whole = trunk.hidden(large, hidden, self.token)
        heard = torch.cat([whole.pooled, trunk(small).pooled]) if len(small) else whole.pooled
        logits, told = self.head(heard, still=still), self.head(whole.patches[hidden], still=still)
        with torch.autocast(logits.device.type, enabled=False):
            teacher, teacher_of = self._balanced(said.float(), said_of.float())
            student = (logits.float().unflatten(0, (-1, len(batch))) / self.pace.student).log_softmax(dim=-1)
            views = across(pair_losses(teacher.unflatten(0, (2, -1)), student))
            inside = masked_loss(teacher_of, (told.float() / self.pace.student).log_softmax(dim=-1), hidden)
            crowd = sum(koleo(rows) for rows in whole.pooled.float().chunk(2))
            total = views + self.terms.patches * inside + self.terms.crowding * crowd
        parts = {"views": views, "patches": inside, "crowding": crowd, "entropy": entropy(teacher)}
        return Loss(total, {name: part.detach() for name, part in parts.items()})

    def product(self) -> Eye:
        return eye_of(self.teacher, "dinov2", {"objective": "dinov2"})

    def after_step(self, step: int, steps: int) -> None:
        self.centre.step()
        self.patch_centre.step()
        self.clock.tick(step, steps)
        momentum = cosine(self.pace.momentum, 1.0, step / steps)
        follow(self.teacher, self.tower, momentum)
        follow(self.teacher_head, self.head, momentum)

    def _balanced(self, said: Tensor, said_of: Tensor) -> tuple[Tensor, Tensor]:
        """What the teacher says of views and of patches, as probabilities."""
        sharp = self.clock.warm(*self.pace.sharp, self.pace.warming)
        if self.terms.balance == "sinkhorn":
            return sinkhorn(said, sharp), sinkhorn(said_of, sharp)
        return self.centre(said, sharp), self.patch_centre(said_of, sharp)

    def _hidden(self, count: int, grid: tuple[int, int], chance: Chance) -> Bool[Tensor, "v t"]:
        """Per large view, all first ones and then all second ones."""
        share = portions(count, 2, self.terms.hidden, self.terms.often, chance)
        draws = chance.rand(count, 2, ROUNDS, 4)
        wanted = (share * (grid[0] * grid[1])).long().T.flatten()
        return hide(wanted, grid, draws.transpose(0, 1).flatten(0, 1))


PUBLIC = DINOv2
