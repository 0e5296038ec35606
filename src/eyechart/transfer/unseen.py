"""Ways to name classes with and without examples alike: each learns from the first and speaks of both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import normalize, one_hot

from eyechart.core import Item
from eyechart.marking.order import order
from eyechart.marking.unseen import Judged, Sides, judged
from eyechart.store.rows import Rows
from eyechart.transfer.carve import carve
from eyechart.transfer.logistic import PENALTIES, fit_path

BLENDS = (0.0, 0.1, 0.25, 0.5, 1.0)  # of the probe beside the text
RIDGES = (1e-3, 1e-2, 1e-1, 1.0, 10.0)  # of both sides of the bilinear map
HELD = 0.2  # share of the examples on which settings are chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Pictures with labels and features."""

    items: tuple[Item, ...]
    labels: NDArray[np.int64]
    features: Float[Tensor, "n d"]

    def take(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> Examples:
        """Some of them, in the order given."""
        places = np.flatnonzero(chosen) if chosen.dtype == bool else chosen
        return Examples(
            items=tuple(self.items[at] for at in places),
            labels=self.labels[places],
            features=self.features[torch.from_numpy(places)],
        )

    def few(self, count: int) -> Examples:
        """At most `count` of every class, the first by digest."""
        taken: Counter[int] = Counter()
        kept = []
        for at in order(self.items):
            label = int(self.labels[at])
            taken[label] += 1
            if taken[label] <= count:
                kept.append(at)
        return self.take(np.array(kept, dtype=np.int64))


Speaker = Callable[[Float[Tensor, "n d"], Sides], Float[Tensor, "s n c"]]


@runtime_checkable
class Way(Protocol):
    """Learns from examples and gives scores of all classes that are asked about, under each of its settings."""

    def fit(self, shown: Examples, parted: Sides) -> Speaker: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The model's own logits against the class names; examples are not looked at."""

    logits: Callable[[Float[Tensor, "n d"]], Float[Tensor, "n c"]]

    def fit(self, shown: Examples, parted: Sides) -> Speaker:  # noqa: ARG002
        """One setting."""
        return lambda features, asked: _among(self.logits(features), asked.asked)[None]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextAndProbe:
    """Log-probabilities from the class names, and for classes with examples those of a linear probe on top.

    log p(c | names) + β [c has examples] (log p(c | probe) + log of how many there are): the residual form of
    Tip-Adapter (Zhang et al. 2022, equation 6) with a logistic probe; β = 0 is the text alone.
    """

    logits: Callable[[Float[Tensor, "n d"]], Float[Tensor, "n c"]]

    def fit(self, shown: Examples, parted: Sides) -> Speaker:
        """One setting per β."""
        probe = _probe(shown, parted)

        def speak(features: Float[Tensor, "n d"], asked: Sides) -> Float[Tensor, "s n c"]:
            base = _among(self.logits(features), asked.asked)
            bonus = torch.zeros_like(base)
            seen = torch.from_numpy(parted.seen)
            bonus[:, seen] = probe(features) + np.log(int(parted.seen.sum()))
            return torch.stack([base + blend * bonus for blend in BLENDS])

        return speak


@dataclass(frozen=True, slots=True, kw_only=True)
class Bilinear:
    """A bilinear map from features to what is known of each class, learnt from the classes with examples.

    V = (XᵀX + αI)⁻¹ Xᵀ Y S (SᵀS + βI)⁻¹ in closed form (Romera-Paredes and Torr 2015, equation 4). With the knots of
    a taxonomy above a class as what is known of it: the hierarchical embedding of Akata et al. 2015, section 4.
    """

    known: Float[Tensor, "c a"]

    def fit(self, shown: Examples, parted: Sides) -> Speaker:
        """One setting per pair of ridges."""
        centre = normalize(shown.features.double(), dim=1).mean(0)
        seen = np.flatnonzero(parted.seen)
        given = normalize(self.known.double(), dim=1)
        inner, outer = self._turned(shown, centre), given[torch.from_numpy(seen)]
        signs = 2.0 * one_hot(torch.from_numpy(np.searchsorted(seen, shown.labels)), len(seen)).double() - 1
        middle = inner.T @ signs @ outer
        left, right = inner.T @ inner / len(inner), outer.T @ outer
        maps = [
            torch.linalg.solve(_ridged(left, one), torch.linalg.solve(_ridged(right, other), middle.T).T)
            for one, other in product(RIDGES, RIDGES)
        ]

        def speak(features: Float[Tensor, "n d"], asked: Sides) -> Float[Tensor, "s n c"]:
            rows = normalize(features.double(), dim=1) - centre
            scores = torch.stack([rows @ one @ given.T for one in maps])
            spread = scores[:, :, torch.from_numpy(asked.asked)].std(correction=0).clamp_min(1e-12)
            return (scores / spread).float()

        return speak

    def _turned(self, shown: Examples, centre: Tensor) -> Tensor:
        return normalize(shown.features.double(), dim=1) - centre


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What a way gives in the exam, and what was chosen for it on validation."""

    judged: Judged
    scores: Float[Tensor, "n c"]
    setting: int
    bias: float

    def answers(self, seen: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The class that is named at the chosen bias, and its share of all: ``n`` each."""
        scores = self.scores - self.bias * torch.from_numpy(seen).float()
        sure, answer = scores.softmax(1).max(1)
        return answer.numpy(), sure.numpy()


def examine(way: Way, train: Examples, asked: Examples, parted: Sides, pretended: Sides) -> Chosen:
    """Choose a setting and the bias on validation, learn again from all examples, and look at the exam once.

    Validation: among the classes with examples some are treated as if they had none; of the others a part of the
    examples is kept back. The setting is that of the largest area, the bias that of the largest harmonic mean.
    """
    open_to_all = train.take(pretended.seen[train.labels])
    near, far = carve(open_to_all.items, open_to_all.labels, HELD)
    held = open_to_all.take(far)
    strangers = train.take(pretended.unseen[train.labels])
    speak = way.fit(open_to_all.take(near), pretended)
    truth = np.concatenate([held.labels, strangers.labels])
    tried = speak(torch.cat([held.features, strangers.features]), pretended)
    rivals = [judged(scores, truth, pretended) for scores in tried]
    setting = int(np.argmax([round(float(rival.shares().mean()), 6) for rival in rivals]))
    shown = train.take(parted.seen[train.labels])
    scores = way.fit(shown, parted)(asked.features, parted)[setting]
    return Chosen(
        judged=judged(scores, asked.labels, parted), scores=scores, setting=setting, bias=rivals[setting].best_bias()
    )


def _probe(shown: Examples, parted: Sides) -> Callable[[Tensor], Tensor]:
    """Log-probabilities of the classes with examples."""
    seen = np.flatnonzero(parted.seen)
    labels: Int[Tensor, " n"] = torch.from_numpy(np.searchsorted(seen, shown.labels))
    near, far = carve(shown.items, shown.labels, HELD)
    rows = Rows.of(shown.features)
    path = fit_path(
        rows.take(near),
        labels[torch.from_numpy(near)],
        rows.take(far),
        labels[torch.from_numpy(far)],
        classes=len(seen),
        penalties=PENALTIES[11:28:5],
    )
    return lambda features: path.probe.logits(features).log_softmax(1)


def _among(logits: Float[Tensor, "n c"], asked: NDArray[np.bool_]) -> Float[Tensor, "n c"]:
    """Log-probabilities among the classes that are asked about; the others have none."""
    return logits.float().masked_fill(~torch.from_numpy(asked), -torch.inf).log_softmax(1)


def _ridged(square: Tensor, ridge: float) -> Tensor:
    """The ridge is relative to the mean of the diagonal."""
    level = square.diagonal().mean().clamp_min(1e-12)
    return square + ridge * level * torch.eye(len(square), dtype=square.dtype)
