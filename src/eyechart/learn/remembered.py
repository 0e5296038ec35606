"""What a locked network saw in each picture, so that no picture is looked at twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from threading import Lock
from typing import final

import torch
from torch import Tensor

BLOCK = 32  # pictures that are looked at together, always as many: their number may change the last bits of features


@final
class Remembered:
    """Features by the digest of the pixels; they are the same bits whatever company a picture comes in.

    As many pictures as there is room for are kept, the first that come. Pictures that are shown in `k` fixed forms are
    `k` pictures; of those that are drawn anew every time none is ever seen again.
    """

    def __init__(self, look: Callable[[Tensor], Tensor], room: int) -> None:
        """`look` gives one row per picture and never changes its mind."""
        self.looked = 0  # at so many pictures
        self._look, self._room = look, room
        self._places: dict[bytes, int] = {}
        self._rows: Tensor | None = None  # with room for more than are held
        self._lock = Lock()

    def __deepcopy__(self, memo: Mapping[int, object]) -> Remembered:
        """What was seen is the same for a copy of who saw it."""
        return self

    def __call__(self, pixels: Tensor) -> Tensor:
        """One row per picture, fp32, without gradient."""
        names = [blake2b(row.contiguous().numpy().data, digest_size=16).digest() for row in pixels.detach().cpu()]
        with self._lock, torch.no_grad(), torch.autocast(pixels.device.type, enabled=False):
            first: dict[bytes, int] = {}  # of each picture that is new, a row that shows it
            for row, name in enumerate(names):
                if name not in self._places:
                    first.setdefault(name, row)
            fresh = self._seen(pixels, list(first.values())) if first else None
            at = {name: place for place, name in enumerate(first)}
            self._keep(list(first), fresh)
            return self._found(names, at, fresh)

    def _seen(self, pixels: Tensor, rows: Sequence[int]) -> Tensor:
        found = []
        for start in range(0, len(rows), BLOCK):
            block = list(rows[start : start + BLOCK])
            filled = block + block[:1] * (BLOCK - len(block))
            found.append(self._look(pixels[filled]).float()[: len(block)])
        self.looked += len(rows)
        return torch.cat(found)

    def _keep(self, names: Sequence[bytes], rows: Tensor | None) -> None:
        held = len(self._places)
        count = min(len(names), self._room - held)
        if rows is None or count <= 0:
            return
        if self._rows is None or held + count > len(self._rows):
            grown = rows.new_empty(max(2 * held, held + count), rows.shape[1])
            if self._rows is not None:
                grown[:held] = self._rows[:held]
            self._rows = grown
        self._rows[held : held + count] = rows[:count]
        self._places.update({name: held + place for place, name in enumerate(names[:count])})

    def _found(self, names: Sequence[bytes], at: Mapping[bytes, int], fresh: Tensor | None) -> Tensor:
        """From those just seen and from those kept."""
        if fresh is not None and len(at) == len(names):
            return fresh[[at[name] for name in names]]
        rows = [fresh[at[name]] if fresh is not None and name in at else self._kept(name) for name in names]
        return torch.stack(rows)

    def _kept(self, name: bytes) -> Tensor:
        if self._rows is None:
            raise KeyError(name)
        return self._rows[self._places[name]]
