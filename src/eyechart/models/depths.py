"""A network looked at block by block: what each block gives, and how far it reaches for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from math import sqrt
from typing import Any, final

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from eyechart.core import PatchEncoder
from eyechart.errors import Refused
from eyechart.models.flops import countable
from eyechart.models.trainable import STEMS, Trainable

WITHIN = frozenset({"blocks", "layers"})  # what a stage calls its blocks
PREFIX = 16  # class and register tokens are never more; where there are, tokens are no patches
WEIGHTS = (torch.ops.aten._softmax.default, torch.ops.aten._safe_softmax.default)
TINY = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """The blocks of one network, in the order in which a picture passes them."""

    names: tuple[str, ...]
    widths: tuple[int, ...]  # of what they give
    attending: tuple[str, ...]  # those that attend from every patch to every patch
    grid: tuple[int, int]  # rows and columns of the patches; (0, 0) where they are not known

    @property
    def depths(self) -> tuple[float, ...]:
        """Where they lie, from 0, the first, to 1, the last."""
        return tuple(place / (len(self.names) - 1) for place in range(len(self.names)))


def blocks_of(model: Trainable, most: int) -> Blocks:
    """At most `most` blocks, evenly spaced, with the first and the last; learnt by showing two black pictures.

    A block is a numbered part of the network (``blocks.3``, ``stages.1.blocks.0``, ``layer2.1``) that is passed once
    and gives tokens or a map; what cuts pictures into patches is none.

    Raises:
        Refused: torch does not compute the model, or it has fewer than two blocks.
    """
    network, black = _network(model), torch.zeros(2, 3, *model.card.preprocessing.size, device=model.device)
    given: dict[str, list[Tensor]] = {}
    with (
        torch.no_grad(),
        _watched(network, numbered(network), lambda name, out: given.setdefault(name, []).append(out)),
    ):
        model.encode_image(black)
    passed = [name for name, (out, *more) in given.items() if not more and out.ndim in (3, 4) and len(out) == 2]
    if len(passed) < 2:
        raise Refused(
            f"{model.card.name} has {len(passed)} block(s) that can be told apart; there is no depth in fewer than two"
        )
    count = min(most, len(passed))
    names = tuple(passed[round(place * (len(passed) - 1) / (count - 1))] for place in range(count))
    grid = _grid(model, black)
    heard = _heard(model, names, grid, black) if grid[0] else {}
    widths = tuple(_pooled(given[name][0], network).shape[1] for name in names)
    return Blocks(names=names, widths=widths, attending=tuple(name for name in names if name in heard), grid=grid)


def numbered(network: nn.Module) -> list[str]:
    """Names of the numbered parts that hold weights and no other such part, as they are listed.

    Where some have parts of their own, single layers (of a deep stem) are no blocks.
    """
    found = dict.fromkeys(block for name, _ in network.named_parameters() if (block := _block(name)))
    inner = [name for name in found if not any(other.startswith(f"{name}.") for other in found)]
    composed = [name for name in inner if any(network.get_submodule(name).children())]
    return composed or inner


def states(model: Trainable, blocks: Blocks, pixels: Float[Tensor, "n 3 h w"]) -> Float[Tensor, "n k"]:
    """What all blocks give, side by side, from one pass: of each the mean over its tokens, or over its map."""
    network, given = _network(model), dict[str, Tensor]()
    with (
        torch.no_grad(),
        _watched(network, blocks.names, lambda name, out: given.update({name: _pooled(out, network)})),
    ):
        model.encode_image(pixels)
    return torch.cat([given[name] for name in blocks.names], 1)


def distances(model: Trainable, blocks: Blocks, pixels: Float[Tensor, "n 3 h w"]) -> Float[Tensor, "n b"]:
    """How far each attending block looks, as a share of the picture's width: from every patch, the distance to all
    patches by how much it attends to them, in the mean over patches and heads.

    What goes to class and register tokens is left out, and the rest counts as the whole. Source: Dosovitskiy et al.
    2021, "An Image is Worth 16x16 Words", section 4.5 and figure 7 (right).
    """
    heard, ways = _heard(model, blocks.attending, blocks.grid, pixels), _ways(blocks.grid, pixels.shape[2:])
    found = []
    for name in blocks.attending:
        weights = torch.cat(heard[name], 1)
        reached = (weights * ways.to(weights)).sum(-1) / weights.sum(-1).clamp_min(TINY)
        found.append(reached.mean((1, 2)))
    return torch.stack(found, 1)


def even(blocks: Blocks, size: Sequence[int]) -> float:
    """The distance of a block that attends to all patches alike, of pictures of that height and width."""
    return float(_ways(blocks.grid, size).mean())


@final
class _Listening(TorchDispatchMode):
    """Hears the weights of attention that are computed below it, while a block is being passed."""

    def __init__(self, pictures: int, patches: int) -> None:
        super().__init__()
        self.pictures, self.patches = pictures, patches
        self.inside = ""  # the block that is being passed
        self.found: dict[str, list[Tensor]] = {}  # by block ``n heads t t``, from patches to patches

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        out = func(*args, **(kwargs or {}))
        if self.inside and func in WEIGHTS and self._tells_patches_apart(out):
            heads = out.reshape(self.pictures, -1, *out.shape[-2:])
            self.found.setdefault(self.inside, []).append(heads[..., -self.patches :, -self.patches :])
        return out

    def enter(self, name: str) -> None:
        self.inside = name

    def leave(self, _name: str, _out: Tensor) -> None:
        self.inside = ""

    def _tells_patches_apart(self, weights: Tensor) -> bool:
        """Not so where windows look at themselves, or several patches are one to the others."""
        *_, queries, keys = weights.shape
        return queries == keys and 0 <= keys - self.patches <= PREFIX and len(weights) % self.pictures == 0


def _heard(model: Trainable, names: Sequence[str], grid: tuple[int, int], pixels: Tensor) -> dict[str, list[Tensor]]:
    """By block, the weights from patches to patches, ``n heads t t``."""
    listening = _Listening(len(pixels), grid[0] * grid[1])
    watch = _watched(_network(model), names, listening.leave, listening.enter)
    with torch.no_grad(), countable(), watch, listening:
        model.encode_image(pixels)
    return listening.found


def _nothing(_name: str) -> None:
    """What is done on the way into a block, where nothing is."""


@contextmanager
def _watched(
    network: nn.Module,
    names: Sequence[str],
    leave: Callable[[str, Tensor], None],
    enter: Callable[[str], None] = _nothing,
) -> Iterator[None]:
    """Within the block it is told which of these parts is entered, and left with what it gives."""

    def entered(name: str, _part: nn.Module, _given: Any) -> None:
        enter(name)

    def left(name: str, _part: nn.Module, _given: Any, out: Any) -> None:
        first = out[0] if isinstance(out, tuple) else out
        if isinstance(first, Tensor):
            leave(name, first)

    hooks = []
    for name in names:
        part = network.get_submodule(name)
        hooks += [
            part.register_forward_pre_hook(partial(entered, name)),
            part.register_forward_hook(partial(left, name)),
        ]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _pooled(out: Tensor, network: nn.Module) -> Float[Tensor, "n d"]:
    """The mean over the tokens ``n t d``, or over a map; networks of timm say when the features of theirs come last."""
    last = out.ndim == 3 or any("NHWC" in str(getattr(part, "output_fmt", "")) for part in network.modules())
    return out.flatten(1, -2).mean(1) if last else out.flatten(2).mean(2)


def _grid(model: Trainable, black: Tensor) -> tuple[int, int]:
    """Rows and columns of the patches; (0, 0) where the model does not tell them."""
    if not isinstance(model, PatchEncoder):
        return 0, 0
    with torch.no_grad():
        count = model.encode_patches(black).shape[1]
    rows = round(sqrt(count * black.shape[2] / black.shape[3]))
    return (rows, count // rows) if rows and count % rows == 0 else (0, 0)


def _ways(grid: tuple[int, int], size: Sequence[int]) -> Float[Tensor, "t t"]:
    """From each patch to each, in widths of the picture."""
    rows, columns = grid
    down, across = torch.arange(rows) * (size[0] / size[1] / rows), torch.arange(columns) / columns
    places = torch.cartesian_prod(down, across)
    return torch.cdist(places, places)


def _block(name: str) -> str:
    """The block that a parameter belongs to: the name up to its first number, and on where that is a stage's."""
    parts = name.split(".")[:-1]
    place = next((place for place, part in enumerate(parts) if part.isdigit()), None)
    if place is None or not STEMS.isdisjoint(parts):
        return ""
    rest = parts[place + 1 :]
    while rest and (rest[0].isdigit() or (rest[0] in WITHIN and rest[1:2] and rest[1].isdigit())):
        step = 1 if rest[0].isdigit() else 2
        place, rest = place + step, rest[step:]
    return ".".join(parts[: place + 1])


def _network(model: Trainable) -> nn.Module:
    if model.network is None:
        raise Refused(f"{model.card.name} is computed by another library than torch, so its blocks cannot be looked at")
    return model.network
