"""Where the first right answer stands in a pool of images and texts; ties at expectation, in chunks."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import normalize

from eyechart.marking.ties import TIE

CHUNK = 1 << 24  # cosines held at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranks:
    """Per query: wrong answers above the best right one, wrong ones level with it, right ones level with it."""

    above: Int[Tensor, " n"]
    level: Int[Tensor, " n"]
    right: Int[Tensor, " n"]
    positives: Int[Tensor, " n"]  # right answers in the whole pool

    def hits(self, k: int) -> Float[Tensor, " n"]:
        """Chance that one of the first `k` is right when ties are put in random order."""
        missed = torch.ones(len(self.above), dtype=torch.float64)
        for place in range(k):
            wrong = (self.level - place).clamp_min(0) / (self.level + self.right - place).clamp_min(1)
            missed = torch.where(self.above + place < k, missed * wrong, missed)
        return torch.where(self.above < k, 1 - missed, 0.0)

    def rank(self) -> Float[Tensor, " n"]:
        """The rank by which the first right answer is found with even odds when ties are put in random order."""
        low, high = torch.zeros_like(self.above), self.level + 1
        while bool((high - low > 1).any()):
            middle = (low + high) // 2
            enough = _missed(self.level, self.right, middle) <= math.log(0.5) + 1e-9
            low, high = torch.where(enough, low, middle), torch.where(enough, middle, high)
        return (self.above + high).double()


def _missed(wrong: Int[Tensor, " n"], right: Int[Tensor, " n"], drawn: Int[Tensor, " n"]) -> Float[Tensor, " n"]:
    """Logarithm of the chance that `drawn` of the tied answers hold no right one: C(w, r) / C(w + p, r)."""
    w, p, r = wrong.double(), right.double(), drawn.double()
    some = torch.lgamma(w + 1) - torch.lgamma((w - r).clamp_min(0) + 1)
    every = torch.lgamma(w + p + 1) - torch.lgamma(w + p - r + 1)
    return torch.where(r > w, -torch.inf, some - every)


def blind(size: int, positives: Int[Tensor, " n"]) -> Ranks:
    """What a dead model gets: everything ties."""
    return Ranks(above=torch.zeros_like(positives), level=size - positives, right=positives, positives=positives)


def blind_median(size: int, positives: NDArray[np.int64]) -> float:
    """The median rank of the first right answer over queries answered at random."""
    ranks = np.arange(1, size + 1)
    found = np.zeros(size)
    for right, count in zip(*np.unique(positives, return_counts=True), strict=True):
        # The chance that none of the first r is right: Π (size − right − s) / (size − s) over s < r.
        missing = np.cumprod(np.maximum(size - right - ranks + 1, 0) / (size - ranks + 1))
        found += count * (1 - missing)
    return float(ranks[np.searchsorted(found, found[-1] / 2 - 1e-9)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Ranks in both directions, and the text that each image finds first with its cosine."""

    images: Ranks
    texts: Ranks
    answer: Int[Tensor, " n"]
    confidence: Float[Tensor, " n"]


def pool(
    images: Float[Tensor, "n d"], texts: Float[Tensor, "m d"], image: Int[Tensor, " p"], text: Int[Tensor, " p"]
) -> Pool:
    """Rank every image against all texts and every text against all images by cosine.

    `image` and `text` name the pairs that belong together. One pass over the cosines serves both directions, because
    the best right answer of each query is known beforehand from the pairs alone.
    """
    seen, said = normalize(images.float(), dim=1), normalize(texts.float(), dim=1)
    own = torch.cat([(seen[a] * said[b]).sum(1) for a, b in zip(image.split(8192), text.split(8192), strict=True)])
    image_best, text_best = _best(own, image, len(seen)), _best(own, text, len(said))
    rows, answers, confidences = [], [], []
    columns = torch.zeros(2, len(said), dtype=torch.long)
    step = max(1, CHUNK // len(said))
    for chunk, best in zip(seen.split(step), image_best.split(step), strict=True):
        cosines = chunk @ said.T
        rows.append(_count(cosines, best[:, None], 1))
        columns += _count(cosines, text_best, 0)
        confidence, answer = cosines.max(1)
        confidences.append(confidence)
        answers.append(answer)
    return Pool(
        images=_ranks(torch.cat(rows, 1), own, image, image_best),
        texts=_ranks(columns, own, text, text_best),
        answer=torch.cat(answers),
        confidence=torch.cat(confidences),
    )


def _best(own: Float[Tensor, " p"], query: Int[Tensor, " p"], count: int) -> Float[Tensor, " n"]:
    """The best right answer of each query; a query without any gets one that everything exceeds."""
    return torch.full((count,), -2.0).scatter_reduce(0, query, own, "amax")


def _count(cosines: Float[Tensor, "n m"], best: Tensor, over: int) -> Int[Tensor, "2 q"]:
    """How many are above the best right answer, and how many level with it, along one axis."""
    above = (cosines > best + TIE).sum(over)
    return torch.stack([above, (cosines >= best - TIE).sum(over) - above])


def _ranks(counts: Int[Tensor, "2 n"], own: Float[Tensor, " p"], query: Int[Tensor, " p"], best: Tensor) -> Ranks:
    right = torch.bincount(query[own >= best[query] - TIE], minlength=len(best))
    return Ranks(
        above=counts[0],
        level=(counts[1] - right).clamp_min(0),
        right=right,
        positives=torch.bincount(query, minlength=len(best)),
    )
