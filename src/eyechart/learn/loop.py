"""The one training loop: an objective and a source of batches in, its product out; killed at any moment, it goes on."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import final

import torch
from torch import Tensor

from eyechart.core import Model
from eyechart.errors import Refused
from eyechart.learn import health, journal
from eyechart.learn.ahead import Source, batches, order
from eyechart.learn.gather import mean_of_all, processes, rank
from eyechart.learn.learner import Learner, Moved
from eyechart.learn.objective import Batch, Objective
from eyechart.learn.pieces import Piece
from eyechart.learn.recipe import Recipe, check, spelled
from eyechart.learn.watch import Watch, features
from eyechart.progress import Progress, quiet

__all__ = ["Batch", "Recipe", "Source", "Watch", "order", "train"]


def train(
    objective: Objective,
    source: Source,
    recipe: Recipe,
    folder: Path,
    watch: Watch = Watch(),  # noqa: B008  # frozen
    progress: Progress = quiet,
) -> Model:
    """Trains `objective` in place, where its weights are, and returns its product with the weights that count.

    `folder` receives ``state.safetensors``, from which the next call goes on, ``recipe.json`` and ``log.jsonl``. Where
    torchrun started several processes (`eyechart.learn.distribute.joined`), each calls this and learns its share of
    every batch.

    Raises:
        BadInput: the recipe cannot be followed, or the source gives other batches than it says.
        Refused: the run is not healthy (the message says in what), or `folder` holds a run of another recipe.
    """
    check(recipe, objective, processes())
    journal.check(watch.writers)
    devices = [torch.cuda.current_device()] if torch.cuda.is_available() else []
    with torch.random.fork_rng(devices):  # whatever draws from torch's own generators is seeded anew in every step
        run = Run(Learner(objective, recipe), folder, watch)
        run.resume()
        return run.go(source, progress if rank() == 0 else quiet)


@final
class Run:
    """A learner under watch."""

    def __init__(self, learner: Learner, folder: Path, watch: Watch) -> None:
        """`resume` moves it to where the last one was saved."""
        self._learner, self._folder, self._watch = learner, folder, watch
        self._steps = learner.recipe.steps
        self._state = folder / "state.safetensors"
        self._history: list[health.Seen] = []

    def resume(self) -> None:
        """Goes on from what was saved in the folder, if anything."""
        if self._state.exists():
            notes = self._learner.resume(self._state)
            self._history = [health.Seen(*seen) for seen in json.loads(notes["history"])]

    def go(self, source: Source, progress: Progress) -> Model:
        """All the steps that are left; returns the product."""
        learner, first, started = self._learner, self._learner.step, time.monotonic()
        with progress.track("learning", self._steps) as done, self._journal() as write:
            done(first)
            for batch in batches(source, first, self._steps):
                piece = learner.share(batch)
                moved = self._advanced(piece)
                done(1)
                pace = (learner.step - first) / (time.monotonic() - started)
                if told := self._seen(piece.batch, moved, pace):
                    progress.say(f"step {learner.step} of {self._steps}: {_in_words(told)}")
                    write(told)
        return learner.finish()

    def _advanced(self, piece: Piece) -> Moved:
        try:
            return self._learner.advance(piece)
        except Refused as refused:
            raise self._stop(str(refused)) from refused

    def _seen(self, batch: Batch, moved: Moved, pace: float) -> dict[str, float]:
        """What is due to be told of this step, looked at, kept and examined, in this order."""
        watch = self._watch
        told: dict[str, float] = {}
        if self._is_due(watch.log_every):
            told |= self._told(moved, pace)
        if self._is_due(watch.look_every):
            told |= self._look(batch, moved)
        if self._is_due(watch.save_every):
            self._save()
        if watch.exam is not None and self._is_due(watch.exam_every):
            with self._learner.shown() as product:
                told |= watch.exam(self._learner.step, product) if rank() == 0 else {}
        return told

    def _is_due(self, every: int) -> bool:
        """Whether something that happens every so many steps happens now; at the end, everything does."""
        return self._learner.step % every == 0 or self._learner.step == self._steps

    def _told(self, moved: Moved, pace: float) -> dict[str, float]:
        names = list(moved.loss.parts)
        values = [moved.loss.parts[name].detach().float().mean() for name in names]
        parts = dict(zip(names, mean_of_all(torch.stack(values)).tolist(), strict=True)) if names else {}
        facts = {"loss": moved.value, **parts, "gradient": moved.gradient, **self._learner.rates()}
        return {**facts, "samples_per_second": pace * self._learner.recipe.batch}

    def _look(self, batch: Batch, moved: Moved) -> dict[str, float]:
        """The health of features and of what is frozen. Raises `Refused` with what is wrong."""
        with self._learner.shown() as product:
            found = features(product, batch)
            facts = {} if found is None else _spread_of(found)
        prior = self._learner.objective.prior(self._learner.recipe.batch)
        seen = health.Seen(self._learner.step, moved.value, prior, facts.get("rank"), facts.get("deviation"))
        self._history.append(seen)
        frozen = self._learner.moved_though_frozen()
        wrong = health.verdict(self._history, self._watch.limits)
        if frozen or wrong:
            raise self._stop(
                wrong
                or f"{frozen[0]} is frozen and has moved; something writes to it in `after_step` or in its forward pass"
            )
        return facts if prior is None else facts | {"prior": prior}

    def _save(self) -> None:
        try:
            self._learner.save(self._state, {"history": json.dumps(self._history)})
        except Refused as refused:
            raise self._stop(str(refused)) from refused

    def _stop(self, reason: str) -> Refused:
        kept = f"the last good state is kept in {self._state}" if self._state.exists() else "no state was kept yet"
        return Refused(f"{reason}; {kept}")

    @contextmanager
    def _journal(self) -> Iterator[Callable[[Mapping[str, float]], None]]:
        """Writes what was seen, on process 0."""
        names = self._watch.writers
        self._folder.mkdir(parents=True, exist_ok=True)
        if rank() == 0:
            (self._folder / "recipe.json").write_text(spelled(self._learner.recipe) + "\n", encoding="utf-8")
        writers = journal.opened(names, self._folder, self._learner.step) if rank() == 0 else []

        def write(facts: Mapping[str, float]) -> None:
            for writer in writers:
                writer.write(self._learner.step, facts)

        try:
            yield write
        finally:
            for writer in writers:
                writer.close()


def _spread_of(features: Tensor) -> dict[str, float]:
    found = torch.tensor([health.rankme(features), health.deviation(features)], device=features.device)
    return dict(zip(("rank", "deviation"), mean_of_all(found).tolist(), strict=True))


def _in_words(facts: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.4g}" for name, value in facts.items())
