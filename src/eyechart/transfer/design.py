"""The features of a linear problem, seen from their principal axes, whether or not they fit in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt

import torch
from jaxtyping import Float, Float64, Int
from torch import Tensor
from torch.nn.functional import pad

from eyechart.store.rows import Rows

RESIDENT = 1 << 29  # numbers held in memory (2 GiB in fp32); more are read anew in every pass
CHUNK = 8192  # rows read at once
BLOCK = 1 << 20  # logits computed at once, so that they stay in the processor's cache
NEGLIGIBLE = 1e-12  # of the variance: axes below are rounding


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """Centre, size and principal axes of a cloud of features; the mean square norm on the axes is 1."""

    mean: Float[Tensor, " d"]
    basis: Float[Tensor, "d r"]  # orthonormal columns over the root mean square norm
    variance: Float[Tensor, " r"]  # along each axis; sums to 1

    def turn(self, features: Float[Tensor, "n d"]) -> Float[Tensor, "n r"]:
        """The features as seen from the axes."""
        return (features.float() - self.mean) @ self.basis


def axes_of(*parts: Rows) -> Axes:
    """Principal axes of all rows together, in fp64, in two passes. Exact: only axes of pure rounding are dropped."""
    count = sum(len(part) for part in parts)
    mean = torch.stack([chunk.double().sum(0) for chunk in _chunks(parts)]).sum(0) / count
    width = len(mean)
    if count < width:
        values, vectors = _axes_from_rows(torch.cat([chunk.double() - mean for chunk in _chunks(parts)]))
    else:
        scatter = torch.zeros(width, width, dtype=torch.float64)
        for chunk in _chunks(parts):
            off = chunk.double() - mean
            scatter += off.T @ off
        values, vectors = torch.linalg.eigh(scatter)
    total = float(values.clamp_min(0).sum())
    # A cloud whose spread is within the rounding of fp32 is a point.
    spread = total > count * float(mean.square().sum()) * 1e-13 and total > 0
    kept = (values > NEGLIGIBLE * total) & spread
    size = sqrt(total / count) if spread else 1.0
    return Axes(
        mean=mean.float(), basis=(vectors[:, kept] / size).float(), variance=(values[kept] / max(total, 1e-300)).float()
    )


def _chunks(parts: tuple[Rows, ...]) -> Iterator[Tensor]:
    for part in parts:
        for _, chunk in part.batches(CHUNK):
            yield chunk


def _axes_from_rows(rows: Float64[Tensor, "n d"]) -> tuple[Float64[Tensor, " n"], Float64[Tensor, "d n"]]:
    """The same axes from the smaller of the two products, for fewer rows than features."""
    values, vectors = torch.linalg.eigh(rows @ rows.T)
    return values, rows.T @ vectors / values.clamp_min(1e-300).sqrt()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Labelled features on given axes, with a constant one beside them for the bias."""

    axes: Axes
    labels: Int[Tensor, " n"]
    rows: Rows
    turned: Float[Tensor, "n q"] | None  # None when they are read anew in every pass

    def blocks(self, width: int) -> Iterator[tuple[Float[Tensor, "n q"], Int[Tensor, " n"]]]:
        """All rows, as many at once as give a block of logits `width` wide."""
        step = max(256, BLOCK // width)
        if self.turned is not None:
            yield from zip(self.turned.split(step), self.labels.split(step), strict=True)
            return
        for where, chunk in self.rows.batches(min(step, CHUNK)):
            yield _with_constant(self.axes.turn(chunk)), self.labels[where]


def table(rows: Rows, labels: Int[Tensor, " n"], axes: Axes) -> Table:
    """Turn the features onto the axes once if they fit in memory, else in every pass."""
    resident = len(rows) * (len(axes.variance) + 1) <= RESIDENT
    turned = torch.cat([_with_constant(axes.turn(chunk)) for chunk in _chunks((rows,))]) if resident else None
    return Table(axes=axes, labels=labels, rows=rows, turned=turned)


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """One or several tables as one problem."""

    axes: Axes
    tables: tuple[Table, ...]

    @property
    def size(self) -> int:
        """Coefficients per class: one per axis and the bias."""
        return len(self.axes.variance) + 1

    @property
    def count(self) -> int:
        """Rows of all tables."""
        return sum(len(part.labels) for part in self.tables)

    def loss_and_slope(self, weights: Float[Tensor, "p q c"]) -> tuple[Float64[Tensor, " p"], Float[Tensor, "p q c"]]:
        """Mean cross-entropy of `p` linear classifiers at once, and its gradient; all of them share each product."""
        models, size, classes = weights.shape
        flat = weights.transpose(0, 1).reshape(size, models * classes)
        loss, slope = torch.zeros(models, dtype=torch.float64), torch.zeros_like(flat)
        for features, labels in self._blocks(models * classes):
            logs = (features @ flat).view(len(features), models, classes).log_softmax(-1)
            row = torch.arange(len(features))
            loss -= logs[row, :, labels].sum(0, dtype=torch.float64)
            error = logs.exp_()
            error[row, :, labels] -= 1
            slope += features.T @ error.view(len(features), -1)
        slope = slope.view(size, models, classes).transpose(0, 1)
        return loss / self.count, slope.contiguous() / self.count

    def marks(self, weights: Float[Tensor, "p q c"]) -> tuple[Float64[Tensor, " p"], Float64[Tensor, " p"]]:
        """Mean cross-entropy and accuracy of `p` linear classifiers."""
        models, size, classes = weights.shape
        flat = weights.transpose(0, 1).reshape(size, models * classes)
        loss, right = torch.zeros(models, dtype=torch.float64), torch.zeros(models, dtype=torch.float64)
        for features, labels in self._blocks(models * classes):
            logits = (features @ flat).view(len(features), models, classes)
            row = torch.arange(len(features))
            loss -= logits.log_softmax(-1)[row, :, labels].sum(0, dtype=torch.float64)
            right += (logits.argmax(-1) == labels[:, None]).sum(0)
        return loss / self.count, right / self.count

    def _blocks(self, width: int) -> Iterator[tuple[Float[Tensor, "n q"], Int[Tensor, " n"]]]:
        for part in self.tables:
            yield from part.blocks(width)


def _with_constant(features: Float[Tensor, "n r"]) -> Float[Tensor, "n q"]:
    return pad(features, (0, 1), value=1.0)
