"""MAE: tell the pixels of the three quarters of a picture that were left out."""

from __future__ import annotations

from typing import ClassVar, final

from eyechart.learn.chance import Chance
from eyechart.learn.masking import check_hidden, retold, split
from eyechart.learn.objective import Batch, Loss, Objective
from eyechart.learn.views import View, seen
from eyechart.models.eye import Eye, eye_of
from eyechart.models.filling import Filler, FillerPlan
from eyechart.models.image_trunks import dropping
from eyechart.models.towers import OneTower

FILLER = FillerPlan()  # the paper: width 512, depth 8, 16 heads
VIEW = View(area=(0.2, 1.0))


@final
class MAE(Objective):
    """Masked autoencoder: a vision transformer sees a quarter of the patches, a small decoder tells the others.

    Left out are patches of a random crop, which may be mirrored. A patch is told by its own standardised pixels. Stems
    that look beyond their patch are shown the mean colour in place of what is left out.
    Source: He et al. 2022, "Masked Autoencoders Are Scalable Vision Learners"; positions of the encoder are its own,
    those of the decoder fixed; the class token, where there is one, is not decoded.
    """

    independent: ClassVar[bool] = True

    def __init__(
        self, tower: OneTower, *, hidden: float = 0.75, filler: FillerPlan = FILLER, view: View = VIEW
    ) -> None:
        """Raises `BadInput` for a tower that cannot leave out tokens, or a share that leaves none on either side."""
        super().__init__()
        trunk = dropping(tower.image, "mae")
        check_hidden(hidden, trunk.grid)
        pixels = trunk.patch[0] * trunk.patch[1] * tower.plan.image.bands
        self.tower = tower
        self.filler = Filler(filler, trunk.grid, reads=trunk.width, tells=pixels)
        self.hidden, self.view = hidden, view

    def loss(self, batch: Batch, chance: Chance) -> Loss:
        trunk, size = dropping(self.tower.image, "mae"), self.tower.plan.preprocessing.size
        pixels = self.tower.normalised(seen(batch.pixels, self.view, size, chance))
        order = chance.permutations(len(batch), trunk.count(pixels)).to(pixels.device)
        kept, wanted = split(order, self.hidden)
        predicted = self.filler(trunk.kept(pixels, kept).patches, kept, wanted)
        return retold(predicted, pixels, wanted, trunk.patch)

    def product(self) -> Eye:
        return eye_of(self.tower, "mae", {"objective": "mae"})

    def prior(self, count: int) -> float:  # noqa: ARG002  # the same for any number
        """Of grey patches, where all have some contrast; less on pictures with flat areas."""
        return 1.0


PUBLIC = MAE
