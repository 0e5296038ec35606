"""Models whose weights may learn further, as a capability: the network behind them, layer by layer."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from torch import nn

from eyechart.core import ImageEncoder

STEMS = frozenset({"patch_embed", "patch_embeddings", "embeddings", "stem"})  # numbered or not, they are one layer


@runtime_checkable
class Trainable(ImageEncoder, Protocol):
    """An image encoder that a torch network computes."""

    @property
    def network(self) -> nn.Module | None:
        """What sees, with all its weights, and nothing that only reads; None where torch does not compute it.

        It is the very network, of the same tensors: who lets it learn takes a copy.
        """


@runtime_checkable
class Renewable(Trainable, Protocol):
    """One that can also be had as it was before it learnt anything."""

    def renewed(self, seed: int) -> nn.Module:
        """A network of the same plan with fresh weights; the same seed gives the same."""


def layers(network: nn.Module) -> list[tuple[str, ...]]:
    """Names of the parameters layer by layer, from the pixels to the features.

    A layer is what shares a name up to its first number (``blocks.3``, ``stages.0``, ``layer2.1``). What stands before
    the first of them, and all that cuts pictures into patches, is the lowest layer; what stands after the last (a norm)
    belongs to it. A network without numbered parts is one layer.
    """
    found: dict[str, list[str]] = {"": []}
    last = ""
    for name, _ in network.named_parameters():
        last = _numbered(name) or last
        found.setdefault(last, []).append(name)
    return [tuple(names) for names in found.values() if names]


def _numbered(name: str) -> str:
    """The name up to its first number; empty where it has none."""
    parts = name.split(".")[:-1]
    if not STEMS.isdisjoint(parts):
        return ""
    place = next((place for place, part in enumerate(parts) if part.isdigit()), None)
    return "" if place is None else ".".join(parts[: place + 1])
