"""The way of pictures through a network, operation by operation: written down once, gone again with small changes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, final

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.utils.flop_counter import flop_registry

from eyechart.attack.fields import Field, Reach, Size, joined, reach_of
from eyechart.attack.maps import Lookup, Map, Squares

SHARE = 0.4  # of a map that a window covers at most, beyond which the whole is computed
ROOM = 2**30  # bytes that are remembered at most

aten = torch.ops.aten
NORMS = {aten.native_batch_norm, aten.cudnn_batch_norm}
CELLWISE = {
    *(aten.add, aten.sub, aten.mul, aten.div, aten.neg, aten.clone, aten._to_copy, aten.clamp, aten.clamp_min),
    *(aten.relu, aten.gelu, aten.silu, aten.mish, aten.elu, aten.leaky_relu, aten.softplus, aten.sigmoid, aten.tanh),
    *(aten.hardtanh, aten.hardswish, aten.hardsigmoid),
}
APART = {f"{packet.__name__}_": packet for packet in CELLWISE}  # of what is done in place


class StrayedError(RuntimeError):
    """The network does not go the way that was written down, or one that cannot be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One operation that a map takes part in, as it was with the known pictures."""

    function: Any
    apart: Any  # the same, but that it changes nothing in its place
    told: Sequence[Any]  # its arguments; of maps their numbers
    reach: Reach | None = None
    field: Field | None = None  # of the cells that it gives; None: the whole is computed
    size: Size = (0, 0)
    pieces: Sequence[tuple[int, Lookup | None]] = ()  # of maps among the arguments, by place; None: the window

    @property
    def in_place(self) -> bool:
        """Whether it changes the map that it is given first."""
        return self.apart is not self.function


class Way(Protocol):
    """Who decides what becomes of an operation."""

    def go(self, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any], leaves: Sequence[Any]) -> Any:
        """`leaves` are the arguments, and the parts of lists that are arguments."""
        ...


class Passing(Tensor):
    """A map on its way through a network; torch hands every operation that it takes part in to `way`.

    What is made of it is a `Passing` too until its cells see the square all over, so that nothing that depends on
    pictures can be taken for something that does not.
    """

    __torch_function__ = torch._C._disabled_torch_function_impl
    way: Way
    number: int  # of the known map, by the steps before it
    field: Field | None  # None: it changes everywhere, and is only asked for as a whole
    values: Tensor  # all of it on the first way, later its window

    @staticmethod
    def of(way: Way, values: Tensor, number: int = -1, field: Field | None = None, size: Size = (0, 0)) -> Passing:
        """To the network, a map is of `size`, whatever is known of it."""
        shape = values.shape if field is None else (*values.shape[:2], *size)
        made: Passing = Tensor._make_wrapper_subclass(Passing, shape, dtype=values.dtype, device=values.device)
        made.way, made.number, made.field, made.values = way, number, field, values
        return made

    def become(self, other: Passing) -> Passing:
        """What has been done to it in place."""
        self.number, self.field, self.values = other.number, other.field, other.values
        return self

    @classmethod
    def __torch_dispatch__(
        cls, func: Any, types: Sequence[type], args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        """Called by torch below autograd and autocast, where convolutions are convolutions."""
        del types
        given = kwargs or {}
        leaves = list(_leaves(args, given))
        return _maps(leaves)[0].way.go(func, args, given, leaves)


@final
class First:
    """The way of the known pictures, which is written down; `cost` in operations if only windows are computed."""

    def __init__(self, images: Float[Tensor, "n c h w"], side: int) -> None:
        """`side` of the windows, in pixels."""
        self.steps: list[Step] = []
        self.maps: dict[int, Map] = {}
        self.cost = self.whole_cost = 0.0
        self._side, self._pixels, self._device = side, _size(images), images.device
        self.entrance = self._known(images, Field())

    @property
    def small(self) -> bool:
        """Whether squares are small enough for anything to be won."""
        return self.maps[0].share <= SHARE

    def forget(self) -> None:
        """All but the pictures themselves."""
        self.steps, self.maps = [], {0: self.maps[0]}

    def take(self, rows: Int[Tensor, " k"]) -> None:
        """Forget all pictures but some."""
        kept = len(rows) / len(self.maps[0].values)
        self.cost, self.whole_cost = self.cost * kept, self.whole_cost * kept
        self.maps = {number: known.take(rows) for number, known in self.maps.items()}

    def go(self, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any], leaves: Sequence[Any]) -> Any:
        """Do it with all values; write down what of it a window takes."""
        apart = _apart(function) if function._schema.is_mutable and _local(args[:1]) else function
        whole = _given(_copied if function.is_view else _values, args, kwargs)
        out = apart(*whole[0], **whole[1])
        packet = apart.overloadpacket
        cost = float(flop_registry[packet](*whole[0], **whole[1], out_val=out)) if packet in flop_registry else 0.0
        self.whole_cost += cost
        if not _local(leaves):
            self.cost += cost
            return self._rest(out, leaves)
        step = self._step(function, apart, args, leaves, out)
        self.steps.append(step)
        if step.in_place and args[0].number:  # the pictures themselves are kept
            del self.maps[args[0].number]
        if step.field is None:
            self.cost += cost
            rest = self._rest(out, leaves)
            return args[0].become(rest) if step.in_place else rest
        value, *others = out if isinstance(out, tuple) else (out,)
        near = self._known(value, step.field)
        self.cost += cost * self.maps[near.number].share
        if step.in_place:
            return args[0].become(near)
        return (near, *self._rest(others, leaves)) if others else near

    def _known(self, values: Tensor, field: Field) -> Passing:
        number = len(self.steps)
        self.maps[number] = known = Map(values, field, self._side, self._pixels)
        return Passing.of(self, known.values, number, field, known.size)

    def _rest(self, out: Any, leaves: Sequence[Any]) -> Any:
        """What is computed whole, and what is made of it too; what was changed in its place is still itself."""
        before = {id(one.values): one for one in _maps(leaves)}

        def passing(value: Any) -> Any:
            if not isinstance(value, Tensor):
                return value
            return before[id(value)] if id(value) in before else Passing.of(self, value)

        if isinstance(out, list):
            return [passing(value) for value in out]
        return tuple(passing(value) for value in out) if isinstance(out, tuple) else passing(out)

    def _step(self, function: Any, apart: Any, args: Sequence[Any], leaves: Sequence[Any], out: Any) -> Step:
        value = out[0] if isinstance(out, tuple) else out
        told = [leaf.number if isinstance(leaf, Passing) else leaf for leaf in leaves]
        whole = Step(function=function, apart=apart, told=told)
        if not isinstance(value, Tensor) or value.dim() != 4 or value.device != self._device:
            return whole
        reach, field, size = reach_of(apart, args), None, _size(value)
        if reach is None:
            field = _cellwise(apart, args, leaves, value)
        elif args[0].field is not None and len(_maps(leaves)) == 1 and reach.fits(_size(args[0]), size):
            field = reach.field(args[0].field)
        if field is None or not self._small(field, value):
            return whole
        pieces: list[tuple[int, Lookup | None]] = []
        for place, one in enumerate(args):
            if isinstance(one, Passing):
                same = reach is None and one.field == field
                pieces.append((place, None if same else self.maps[one.number].piece(field, size, reach or Reach())))
        return replace(whole, reach=reach, field=field, size=size, pieces=pieces)

    def _small(self, field: Field, out: Tensor) -> bool:
        size, used = _size(out), sum(known.bytes for known in self.maps.values())
        window = field.window(self._side, size)
        return math.prod(window) <= SHARE * math.prod(size) and used + 2 * out.nbytes <= ROOM


@final
class Again:
    """The same way with pictures that differ from the known ones in the squares of one turn."""

    def __init__(self, first: First, patch: Float[Tensor, "n c s s"], turn: int, squares: Squares) -> None:
        self._first = first
        self._turn, self._squares = turn, squares
        self._at = 0
        self._patches: dict[int, Tensor] = {}
        self.entrance: Passing = self._near(patch, Field(), first.maps[0].size)

    @property
    def images(self) -> Float[Tensor, "n c h w"]:
        """All of them, as they are now."""
        return self._first.maps[0].changed(self._patches[0], self._turn, self._squares)

    def keep(self, rows: Int[Tensor, " k"]) -> None:
        """The changes of some pictures are known from now on."""
        for number, patch in self._patches.items():
            self._first.maps[number].keep(patch, self._turn, self._squares, rows)

    def go(self, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any], leaves: Sequence[Any]) -> Any:
        """Do it with what changes."""
        if not _local(leaves):
            whole = _given(_values, args, kwargs)
            return function(*whole[0], **whole[1])
        step = self._next(function, leaves)
        if step.in_place and args[0].number:
            del self._patches[args[0].number]
        if step.field is None:
            whole = _given(self._whole, args, kwargs)
            out = function(*whole[0], **whole[1])
            return args[0].become(Passing.of(self, out)) if step.in_place else out
        parts = list(args)
        for place, piece in step.pieces:
            parts[place] = self._part(args[place], piece, step.reach)
        out = step.apart(*(step.reach.unpadded(parts) if step.reach else parts), **kwargs)
        value, *others = out if isinstance(out, tuple) else (out,)
        near = self._near(value, step.field, step.size)
        if step.in_place:
            return args[0].become(near)
        return (near, *others) if others else near

    def _next(self, function: Any, leaves: Sequence[Any]) -> Step:
        if self._at == len(self._first.steps):
            raise StrayedError
        step = self._first.steps[self._at]
        self._at += 1
        if step.function is not function or not _same(step.told, leaves):
            raise StrayedError
        return step

    def _near(self, patch: Tensor, field: Field, size: Size) -> Passing:
        self._patches[self._at] = patch
        return Passing.of(self, patch, self._at, field, size)

    def _whole(self, value: Any) -> Any:
        if not isinstance(value, Passing) or value.field is None:
            return _values(value)
        return self._first.maps[value.number].changed(value.values, self._turn, self._squares)

    def _part(self, near: Passing, piece: Lookup | None, reach: Reach | None) -> Tensor:
        """Of a map what is needed for the window of another one."""
        if piece is None:
            return near.values
        beyond = reach.beyond if reach else 0
        return self._first.maps[near.number].cut(near.values, self._turn, self._squares, piece, beyond)


def _cellwise(function: Any, args: Sequence[Any], leaves: Sequence[Any], out: Tensor) -> Field | None:
    """Of what is computed cell by cell, from maps of one size and from what is the same in all cells."""
    packet, maps = function.overloadpacket, _maps(leaves)
    rest = [leaf for leaf in leaves if isinstance(leaf, Tensor) and not isinstance(leaf, Passing)]
    norm = packet in NORMS and not args[5]  # one that takes statistics of the batch sees all of it
    if not norm and (packet not in CELLWISE or any(side != 1 for one in rest for side in one.shape[-2:])):
        return None
    alike = all(one.dim() == 4 and len(one) == len(out) and _size(one) == _size(out) for one in maps)
    alike = alike and len(maps) == len(_maps(args))
    fields = [one.field for one in maps if one.field is not None]
    return joined(fields) if alike and len(fields) == len(maps) else None


def _leaves(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Iterator[Any]:
    """Arguments, and the parts of lists that are arguments."""
    for value in (*args, *kwargs.values()):
        if isinstance(value, list | tuple):
            yield from value
        else:
            yield value


def _maps(leaves: Sequence[Any]) -> list[Passing]:
    return [leaf for leaf in leaves if isinstance(leaf, Passing)]


def _local(leaves: Sequence[Any]) -> bool:
    """Whether of some map only the window is computed."""
    return any(isinstance(leaf, Passing) and leaf.field is not None for leaf in leaves)


def _given(
    do: Callable[[Any], Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """Arguments after something was done to each leaf."""

    def done(value: Any) -> Any:
        return [do(part) for part in value] if isinstance(value, list | tuple) else do(value)

    return [done(value) for value in args], {name: done(value) for name, value in kwargs.items()}


def _apart(function: Any) -> Any:
    """What gives a new tensor in place of changing one."""
    name = function.overloadpacket.__name__
    if name not in APART:
        raise StrayedError
    return getattr(APART[name], function._overloadname)


def _values(value: Any) -> Any:
    return value.values if isinstance(value, Passing) else value


def _copied(value: Any) -> Any:
    return value.values.clone() if isinstance(value, Passing) and value.field else _values(value)


def _size(values: Tensor) -> Size:
    height, width = values.shape[-2:]
    return height, width


def _same(known: Sequence[Any], leaves: Sequence[Any]) -> bool:
    """Whether an operation has the arguments that it had, but for what is computed whole from pictures (-1)."""
    return len(known) == len(leaves) and all(
        one is other or _equal(one, other) for one, other in zip(known, leaves, strict=True)
    )


def _equal(one: Any, other: Any) -> bool:
    if isinstance(other, Passing):
        return bool(one == other.number)
    if isinstance(other, Tensor):
        return torch.equal(one, other) if isinstance(one, Tensor) else bool(one == -1)
    return not isinstance(one, Tensor) and bool(one == other)
