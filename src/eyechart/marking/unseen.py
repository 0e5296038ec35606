"""Classes with examples and classes without: how they are parted, and grades that do right by both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from eyechart import stats
from eyechart.core import Dataset, Estimate, Sheet, Statistics
from eyechart.errors import BadInput, Refused, UnknownName
from eyechart.gallery import Exhibit, Pictured
from eyechart.marking.order import rank
from eyechart.marking.ties import expected_hits

Floats = NDArray[np.float64]
DECIMALS = 5  # of a margin; the rest is rounding
WAYS = {"": "names and probe", "text_": "names alone", "tree_": "taxonomy, no language"}  # prefix of columns → words
SHOWN = 16  # pictures of an exhibit
LEAST = 2  # classes on either side, in the exam and in validation


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Which classes are asked about at all, and which of them have examples."""

    asked: NDArray[np.bool_]  # [c]
    seen: NDArray[np.bool_]  # [c], among the asked

    @property
    def unseen(self) -> NDArray[np.bool_]:
        """``[c]``."""
        return np.asarray(self.asked & ~self.seen)


def sides(
    data: Dataset, truth: NDArray[np.int64], known: NDArray[np.int64], share: float, seed: int, named: Sequence[str]
) -> Sides:
    """The classes that occur among the examined pictures; without examples are those named, else a share by digest.

    A class that train does not show is without examples in any case.

    Raises:
        BadInput: the share is not between 0 and 1.
        UnknownName: a named class is none of the dataset's.
        Refused: fewer than two classes are left on a side.
    """
    if not 0 < share < 1:
        raise BadInput(f"gzsl keeps the examples of a share of the classes back, between 0 and 1; got {share}")
    strangers = [name for name in named if name not in data.classes]
    if strangers:
        raise UnknownName("class", strangers[0], data.classes)
    asked = np.bincount(truth, minlength=len(data.classes)) > 0
    shown = np.bincount(known, minlength=len(data.classes)) > 0
    if named:
        held = np.isin(np.array(data.classes), np.array(named))
    else:
        held = withheld(data.classes, asked & shown, share, seed)
    return _enough(Sides(asked=asked, seen=asked & shown & ~held), f"{data.name}/{data.split}")


def pretended(data: Dataset, all_sides: Sides, share: float, seed: int) -> Sides:
    """Validation: the same parting once more among the classes with examples. Raises `Refused` as `sides` does."""
    held = withheld(data.classes, all_sides.seen, share, seed)
    return _enough(Sides(asked=all_sides.seen, seen=all_sides.seen & ~held), f"validation on {data.name}")


def withheld(classes: Sequence[str], among: NDArray[np.bool_], share: float, seed: int) -> NDArray[np.bool_]:
    """A share of some classes, two at least, in an order that nobody chose."""
    ordered = sorted(
        np.flatnonzero(among).tolist(), key=lambda label: rank(f"{seed} without examples {classes[label]}")
    )
    held = np.zeros(len(classes), dtype=bool)
    held[ordered[: max(LEAST, round(share * len(ordered)))]] = True
    return held


def _enough(found: Sides, where: str) -> Sides:
    if min(found.seen.sum(), found.unseen.sum()) < LEAST:
        raise Refused(
            f"gzsl needs {LEAST} classes with examples and {LEAST} without, in the exam and again in validation; "
            f"{where} leaves {found.seen.sum()} and {found.unseen.sum()}; give data of six classes at least"
        )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """How each picture fares, whatever the bias against classes with examples."""

    labels: NDArray[np.int64]  # [n]
    seen: NDArray[np.bool_]  # [n]: the picture is of a class with examples
    right: Floats  # [n]: it is named rightly among the classes of its own side; ties at expectation
    margin: Floats  # [n]: best score of a class with examples less best score of one without

    def hits(self, bias: float) -> Floats:
        """``[n]``: named rightly among all when `bias` is taken from the scores of classes with examples."""
        ahead = np.sign(self.margin - bias)
        return np.asarray(self.right * (1 + np.where(self.seen, ahead, -ahead)) / 2)

    def shares(self) -> Floats:
        """``[n]``: of the pictures of the other side, the share that is right at one bias together with this one.

        The mean over either side, and so over both, is the area under the curve of accuracies on the two sides that
        the bias trades against each other (AUSUC: Chao et al. 2016, section 3.2), per picture.
        """
        found = np.zeros(len(self.right))
        for mine, sign in ((self.seen, 1.0), (~self.seen, -1.0)):
            order = np.argsort(sign * self.margin[~mine])
            margins = sign * self.margin[~mine][order]
            mass = np.concatenate([[0.0], np.cumsum(self.right[~mine][order])])
            below, upto = (np.searchsorted(margins, sign * self.margin[mine], way) for way in ("left", "right"))
            found[mine] = self.right[mine] * (mass[below] + mass[upto]) / 2 / len(margins)
        return found

    def recalls(self, bias: float) -> tuple[Floats, Floats]:
        """Accuracy of every class that occurs, with examples and without."""
        hits = self.hits(bias)
        return _by_class(hits[self.seen], self.labels[self.seen]), _by_class(hits[~self.seen], self.labels[~self.seen])

    def best_bias(self) -> float:
        """The bias of the largest harmonic mean; of several the one that is nearest to none."""
        levels = np.unique(self.margin)
        tried = np.concatenate([[levels[0] - 1.0], (levels[1:] + levels[:-1]) / 2, [levels[-1] + 1.0]])
        tried = tried[np.argsort(np.abs(tried), kind="stable")]
        means = [harmonic(*(float(part.mean()) for part in self.recalls(bias))) for bias in tried]
        return float(tried[int(np.argmax(np.round(means, 9)))])


