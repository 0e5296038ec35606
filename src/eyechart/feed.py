"""Between pictures and shards: pixels are made ready ahead of the model, features are written behind it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType

import torch
from torch import Tensor

from eyechart.core import Classifier, ImageEncoder, Picture
from eyechart.errors import Unreadable
from eyechart.store.cache import SHARD_BYTES, Drawer

AHEAD = 3  # batches that are made ready while one is forwarded
SECONDS = 30.0  # after so long a shard is written however small, so that a stopped run repeats no more than that


@dataclass(frozen=True, slots=True)
class Batch:
    """Pictures by name with their pixels; `count` also counts those that could not be read."""

    names: list[str]
    pixels: Tensor
    count: int


class Feed:
    """Decode and preprocess pictures in threads, a few batches ahead. `failed` fills with what cannot be read."""

    def __init__(
        self, model: ImageEncoder | Classifier, pictures: Mapping[str, Picture], size: int, workers: int
    ) -> None:
        """Batches of `size`, made by `workers` threads."""
        self.model, self.pictures, self.size = model, pictures, size
        self.failed: dict[str, str] = {}
        self._pool = ThreadPoolExecutor(max(1, workers), thread_name_prefix="eyechart-decode")

    def __enter__(self) -> Feed:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def __iter__(self) -> Iterator[Batch]:
        names = list(self.pictures)
        batches = [names[start : start + self.size] for start in range(0, len(names), self.size)]
        waiting: list[list[Future[Tensor | str]]] = []
        for index, batch in enumerate(batches):
            while len(waiting) < min(AHEAD, len(batches) - index):
                waiting.append([self._pool.submit(self._ready, name) for name in batches[index + len(waiting)]])
            yield self._gather(batch, waiting.pop(0))

    def _ready(self, name: str) -> Tensor | str:
        try:
            return self.model.preprocess(self.pictures[name].load())
        except Unreadable as error:
            return str(error)

    def _gather(self, names: Sequence[str], coming: Sequence[Future[Tensor | str]]) -> Batch:
        good: list[str] = []
        pixels: list[Tensor] = []
        for name, future in zip(names, coming, strict=True):
            ready = future.result()
            if isinstance(ready, str):
                self.failed[name] = ready
            else:
                good.append(name)
                pixels.append(ready)
        return Batch(good, torch.stack(pixels) if pixels else torch.empty(0), len(names))


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
        self._flush(list(self._held))
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
