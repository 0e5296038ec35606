"""The only uncertainty: intervals, paired tests, ranks and calibration. numpy and scipy; no torch.

Everything is repeatable: what draws at random has its own generator, seeded by `Statistics.seed`.
"""

from __future__ import annotations

from eyechart.stats.influence import influenced
from eyechart.stats.intervals import area, balanced, bootstrap, mean, proportion, wilson
from eyechart.stats.measures import auroc, brier, calibration_error, nll
from eyechart.stats.pairs import (
    Difference,
    RankInterval,
    holm,
    paired,
    rank_intervals,
    sign_flip,
    smallest_detectable,
    smallest_detectable_paired,
)
from eyechart.stats.seeds import between_seeds, of_seeds

__all__ = [
    "Difference",
    "RankInterval",
    "area",
    "auroc",
    "balanced",
    "between_seeds",
    "bootstrap",
    "brier",
    "calibration_error",
    "holm",
    "influenced",
    "mean",
    "nll",
    "of_seeds",
    "paired",
    "proportion",
    "rank_intervals",
    "sign_flip",
    "smallest_detectable",
    "smallest_detectable_paired",
    "wilson",
]
