"""Weighted k nearest neighbours by cosine, exact, in chunks; neighbours that tie for the last places share them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isqrt

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import normalize, one_hot

from eyechart.marking.ties import TIE
from eyechart.store.rows import Rows

QUERIES, KEPT = 1024, 16384  # rows per chunk: a block of 64 MiB of similarities


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
        for _, chunk in queries.batches(QUERIES):
            near = normalize(chunk.float(), dim=1)
            values, indices = nearest(self.train, near, min(max(ks) + 1, len(self.train)))
            yield torch.stack([self._ballot(near, values, indices, k) for k in ks])

    def _ballot(
        self, queries: Float[Tensor, "n d"], values: Float[Tensor, "n k"], indices: Int[Tensor, "n k"], k: int
    ) -> Float[Tensor, "n c"]:
        weights = self._weights(values[:, :k], values)
        ballot = torch.zeros(len(values), self.classes).scatter_add_(1, self.labels[indices[:, :k]], weights)
        if k < len(self.train):
            # The next neighbour is as near as the k-th: which of them is among the k would be arbitrary.
            tied = (values[:, k - 1] - values[:, k] <= TIE).nonzero()[:, 0]
            if len(tied):
                ballot[tied] = self._shared(queries[tied], values[tied], k)
        return ballot

    def _shared(self, queries: Float[Tensor, "n d"], values: Float[Tensor, "n k"], k: int) -> Float[Tensor, "n c"]:
        """The votes when the places left by the strictly nearer neighbours are shared by all that tie for them."""
        last = values[:, k - 1 : k]
        member = one_hot(self.labels, self.classes).float()
        nearer, level = torch.zeros(len(queries), self.classes), torch.zeros(len(queries), self.classes)
        places = torch.full((len(queries), 1), float(k))
        for where, chunk in self.train.batches(KEPT):
            scores = queries @ normalize(chunk.float(), dim=1).T
            above = scores > last + TIE
            nearer += torch.where(above, self._weights(scores, values), 0.0) @ member[where]
            level += ((scores >= last - TIE) & ~above).float() @ member[where]
            places -= above.sum(1, keepdim=True)
        return nearer + places / level.sum(1, keepdim=True) * level * self._weights(last, values)

    def _weights(self, similarities: Float[Tensor, "n m"], values: Float[Tensor, "n k"]) -> Float[Tensor, "n m"]:
        return torch.exp((similarities - values[:, :1]) / self.temperature)


def nearest(train: Rows, queries: Float[Tensor, "n d"], count: int) -> tuple[Float[Tensor, "n k"], Int[Tensor, "n k"]]:
    """Cosines and indices of the `count` nearest, nearest first; `queries` are normalised, `train` need not be."""
    values = torch.empty(len(queries), 0)
    indices = torch.empty(len(queries), 0, dtype=torch.long)
    for where, chunk in train.batches(KEPT):
        found, at = _top(queries @ normalize(chunk.float(), dim=1).T, min(count, len(chunk)))
        values = torch.cat([values, found], 1)
        indices = torch.cat([indices, at + where.start], 1)
        if values.shape[1] > count:
            values, kept = values.topk(count, dim=1)
            indices = indices.gather(1, kept)
    return values, indices


def _top(scores: Float[Tensor, "n m"], count: int) -> tuple[Float[Tensor, "n k"], Int[Tensor, "n k"]]:
    """Exact top-k: the k largest lie in the k column groups of largest maxima, and a maximum costs less than a sort."""
    rows, width = scores.shape
    fold = isqrt(width // count)
    if fold < 2:
        values, at = scores.topk(count, dim=1)
        return values, at
    groups = width // fold
    peaks = scores[:, : fold * groups].unflatten(1, (fold, groups)).amax(1)
    columns = peaks.topk(count, dim=1, sorted=False).indices[:, None] + groups * torch.arange(fold)[:, None]
    rest = torch.arange(fold * groups, width).expand(rows, -1)
    columns = torch.cat([columns.flatten(1), rest], 1)
    values, at = scores.gather(1, columns).topk(count, dim=1)
    return values, columns.gather(1, at)
