"""Known-answer models and conformance checks, for this package and for strangers.

from eyechart.testing import check_exam, check_objective
check_exam(MyExam())
check_objective(make_my_objective, my_batches)
"""

from __future__ import annotations

from eyechart.testing.conformance import Nonconforming, check_exam
from eyechart.testing.datasets import permuted, toy
from eyechart.testing.objectives import check_objective
from eyechart.testing.oracle import Blind, Oracle
from eyechart.testing.twins import Constant, NaN, Random

__all__ = [
    "Blind",
    "Constant",
    "NaN",
    "Nonconforming",
    "Oracle",
    "Random",
    "check_exam",
    "check_objective",
    "permuted",
    "toy",
]
