"""Between pictures and shards: pixels are made ready ahead of the model, features are written behind it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from types import TracebackType

import torch
from torch import Tensor

from eyechart.core import Classifier, ImageEncoder, Picture
from eyechart.errors import Refused, Unreadable
from eyechart.store.cache import Drawer

AHEAD = 3  # batches that are made ready while one is forwarded, and shards that wait to be written
SHARD_BYTES = 64 << 20
SECONDS = 30.0  # after so long a shard is written however small, so that a stopped run repeats no more than that


def batches(positions: Sequence[int], size: int) -> list[list[int]]:
    """Positions in batches of at most `size`, as they would fall if none were left out, small neighbours joined.

    A run that was stopped thus goes on with the very batches of an unbroken one, whatever it could not read, and gives
    the same features to the last bit; what lacks only here and there is still forwarded in full batches.
    """
    packed: list[list[int]] = []
    for _, group in groupby(positions, key=lambda position: position // size):
        batch = list(group)
        if packed and len(packed[-1]) + len(batch) <= size:
            packed[-1] += batch
        else:
            packed.append(batch)
    return packed


@dataclass(frozen=True, slots=True)
class Batch:
    """Pictures by name with their pixels; `count` also counts those that could not be read."""

    names: list[str]
    pixels: Tensor
    count: int


class Feed:
    """Decode and preprocess pictures in threads, a few batches ahead. `failed` fills with what cannot be read."""

    def __init__(
        self,
        model: ImageEncoder | Classifier,
        pictures: Mapping[str, Picture],
        plan: Sequence[Sequence[str]],
        workers: int,
    ) -> None:
        """`plan`: the names of each batch; `workers`: threads."""
        self.model, self.pictures, self.plan = model, pictures, plan
        self.failed: dict[str, str] = {}
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="eyechart-decode")

    def __enter__(self) -> Feed:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def __iter__(self) -> Iterator[Batch]:
        """Batches in the order of the plan.

        Raises:
            Refused: the model's preprocessing gives another size than its card says.
        """
        coming: list[_Coming] = []
        for index in range(len(self.plan)):
            while len(coming) < min(AHEAD, len(self.plan) - index):
                coming.append(self._begin(self.plan[index + len(coming)]))
            yield self._end(coming.pop(0))

    def _begin(self, names: Sequence[str]) -> _Coming:
        buffer = torch.empty(len(names), 3, *self.model.card.preprocessing.size)
        jobs = [self._pool.submit(self._fill, name, buffer[row]) for row, name in enumerate(names)]
        return _Coming(names, buffer, jobs)

    def _fill(self, name: str, place: Tensor) -> str | None:
        """Put the pixels of a picture in their place; the reason if it cannot be read."""
        try:
            pixels = self.model.preprocess(self.pictures[name].load())
        except Unreadable as error:
            return str(error)
        if pixels.shape != place.shape:
            raise Refused(
                f"the preprocessing of {self.model.card.name} gives pixels of shape {tuple(pixels.shape)}; its card "
                f"says {tuple(place.shape)}"
            )
        place.copy_(pixels)
        return None

    def _end(self, coming: _Coming) -> Batch:
        reasons = [job.result() for job in coming.jobs]
        self.failed |= {name: reason for name, reason in zip(coming.names, reasons, strict=True) if reason is not None}
        rows = [row for row, reason in enumerate(reasons) if reason is None]
        pixels = coming.buffer if len(rows) == len(reasons) else coming.buffer[rows]
        return Batch([coming.names[row] for row in rows], pixels, len(reasons))


@dataclass(frozen=True, slots=True)
class _Coming:
    names: Sequence[str]
    buffer: Tensor
    jobs: list[Future[str | None]]


class Writer:
    """Collect features and write them as shards in one background thread."""

    def __init__(self, drawers: Mapping[str, Drawer], lacking: Mapping[str, set[str]]) -> None:
        """`lacking`: the pictures each drawer has no row for; others are not written again."""
        self.drawers, self.lacking = drawers, lacking
        self._held: dict[str, list[tuple[list[str], Tensor]]] = {tap: [] for tap in drawers}
        self._since = time.monotonic()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="eyechart-write")
        self._coming: list[Future[None]] = []

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write what is held, also when the work was stopped: what is computed is not lost."""
        try:
            self._flush(list(self._held))
        finally:
            self._pool.shutdown(wait=True)
        for future in self._coming:
            future.result()

    def add(self, names: list[str], features: Mapping[str, Tensor]) -> None:
        """Take the features of a batch; shards are written as they fill."""
        for tap, rows in features.items():
            chosen = [index for index, name in enumerate(names) if name in self.lacking[tap]]
            if chosen:
                part = rows if len(chosen) == len(names) else rows[chosen]
                self._held[tap].append(([names[index] for index in chosen], part))
        late = time.monotonic() - self._since > SECONDS
        self._flush([tap for tap, held in self._held.items() if late or _bytes(held) >= SHARD_BYTES])
        if late:
            self._since = time.monotonic()

    def _flush(self, taps: Sequence[str]) -> None:
        for tap in taps:
            if self._held[tap]:
                held, self._held[tap] = self._held[tap], []
                self._coming.append(self._pool.submit(_write, self.drawers[tap], held))
        while len(self._coming) > AHEAD:
            self._coming.pop(0).result()  # no more is held in memory than a few shards


def _bytes(held: Sequence[tuple[list[str], Tensor]]) -> int:
    return sum(rows.numel() * rows.element_size() for _, rows in held)


def _write(drawer: Drawer, held: Sequence[tuple[list[str], Tensor]]) -> None:
    names = [name for part, _ in held for name in part]
    drawer.append(names, torch.cat([rows for _, rows in held]).numpy())
