"""Eye exams for vision-language models.

>>> import eyechart
>>> records = eyechart.examine(["zoo:vit-clip"], data=["digits"], exams=["knn"])  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eyechart.api import compare, examine, publish, report
    from eyechart.core import Dataset, Estimate, Item, Model, Norm, Record, Refusal, Sheet
    from eyechart.data import load as load_data
    from eyechart.models import load
    from eyechart.world import World

__version__ = "0.1.0"

# Resolved when first used, so that `import eyechart` costs nothing.
_PUBLIC = {
    "load": "models:load",
    "load_data": "data:load",
    "examine": "api:examine",
    "compare": "api:compare",
    "publish": "api:publish",
    "report": "api:report",
    "World": "world:World",
    **{name: f"core:{name}" for name in ("Dataset", "Estimate", "Item", "Model", "Norm", "Record", "Refusal", "Sheet")},
}

__all__ = [
    "Dataset",
    "Estimate",
    "Item",
    "Model",
    "Norm",
    "Record",
    "Refusal",
    "Sheet",
    "World",
    "compare",
    "examine",
    "load",
    "load_data",
    "publish",
    "report",
]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'eyechart' has no attribute {name!r}")
    module, _, attribute = _PUBLIC[name].partition(":")
    return getattr(import_module(f"eyechart.{module}"), attribute)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
