"""Many processes that draw, and one that takes what they drew in its order."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from threading import Thread
from typing import Protocol

from eyechart.data.export.sample import Sample
from eyechart.errors import EyechartError

CHUNK = 50  # samples that a process draws at a time
WORTH = 4  # chunks that a process must have to draw before it is worth its start
AHEAD = 3  # chunks for every process that are drawn, or waited for, before the first of them is written


class Source(Protocol):
    """Samples by number; it travels to other processes, so it holds little."""

    @property
    def count(self) -> int: ...

    def sample(self, number: int) -> Sample: ...


def samples(source: Source, workers: int) -> Iterator[list[Sample]]:
    """All samples in order, a chunk at a time. Few of them need no other process.

    Raises:
        EyechartError: a process was killed from outside.
    """
    chunks = [range(start, min(start + CHUNK, source.count)) for start in range(0, source.count, CHUNK)]
    workers = min(workers, len(chunks) // WORTH)
    if workers <= 1:
        yield from (_drawn(source, chunk) for chunk in chunks)
        return
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=_settle)
    try:
        yield from _in_order(pool, source, iter(chunks), AHEAD * workers)
    except BrokenProcessPool as error:
        raise EyechartError("a process that was drawing has been killed; is there enough memory?") from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _in_order(pool: ProcessPoolExecutor, source: Source, chunks: Iterator[range], ahead: int) -> Iterator[list[Sample]]:
    coming: deque[Future[list[Sample]]] = deque(pool.submit(_drawn, source, chunk) for chunk in islice(chunks, ahead))
    while coming:
        done = coming.popleft().result()
        coming.extend(pool.submit(_drawn, source, chunk) for chunk in islice(chunks, 1))
        yield done


def _drawn(source: Source, chunk: range) -> list[Sample]:
    return [source.sample(number) for number in chunk]


def _settle() -> None:
    """In a new process: Ctrl-C is its parent's affair, and where the parent is gone it goes too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_follow, daemon=True).start()


def _follow() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
