"""From a batch to the gradients of its loss: at once, or in pieces that fit in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import final

import torch
from torch import Tensor

from eyechart.learn.distribute import Spread
from eyechart.learn.objective import Loss, Objective, Replayable
from eyechart.learn.pieces import Piece


@final
class Descent:
    """Leaves the gradient of a batch's loss with the parameters, and returns the loss, detached."""

    def __init__(self, objective: Objective, spread: Spread, *, pieces: int = 1, half: bool = False) -> None:
        """`half`: bf16 by autocast; features are compared in fp32 even then."""
        self._objective, self._spread, self._pieces, self._half = objective, spread, pieces, half

    def __call__(self, whole: Piece) -> Loss:
        """The rows of this process; a batch of one piece is learnt in one go."""
        if self._pieces == 1:
            return self._backward(whole, 1)
        if isinstance(self._objective, Replayable):
            return self._replayed(whole, self._objective)
        return self._averaged(whole)

    def _backward(self, piece: Piece, of: int) -> Loss:
        loss = self._spread.run(lambda: self._loss(piece))
        (loss.total / of).backward()
        return Loss(loss.total.detach(), {name: value.detach() for name, value in loss.parts.items()})

    def _averaged(self, whole: Piece) -> Loss:
        """For losses that are a mean over independent pictures."""
        found = []
        for number, piece in enumerate(whole.halves(self._pieces), 1):
            with self._until_last(number):
                found.append(self._backward(piece, self._pieces))
        parts = {name: torch.stack([loss.parts[name] for loss in found]).mean() for name in found[0].parts}
        return Loss(torch.stack([loss.total for loss in found]).mean(), parts)

    def _replayed(self, whole: Piece, objective: Replayable) -> Loss:
        """Features in pieces without their graph; compared at once; each piece again, with the gradient that came.

        Source: Gao et al. 2021 (GradCache).
        """
        pieces = list(whole.halves(self._pieces))
        with torch.no_grad():
            joint = _joined([self._features(objective, piece) for piece in pieces])
        with self._spread.alone():
            loss = objective.compare(joint, whole.batch)
            loss.total.backward()
        for number, piece in enumerate(pieces, 1):
            first = piece.first - whole.first
            with self._until_last(number):
                again = self._spread.run(partial(self._features, objective, piece))
                _pull(again, joint, first)
        return Loss(loss.total.detach(), {name: value.detach() for name, value in loss.parts.items()})

    def _loss(self, piece: Piece) -> Loss:
        if isinstance(self._objective, Replayable):
            return self._objective.compare(self._features(self._objective, piece), piece.batch)
        with self._precision(piece):
            return self._objective.loss(piece.batch, piece.chance())

    def _features(self, objective: Replayable, piece: Piece) -> dict[str, Tensor]:
        with self._precision(piece):
            found = objective.features(piece.batch, piece.chance())
        return {name: rows.float() if rows.is_floating_point() else rows for name, rows in found.items()}

    def _precision(self, piece: Piece) -> AbstractContextManager[object]:
        return torch.autocast(piece.batch.pixels.device.type, torch.bfloat16, enabled=self._half)

    def _until_last(self, number: int) -> AbstractContextManager[None]:
        return self._spread.alone() if number < self._pieces else nullcontext()


def _joined(found: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """The features of all pieces as leaves of a new graph."""
    joint = {name: torch.cat([one[name] for one in found]) for name in found[0]}
    return {name: rows.requires_grad_(rows.is_floating_point()) for name, rows in joint.items()}


def _pull(again: Mapping[str, Tensor], joint: Mapping[str, Tensor], first: int) -> None:
    """Hands a piece the gradient that its features received."""
    pairs = [
        (rows, gradient[first_row : first_row + len(rows)])
        for name, rows in again.items()
        if rows.requires_grad and (gradient := joint[name].grad) is not None
        for first_row in [first]
    ]
    if pairs:
        torch.autograd.backward([rows for rows, _ in pairs], [gradient for _, gradient in pairs])