def judged(scores: Float[Tensor, "n c"], truth: NDArray[np.int64], parted: Sides) -> Judged:
    """Scores of classes that are not asked about are not read."""
    seen = parted.seen[truth]
    right, best = np.zeros(len(truth)), []
    for side, mine in ((parted.seen, seen), (parted.unseen, ~seen)):
        table = scores[:, torch.from_numpy(side)].float()
        best.append(table.amax(1).double().numpy())
        labels = torch.from_numpy(np.searchsorted(np.flatnonzero(side), truth[mine]))
        right[mine] = expected_hits(table[torch.from_numpy(mine)], labels).numpy()
    return Judged(labels=truth, seen=seen, right=right, margin=(best[0] - best[1]).round(DECIMALS))


def harmonic(seen: float, unseen: float) -> float:
    """2 s u / (s + u); 0 where both are 0 (Xian et al. 2018, equation 3)."""
    return 2 * seen * unseen / (seen + unseen) if seen + unseen > 0 else 0.0


def in_words(sheet: Sheet, way: str) -> str:
    """What a sheet calls one of its ways; the main one depends on what the model can do."""
    return WAYS[way] if way else str(sheet.facts["way"])


def told(sheet: Sheet, way: str) -> Judged:
    """What a sheet says of one way, whose columns begin with its name."""
    return Judged(
        labels=sheet["code"].astype(np.int64),
        seen=sheet["seen"].astype(bool),
        right=sheet[f"{way}right"].astype(np.float64),
        margin=sheet[f"{way}margin"].astype(np.float64),
    )


def grades(sheet: Sheet, way: str, statistics: Statistics) -> dict[str, Estimate]:
    """Area, harmonic mean and both accuracies of one way at the bias of the sheet; classes are the units."""
    found, bias = told(sheet, way), float(sheet.facts["bias"][way])
    shares, kinds = found.shares(), sheet["truth"]
    counts = np.where(found.seen, found.seen.sum(), (~found.seen).sum())
    sizes = tuple(len(np.unique(found.labels[side])) for side in (found.seen, ~found.seen))
    area = float(shares.mean())
    result = {
        f"{way}ausuc": stats.influenced(
            area, (shares - area) / counts, kinds, statistics, chance=0.5 / (sizes[0] * sizes[1])
        )
    }
    seen, unseen = found.recalls(bias)
    means = float(seen.mean()), float(unseen.mean())
    total = max(sum(means), 1e-12)
    slopes = [(part - mean) / len(part) for part, mean in zip((seen, unseen), means, strict=True)]
    both = np.concatenate([2 * (means[1] / total) ** 2 * slopes[0], 2 * (means[0] / total) ** 2 * slopes[1]])
    blind = 2 / (sizes[0] ** 0.5 + sizes[1] ** 0.5) ** 2
    result[f"{way}harmonic"] = stats.influenced(harmonic(*means), both, np.arange(len(both)), statistics, chance=blind)
    for name, mean, slope, size in zip(("seen", "unseen"), means, slopes, sizes, strict=True):
        result[f"{way}{name}"] = stats.influenced(mean, slope, np.arange(len(slope)), statistics, chance=1 / size)
    return result


def ceiling(data: Dataset, unseen: NDArray[np.bool_]) -> float:
    """The accuracy on classes without examples of one who knows of each only what stands above it; 0 without taxonomy.

    Siblings look alike to him, and he guesses among them.
    """
    if not data.taxonomy:
        return 0.0
    above = [data.taxonomy.get(name, "") for name, asked in zip(data.classes, unseen, strict=True) if asked]
    return len(set(above)) / len(above)


def overlooked(sheet: Sheet, data: Dataset) -> tuple[Exhibit, ...]:
    """Pictures of classes without examples that are taken for others, the surest first, one of each class."""
    pictures = {item.id: item.picture for item in data.items}
    wrong = np.flatnonzero(~sheet["seen"].astype(bool) & (sheet["truth"] != sheet["answer"]))
    surest = wrong[np.argsort(-sheet["confidence"][wrong], kind="stable")]
    _, first = np.unique(sheet["truth"][surest], return_index=True)
    known = set(sheet.facts["with_examples"])
    hung = tuple(
        Pictured(
            pictures[str(sheet["id"][row])],
            f"{sheet['truth'][row]}, named {(answer := str(sheet['answer'][row]))}"
            + (" (had examples)" if answer in known else " (had none either)"),
        )
        for row in surest[np.sort(first)][:SHOWN]
    )
    note = "What they are and what they were named; the surest mistake of each class."
    return (Exhibit(title="Classes without examples, misnamed", note=note, pictures=hung),) if hung else ()


def curve(found: Judged, points: int = 33) -> list[tuple[float, float]]:
    """Accuracy with and without examples as the bias moves from one extreme to the other."""
    levels = np.quantile(found.margin, np.linspace(0, 1, points))
    tried = np.concatenate([[levels[0] - 1], levels, [levels[-1] + 1]])
    return [tuple(float(part.mean()) for part in found.recalls(bias)) for bias in tried]  # type: ignore[misc]


def columns(found: Judged, way: str) -> dict[str, NDArray[Any]]:
    """What `told` reads."""
    return {f"{way}right": found.right, f"{way}margin": found.margin}


def _by_class(hits: Floats, labels: NDArray[np.int64]) -> Floats:
    _, codes = np.unique(labels, return_inverse=True)
    return np.asarray(np.bincount(codes, hits) / np.bincount(codes))
