"""Chance that is the same everywhere: an order that depends on a seed alone."""

from __future__ import annotations

from hashlib import blake2b


def order(seed: str, count: int) -> list[int]:
    """The numbers below `count` in an order that nobody chose."""
    return sorted(range(count), key=lambda place: blake2b(f"{seed} {place}".encode(), digest_size=8).digest())
