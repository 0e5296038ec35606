"""Weighted k nearest neighbours by cosine, exact, in chunks; neighbours that tie for the last places share them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import faiss
import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import normalize, one_hot

from eyechart.marking.ties import TIE
from eyechart.store.rows import Rows

QUERIES, KEPT = 2048, 1 << 16  # rows per chunk: large products are fast, and one chunk of each is held at a time
RESIDENT = 1 << 29  # numbers held in memory (2 GiB in fp32); more are read anew for every chunk of queries


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Normalised features to search among, in chunks."""

    rows: Rows
    held: tuple[Tensor, ...] | None  # each ``m d``; None when they are read anew each time

    @classmethod
    def of(cls, rows: Rows) -> Kept:
        """Held in memory if they fit."""
        fits = rows.shape[0] * rows.shape[1] <= RESIDENT
        return cls(rows=rows, held=tuple(_normalised(rows)) if fits else None)

    def chunks(self) -> Iterator[tuple[slice, Float[Tensor, "m d"]]]:
        """Where each chunk lies, and its features."""
        start = 0
        for chunk in self.held or _normalised(self.rows):
            yield slice(start, start + len(chunk)), chunk
            start += len(chunk)


def _normalised(rows: Rows) -> Iterator[Float[Tensor, "m d"]]:
    return (normalize(chunk.float(), dim=1) for _, chunk in rows.batches(KEPT))


@dataclass(frozen=True, slots=True, kw_only=True)
class Voters:
    """Labelled features that vote on new ones.

    A neighbour of cosine s weighs exp((s - s₁) / T), s₁ being the nearest one's. Source: Wu et al. 2018, section 3.4;
    T = 0.07 as in DINOv2 ``eval/knn.py``.
    """

    train: Rows
    labels: Int[Tensor, " m"]
    classes: int
    temperature: float

    def votes(self, queries: Rows, ks: Sequence[int]) -> Iterator[Float[Tensor, "k n c"]]:
        """Per chunk of queries, in order: the weight of each class among the `k` nearest, for every `k` of `ks`."""
        kept = Kept.of(self.train)
        for _, chunk in queries.batches(QUERIES):
            near = normalize(chunk.float(), dim=1)
            values, indices = nearest(kept, near, min(max(ks) + 1, len(self.train)))
            ballots = [self._ballot(values, indices, k) for k in ks]
            for ballot, k in zip(ballots, ks, strict=True):
                tied = self._undecided(values, k)
                if len(tied):
                    ballot[tied] = self._shared(kept, near[tied], values[tied], k)
            yield torch.stack(ballots)

    def _ballot(self, values: Float[Tensor, "n k"], indices: Int[Tensor, "n k"], k: int) -> Float[Tensor, "n c"]:
        weights = self._weights(values[:, :k], values)
        return torch.zeros(len(values), self.classes).scatter_add_(1, self.labels[indices[:, :k]], weights)

    def _undecided(self, values: Float[Tensor, "n k"], k: int) -> Int[Tensor, " t"]:
        """Queries whose next neighbour is as near as the k-th: which of them is among the k would be arbitrary."""
        if k >= len(self.train):
            return torch.empty(0, dtype=torch.long)
        return (values[:, k - 1] - values[:, k] <= TIE).nonzero()[:, 0]

    def _shared(
        self, kept: Kept, queries: Float[Tensor, "n d"], values: Float[Tensor, "n k"], k: int
    ) -> Float[Tensor, "n c"]:
        """The votes when the places left by the strictly nearer neighbours are shared by all that tie for them."""
        last = values[:, k - 1 : k]
        member = one_hot(self.labels, self.classes).float()
        nearer, level = torch.zeros(len(queries), self.classes), torch.zeros(len(queries), self.classes)
        places = torch.full((len(queries), 1), float(k))
        for where, chunk in kept.chunks():
            scores = queries @ chunk.T
            above = scores > last + TIE
            nearer += torch.where(above, self._weights(scores, values), 0.0) @ member[where]
            level += ((scores >= last - TIE) & ~above).float() @ member[where]
            places -= above.sum(1, keepdim=True)
        return nearer + places / level.sum(1, keepdim=True) * level * self._weights(last, values)

    def _weights(self, similarities: Float[Tensor, "n m"], values: Float[Tensor, "n k"]) -> Float[Tensor, "n m"]:
        return torch.exp((similarities - values[:, :1]) / self.temperature)


def nearest(kept: Kept, queries: Float[Tensor, "n d"], count: int) -> tuple[Float[Tensor, "n k"], Int[Tensor, "n k"]]:
    """Cosines and indices of the `count` nearest, nearest first; `queries` are normalised."""
    values = torch.empty(len(queries), 0)
    indices = torch.empty(len(queries), 0, dtype=torch.long)
    for where, chunk in kept.chunks():
        found, at = _top(queries, chunk, min(count, len(chunk)))
        values = torch.cat([values, found], 1)
        indices = torch.cat([indices, at + where.start], 1)
        if values.shape[1] > count:
            values, best = values.topk(count, dim=1)
            indices = indices.gather(1, best)
    return values, indices


def _top(
    queries: Float[Tensor, "n d"], chunk: Float[Tensor, "m d"], count: int
) -> tuple[Float[Tensor, "n k"], Int[Tensor, "n k"]]:
    """Exact, by faiss, which never holds all similarities at once."""
    values, at = faiss.knn(queries.numpy(), chunk.numpy(), count, metric=faiss.METRIC_INNER_PRODUCT)
    return torch.from_numpy(values), torch.from_numpy(at)
