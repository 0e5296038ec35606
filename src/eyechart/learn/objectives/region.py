"""Region: each named part of a picture finds its name among those of the batch, and each name its parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import final

import torch
from einops import einsum, rearrange
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional as F

from eyechart.core import Box
from eyechart.errors import BadInput
from eyechart.learn import pairs
from eyechart.learn.chance import Chance
from eyechart.learn.gather import everyone, mean_of_all
from eyechart.learn.objective import Batch, Loss, Objective
from eyechart.learn.objectives.clip import info_nce, surprise
from eyechart.models.dual import Dual
from eyechart.models.tokens import Words
from eyechart.models.towers import TwoTowers


def shares(boxes: Sequence[Box], grid: tuple[int, int], size: tuple[int, int]) -> Float[Tensor, "b t"]:
    """How much of each box lies on each cell of a grid over a picture of `size`; a row sums to 1.

    Cells are counted row by row; sizes are height and width, and boxes in pixels. What lies outside does not count.

    Raises:
        BadInput: a box has no area within the picture.
    """
    table = torch.tensor(boxes, dtype=torch.float64).reshape(-1, 4)
    across = _overlaps(table[:, 0], table[:, 2], cells=grid[1], length=size[1])
    down = _overlaps(table[:, 1], table[:, 3], cells=grid[0], length=size[0])
    areas = rearrange(down[:, :, None] * across[:, None, :], "b h w -> b (h w)")
    total = areas.sum(dim=1, keepdim=True)
    if not bool((total > 0).all()):
        worst = boxes[int(total.argmin())]
        raise BadInput(f"a box of {tuple(worst)} has no area within a picture of {size[0]} x {size[1]} pixels")
    return (areas / total).float()


def _overlaps(first: Tensor, last: Tensor, *, cells: int, length: int) -> Tensor:
    """In pixels, how long each span is within each of the equal cells of a side."""
    edges = torch.linspace(0, length, cells + 1, dtype=first.dtype)
    return (torch.minimum(last[:, None], edges[1:]) - torch.maximum(first[:, None], edges[:-1])).clamp(min=0)


def region_nce(
    region: Float[Tensor, "b d"],
    text: Float[Tensor, "b d"],
    scale: Float[Tensor, ""],
    alike: Int[Tensor, " b"],
) -> Float[Tensor, ""]:
    """Contrast as in `info_nce` between regions and what they are called; processes may hold unequally many.

    Regions of equal `alike` are called the same and all belong together.
    Source: Zhong et al. 2022 (RegionCLIP), section 3.3, with the names that were given in place of pseudo-labels.
    """
    region, text = scale * F.normalize(region, dim=-1), F.normalize(text, dim=-1)
    counts = everyone(torch.tensor([len(region)], device=region.device))
    regions, texts, other = (_all(rows, counts) for rows in (region, text, alike))
    same = alike[:, None] == other
    rows = surprise(region @ texts.T, same) + surprise(text @ regions.T, same)
    return rows.sum() / 2 / mean_of_all(torch.tensor(float(len(region)), device=region.device))


def _all(rows: Tensor, counts: Tensor) -> Tensor:
    """The rows of all processes, of which each may hold another number."""
    room = int(counts.max())
    padded = torch.cat([rows, rows.new_zeros(room - len(rows), *rows.shape[1:])])
    there = torch.arange(room, device=rows.device) < counts[:, None]
    return everyone(padded)[there.flatten()]


@final
class Region(Objective):
    """A region is the mean of the picture's last tokens, weighted by the area of its box that each covers.

    The mean is RoIAlign's (He et al. 2017, section 3) with exact areas in place of samples and one bin per box. It goes
    through the projection by which pictures reach the shared space. Equal names within a batch belong together.
    `whole` is the weight of CLIP's contrast between pictures and captions, which RegionCLIP adds with weight 1.
    """

    def __init__(self, towers: TwoTowers, words: Words, *, whole: float = 0.0) -> None:
        """Raises `BadInput` when the tokenizer or the tokens of the image tower do not fit."""
        super().__init__()
        pairs.check(towers, words)
        pairs.check_tokens(towers, "region", whole)
        self.towers = towers
        self.words = words
        self.whole = whole

    def loss(self, batch: Batch, chance: Chance) -> Loss:  # noqa: ARG002  # nothing is random here
        texts = [named.text for of_picture in batch.regions for named in of_picture]
        if len(batch.regions) != len(batch) or not _anywhere(len(texts), batch.pixels.device):
            raise BadInput(f"region learns from named boxes; got {len(texts)} for {len(batch)} pictures")
        depths, scale = self.towers.depths(batch.pixels), self.towers.scale
        region = self.towers.image_projection(pooled(depths.patches, batch)).float()
        text = pairs.read(self.towers, self.words, texts or [""])[: len(texts)].float()
        with torch.autocast(region.device.type, enabled=False):
            total = region_nce(region, text, scale, pairs.numbered(texts, region.device))
        parts = {"regions": total.detach(), "scale": scale.detach()}
        if self.whole:
            whole = self._of_wholes(depths.pooled, pairs.told(batch, "region"))
            total, parts["whole"] = total + self.whole * whole, whole.detach()
        return Loss(total, parts)

    def product(self) -> Dual:
        return pairs.product(self.towers, self.words, "region")

    def after_step(self, step: int, steps: int) -> None:  # noqa: ARG002
        pairs.hold_scale(self.towers)

    def _of_wholes(self, pooled: Tensor, texts: Sequence[str]) -> Tensor:
        image = self.towers.image_projection(pooled).float()
        text = pairs.read(self.towers, self.words, texts).float()
        with torch.autocast(image.device.type, enabled=False):
            return info_nce(image, text, self.towers.scale, pairs.numbered(texts, image.device))


def pooled(patches: Float[Tensor, "n t d"], batch: Batch) -> Float[Tensor, "b d"]:
    """One row per region of the batch, in the order of the pictures, from the tokens of each picture."""
    size = (batch.pixels.shape[-2], batch.pixels.shape[-1])
    boxes = [named.box for of_picture in batch.regions for named in of_picture]
    of = [row for row, of_picture in enumerate(batch.regions) for _ in of_picture]
    weights = shares(boxes, _grid(patches.shape[1], size), size).to(patches)
    return einsum(weights, patches[torch.tensor(of, dtype=torch.int64, device=patches.device)], "b t, b t d -> b d")


def _anywhere(count: int, device: torch.device) -> bool:
    """Whether any process has a region: all ask, so that none waits for another that has refused."""
    return bool(mean_of_all(torch.tensor(float(count), device=device)) > 0)


def _grid(tokens: int, size: tuple[int, int]) -> tuple[int, int]:
    """Rows and columns of so many tokens over a picture of `size`."""
    rows = max(1, round((tokens * size[0] / size[1]) ** 0.5))
    if tokens % rows:
        raise BadInput(f"{tokens} tokens are no grid over a picture of {size[0]} x {size[1]} pixels")
    return rows, tokens // rows


PUBLIC = Region
