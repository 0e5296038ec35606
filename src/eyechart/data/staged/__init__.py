"""What the world stages for single exams: one file per exam, each a function from a `Stage` to a `Dataset`."""

from eyechart.data.staged.stage import Stage

__all__ = ["Stage"]
