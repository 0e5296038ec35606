"""Batches made while the one before is learnt, and the order of samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from eyechart.errors import BadInput
from eyechart.learn.objective import Batch

Source = Callable[[int], Batch]  # the batch of a step, of all processes; a pure function, so that no place can be lost


def batches(source: Source, first: int, end: int) -> Iterator[Batch]:
    """The batches of steps `first` to `end`, each made by another thread while the one before is in use.

    What `source` raises is raised when its step has come.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="source") as pool:
        coming = [pool.submit(source, step) for step in range(first, min(first + 1, end))]
        for step in range(first, end):
            batch = coming.pop().result()
            coming += [pool.submit(source, after) for after in range(step + 1, min(step + 2, end))]
            yield batch


def order(step: int, *, batch: int, total: int, seed: int) -> NDArray[np.int64]:
    """Which of `total` samples a step sees: a new permutation every epoch, without its incomplete last batch."""
    if total < batch:
        raise BadInput(f"a batch of {batch} needs as many samples; there are {total}")
    epoch, place = divmod(step, total // batch)
    return np.random.default_rng([seed, epoch]).permutation(total)[place * batch : (place + 1) * batch]
