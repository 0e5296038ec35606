"""A linear probe on every depth of a network, and what each of them tells of pictures of which only a part is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from eyechart.bench import Bench
from eyechart.core import Dataset, Item
from eyechart.marking.ties import expected_hits
from eyechart.models.depths import Blocks, distances, states
from eyechart.models.trainable import Trainable
from eyechart.store.digest import of_json
from eyechart.store.rows import Rows
from eyechart.transfer.carve import carve
from eyechart.transfer.logistic import Linear, fit_path

Floats = NDArray[np.float32]
PENALTIES = tuple(10 ** (-step / 2) for step in range(4, 13))  # 1e-2 … 1e-6, for some thousand pictures
VERSION = 1  # of what is kept


def probes(
    model: Trainable, blocks: Blocks, train: Dataset, known: NDArray[np.int64], held: float, bench: Bench
) -> list[Linear]:
    """One per block; each is fitted and its penalty chosen as in the exam `linear`, on a shorter path.

    Raises:
        Refused: nothing is left to choose on.
    """
    near, far = carve(train.items, known, held)
    labels = torch.from_numpy(known)
    return [
        fit_path(
            rows.take(near), labels[near], rows.take(far), labels[far], classes=len(train.classes), penalties=PENALTIES
        ).probe
        for rows in _seen(model, blocks, train.items, bench)
    ]


def told(
    model: Trainable,
    blocks: Blocks,
    fitted: Sequence[Linear],
    versions: Mapping[str, Sequence[Item]],
    truth: NDArray[np.int64],
    bench: Bench,
) -> dict[str, Floats]:
    """By version, whether each probe tells each picture, ``n b``; all versions go through the model together."""
    every = [item for items in versions.values() for item in items]
    right = torch.from_numpy(truth).repeat(len(versions))
    features = _seen(model, blocks, every, bench)
    hits = torch.stack(
        [expected_hits(probe.logits(rows.tensor()), right) for probe, rows in zip(fitted, features, strict=True)], 1
    )
    return dict(zip(versions, hits.float().numpy().reshape(len(versions), len(truth), -1), strict=True))


def reached(model: Trainable, blocks: Blocks, items: Sequence[Item], bench: Bench) -> Floats:
    """How far each attending block looks in each picture, ``n b``, in widths of it; there must be one."""
    what = f"reach {VERSION} {of_json([*blocks.attending, *blocks.grid])}"
    return bench.worked_out(model, items, what, lambda _, pixels: distances(model, blocks, pixels))[:]


def _seen(model: Trainable, blocks: Blocks, items: Sequence[Item], bench: Bench) -> list[Rows]:
    """What each block gives for each picture."""
    what = f"depths {VERSION} {of_json(list(blocks.names))}"
    rows = bench.worked_out(model, items, what, lambda _, pixels: states(model, blocks, pixels)).tensor()
    return [Rows.of(part) for part in rows.split(list(blocks.widths), 1)]
