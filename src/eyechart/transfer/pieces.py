"""The versions of a picture by which local detail and global form are told apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from eyechart.core import Item
from eyechart.data.spoil.filtered import Filtered
from eyechart.data.spoil.occluded import Occluded, anywhere, over
from eyechart.data.spoil.shifted import Shifted
from eyechart.data.spoil.shuffled import Shuffled
from eyechart.transfer.damage import changed

GRIDS = (2, 4, 8)
SHIFTS = (1, 2, 4, 6, 8)  # in 64ths of the side: 8 of them are the patch of a ViT of 64 pixels, two of one of 224/16
SHARES = (0.25, 0.5, 0.75)
CYCLES = (4, 8, 16)

AS_IT_IS, DETAIL, FORM, THING = "clean", "shuffle_4", "low_4", "cover_thing"

# Every version with what it is called in a figure.
VERSIONS: Mapping[str, str] = {
    AS_IT_IS: "as it is",
    **{f"shuffle_{grid}": f"cut {grid} × {grid} and shuffled" for grid in GRIDS},
    **{f"shift_{steps}": f"shifted by {steps}/64" for steps in SHIFTS},
    **{f"cover_{share:.0%}".rstrip("%"): f"{share:.0%} covered" for share in SHARES},
    **{f"{THING}_{share:.0%}".rstrip("%"): f"{share:.0%} of the thing covered" for share in SHARES},
    **{f"low_{cycles}": f"blurred above {cycles} cycles" for cycles in reversed(CYCLES)},
    **{f"high_{cycles}": f"without what is below {cycles} cycles" for cycles in CYCLES},
}


def versions_of(items: Sequence[Item], classes: Sequence[str]) -> list[list[Item]]:
    """Every picture in every version, ``[v][n]``, in the order of `VERSIONS`.

    Where the thing has no mask, its pictures stand uncovered in place of the covered ones, and are not to be counted.
    """
    return [list(version) for version in zip(*(_of(item, masked(item, classes)) for item in items), strict=True)]


def ends_of(items: Sequence[Item]) -> dict[str, list[Item]]:
    """Every picture as it is, with detail alone and with form alone; the same pictures as those of `versions_of`."""
    return {
        AS_IT_IS: list(items),
        DETAIL: [changed(item, Shuffled(grid=4, seed=item.picture.digest())) for item in items],
        FORM: [changed(item, Filtered(keep="low", cycles=4)) for item in items],
    }


def _of(item: Item, mask: NDArray[np.bool_] | None) -> list[Item]:
    seed, made = item.picture.digest(), partial(changed, item)
    covered = [()] * len(SHARES) if mask is None else over(mask, SHARES)
    return [
        item,
        *(made(Shuffled(grid=grid, seed=seed)) for grid in GRIDS),
        *(made(Shifted(share=steps / 64, seed=seed)) for steps in SHIFTS),
        *(made(Occluded(cells=anywhere(seed, share))) for share in SHARES),
        *(made(Occluded(cells=cells)) if cells else item for cells in covered),
        *(made(Filtered(keep="low", cycles=cycles)) for cycles in reversed(CYCLES)),
        *(made(Filtered(keep="high", cycles=cycles)) for cycles in CYCLES),
    ]


def masked(item: Item, classes: Sequence[str]) -> NDArray[np.bool_] | None:
    """What of the picture shows the thing that it is labelled as; None where that is not known, or nothing of it."""
    wanted = None if item.label is None else classes[item.label]
    masks = [region.mask() for region in item.regions if region.label == wanted and region.mask is not None]
    whole = np.logical_or.reduce(masks) if masks else np.zeros(0, dtype=bool)
    return whole if whole.any() else None
