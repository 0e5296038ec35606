"""I-JEPA: tell what a teacher would think of the parts of a picture that were left out."""

from __future__ import annotations

from typing import ClassVar, final

import torch
from einops import rearrange, repeat
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional as F

from eyechart.learn.blocks import Blocks, scenes
from eyechart.learn.chance import Chance
from eyechart.learn.objective import Batch, Loss, Objective
from eyechart.learn.schedule import linear
from eyechart.learn.teacher import follow, twin
from eyechart.learn.views import View, seen
from eyechart.models.eye import Eye, eye_of
from eyechart.models.filling import Filler, FillerPlan
from eyechart.models.image_trunks import dropping, taken
from eyechart.models.towers import OneTower

FILLER = FillerPlan(width=96)  # the paper: width 384, depth 6 or 12, the heads of the encoder
VIEW = View(area=(0.3, 1.0), mirrored=0.0)
BLOCKS = Blocks()


def latent_loss(
    predicted: Float[Tensor, "m k d"], tokens: Float[Tensor, "n t d"], places: Int[Tensor, "j n k"]
) -> Float[Tensor, ""]:
    """Smooth L1 between predictions, block by block, and the teacher's tokens at those places, normalised.

    The normalisation is over the features of a token and has no weights. Rows of `predicted` are all pictures' first
    blocks, then all second ones. Source: Assran et al. 2023 (I-JEPA), section 3 and its released code (which takes the
    smooth L1, where the paper writes L2).
    """
    target = F.layer_norm(tokens, tokens.shape[-1:])
    wanted = torch.cat([taken(target, block) for block in places])
    return F.smooth_l1_loss(predicted, wanted)


@final
class IJEPA(Objective):
    """A vision transformer sees a context block, and a predictor tells four target blocks, each by itself.

    The target is what the average of its past weights makes of them when it sees the whole picture; that average is
    what remains. The context never overlaps the targets, and stems that look beyond their patch are shown the mean
    colour in place of what is left out. Nothing is mirrored or recoloured.
    Source: Assran et al. 2023, "Self-Supervised Learning from Images with a Joint-Embedding Predictive Architecture".
    """

    independent: ClassVar[bool] = True  # the lists are cut to the whole batch's shortest, in whatever way it is dealt

    def __init__(
        self,
        tower: OneTower,
        *,
        blocks: Blocks = BLOCKS,
        filler: FillerPlan = FILLER,
        view: View = VIEW,
        momentum: float = 0.996,
    ) -> None:
        """`momentum` moves to 1 in a straight line. Raises `BadInput` for a tower that cannot leave out tokens."""
        super().__init__()
        trunk = dropping(tower.image, "ijepa")
        scenes(1, blocks, trunk.grid, Chance(0, 0))  # refuses a grid that is too small
        self.tower = tower
        self.teacher = twin(tower)
        self.filler = Filler(filler, trunk.grid, reads=trunk.width, tells=trunk.width)
        self.blocks, self.view, self.momentum = blocks, view, momentum

    def loss(self, batch: Batch, chance: Chance) -> Loss:
        trunk, plan = dropping(self.tower.image, "ijepa"), self.tower.plan
        pixels = self.tower.normalised(seen(batch.pixels, self.view, plan.preprocessing.size, chance))
        where = scenes(len(batch), self.blocks, trunk.grid, chance)
        context, real, targets = (part.to(pixels.device) for part in where)
        with torch.no_grad():
            tokens = self.teacher.eval().image(pixels).patches
        known = trunk.kept(pixels, context, real).patches
        count = len(targets)
        predicted = self.filler(
            repeat(known, "n k d -> (j n) k d", j=count),
            repeat(context, "n k -> (j n) k", j=count),
            rearrange(targets, "j n m -> (j n) m"),
            repeat(real, "n k -> (j n) k", j=count),
        )
        with torch.autocast(pixels.device.type, enabled=False):
            total = latent_loss(predicted.float(), tokens.float(), targets)
        spread = tokens.float().mean(dim=1).std(dim=0).mean()
        return Loss(total, {"prediction": total.detach(), "spread": spread})

    def product(self) -> Eye:
        return eye_of(self.teacher, "ijepa", {"objective": "ijepa"})

    def after_step(self, step: int, steps: int) -> None:
        follow(self.teacher, self.tower, linear(self.momentum, 1.0, step / steps))


PUBLIC = IJEPA
