"""SiamMAE: tell a later frame from an earlier one and a twentieth of its patches."""

from __future__ import annotations

from typing import ClassVar, final

from torch import Tensor

from eyechart.errors import BadInput
from eyechart.learn.chance import Chance
from eyechart.learn.masking import check_hidden, retold, split
from eyechart.learn.objective import Batch, Loss, Objective
from eyechart.learn.views import View, cropped, drawn
from eyechart.models.eye import Eye, eye_of
from eyechart.models.filling import FillerPlan, PairFiller
from eyechart.models.image_trunks import dropping
from eyechart.models.towers import OneTower

FILLER = FillerPlan()  # the paper: width 256, depth 4, 8 heads
VIEW = View(area=(0.5, 1.0))


@final
class SiamMAE(Objective):
    """Two frames of one scene: the first is seen whole, of the second 95 % are left out and told.

    One network reads both frames, each by itself; the decoder lets the patches of the second look at the first. Both
    frames are cropped and mirrored alike, so that what differs between them has moved.
    Source: Gupta et al. 2023, "Siamese Masked Autoencoders"; the target is MAE's. Frames come as `Batch.later`.
    """

    independent: ClassVar[bool] = True

    def __init__(
        self, tower: OneTower, *, hidden: float = 0.95, filler: FillerPlan = FILLER, view: View = VIEW
    ) -> None:
        """Raises `BadInput` for a tower that cannot leave out tokens, or a share that leaves none on either side."""
        super().__init__()
        trunk = dropping(tower.image, "siammae")
        check_hidden(hidden, trunk.grid)
        pixels = trunk.patch[0] * trunk.patch[1] * tower.plan.image.bands
        self.tower = tower
        self.filler = PairFiller(filler, trunk.grid, reads=trunk.width, tells=pixels)
        self.hidden, self.view = hidden, view

    def loss(self, batch: Batch, chance: Chance) -> Loss:
        trunk = dropping(self.tower.image, "siammae")
        first, second = self._frames(batch, chance)
        order = chance.permutations(len(batch), trunk.count(second)).to(second.device)
        kept, wanted = split(order, self.hidden)
        predicted = self.filler(trunk(first).patches, trunk.kept(second, kept).patches, kept, wanted)
        return retold(predicted, second, wanted, trunk.patch)

    def product(self) -> Eye:
        return eye_of(self.tower, "siammae", {"objective": "siammae"})

    def prior(self, count: int) -> float:  # noqa: ARG002  # the same for any number
        """Of grey patches, where all have some contrast; less on pictures with flat areas."""
        return 1.0

    def _frames(self, batch: Batch, chance: Chance) -> tuple[Tensor, Tensor]:
        if batch.later is None:
            raise BadInput("siammae learns from pairs of frames; the batch has no later ones")
        height, width = batch.pixels.shape[2:]
        cut = drawn(len(batch), self.view, (height, width), chance)
        size = self.tower.plan.preprocessing.size
        first, second = (self.tower.normalised(cropped(frame, cut, size)) for frame in (batch.pixels, batch.later))
        return first, second


PUBLIC = SiamMAE
