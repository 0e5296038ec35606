"""Batch norms at rest are a factor and an offset per channel: the convolution before them can carry both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from torch import fx, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.utils.fusion import fuse_conv_bn_eval

from eyechart.models.flops import REJECTIONS

CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)


class Pair(NamedTuple):
    """A convolution of whose output nothing but one norm ever sees anything, by their names in a network."""

    convolution: str
    norm: str


@contextmanager
def folded(network: nn.Module | None) -> Iterator[None]:
    """Within, a network answers as before, but for rounding, and in fewer passes over memory.

    It pays where a network at rest is asked thousands of times. What reads between a convolution and its norm (a tap
    on an inner layer) sees other numbers meanwhile; on leaving, every layer is back in its place. None is left alone:
    not every model is computed by torch.
    Source: Jacob et al. 2018, "Quantization and training …", section 3.2.
    """
    kept: list[tuple[nn.Module, str, nn.Module]] = []
    try:
        for convolution, norm in () if network is None else pairs(network):
            kept += _joined(network, convolution, norm)
        yield
    finally:
        for parent, name, layer in reversed(kept):
            setattr(parent, name, layer)


def _joined(network: nn.Module, convolution: str, norm: str) -> list[tuple[nn.Module, str, nn.Module]]:
    """Puts one layer in the place of two; returns how to undo it."""
    first, second = network.get_submodule(convolution), network.get_submodule(norm)
    rest = nn.Sequential(*(getattr(second, name) for name in ("drop", "act") if hasattr(second, name)))  # timm's
    return [_put(network, convolution, fuse_conv_bn_eval(first, second)), _put(network, norm, rest.eval())]


def pairs(network: nn.Module) -> list[Pair]:
    """The pairs of a network that is at rest; none of a part whose way through its layers cannot be told in advance."""
    if not any(isinstance(part, _BatchNorm) for part in network.modules()):
        return []
    try:
        graph = _Tracer().trace(network)
    except (*REJECTIONS, fx.proxy.TraceError, AttributeError, KeyError):
        return [
            Pair(*(f"{name}.{part}" for part in pair))
            for name, child in network.named_children()
            for pair in pairs(child)
        ]
    layers = dict(network.named_modules())
    calls = [node for node in graph.nodes if node.op == "call_module"]
    asked = [str(node.target) for node in calls]
    read = [str(node.target).rpartition(".")[0] for node in graph.nodes if node.op == "get_attr"]  # past the layer
    found = []
    for node in calls:
        before = node.args[0] if node.args else None
        if not isinstance(before, fx.Node) or before.op != "call_module" or len(before.users) > 1:
            continue
        pair = Pair(str(before.target), str(node.target))
        alone = all(asked.count(name) == 1 and name not in read for name in pair)
        if alone and _fits(layers[pair.convolution], layers[pair.norm]):
            found.append(pair)
    return found


class _Tracer(fx.Tracer):
    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return isinstance(m, _BatchNorm) or super().is_leaf_module(m, module_qualified_name)


def _fits(convolution: nn.Module, norm: nn.Module) -> bool:
    return (
        type(convolution) in CONVOLUTIONS
        and isinstance(norm, _BatchNorm)
        and not norm.training
        and norm.running_mean is not None
        and not (convolution._forward_hooks or norm._forward_hooks or norm._forward_pre_hooks)
    )


def _put(network: nn.Module, name: str, layer: nn.Module) -> tuple[nn.Module, str, nn.Module]:
    above, _, last = name.rpartition(".")
    parent = network.get_submodule(above)
    before: Any = getattr(parent, last)
    setattr(parent, last, layer)
    return parent, last, before
