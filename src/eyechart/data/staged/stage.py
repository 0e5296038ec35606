"""What every staged dataset is asked for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Which pictures are wanted; the same stage gives the same bytes."""

    seed: int = 0
    size: int = 64  # pixels, both sides
    split: str = "test"  # or valid
    test: int = 1000  # items to examine, about: groups stay whole
    train: int = 4000  # items to learn from, where the exam learns
    language: str = "en"
