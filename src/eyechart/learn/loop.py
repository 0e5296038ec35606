"""A plain contrastive loop: pictures and captions in, two towers out; killed at any moment, it goes on bit-equal."""

from __future__ import annotations

import copy
import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, NamedTuple, final

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor, nn

from eyechart.errors import BadInput, Refused
from eyechart.learn.checkpoint import keep, recall
from eyechart.learn.objectives.clip import info_nce
from eyechart.learn.schedule import warm_cosine
from eyechart.models.tokens import Words
from eyechart.models.towers import TwoTowers
from eyechart.progress import Progress, quiet


class Batch(NamedTuple):
    """Row i of both belongs together."""

    pixels: Float[Tensor, "n 3 h w"]
    texts: Sequence[str]


Source = Callable[[int], Batch]  # the batch of a step; a pure function, so that no place can be lost
Watch = Callable[[int, TwoTowers], Mapping[str, float]]  # what else to log of the model after so many steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How to learn. The defaults are CLIP's (Radford et al. 2021, table 18) with a peak rate and warm-up for toys."""

    steps: int
    rate: float = 1e-3
    warmup: int = 200
    betas: tuple[float, float] = (0.9, 0.98)
    eps: float = 1e-6
    decay: float = 0.2  # of matrices only
    clip: float = 1.0  # global norm of the gradient
    ema: float | None = None  # decay per step of the averaged weights; None: no average, the last weights count
    precision: Literal["fp32", "bf16"] = "fp32"
    save_every: int = 500
    log_every: int = 50
    watch_every: int = 500


def order(step: int, *, batch: int, total: int, seed: int) -> NDArray[np.int64]:
    """Which of `total` samples a step sees: a new permutation every epoch, without its incomplete last batch."""
    if total < batch:
        raise BadInput(f"a batch of {batch} needs as many samples; there are {total}")
    epoch, place = divmod(step, total // batch)
    return np.random.default_rng([seed, epoch]).permutation(total)[place * batch : (place + 1) * batch]


def train(
    towers: TwoTowers,
    words: Words,
    source: Source,
    recipe: Recipe,
    folder: Path,
    *,
    watch: Watch | None = None,
    progress: Progress = quiet,
) -> TwoTowers:
    """Trains `towers` in place and returns them with the weights that count (the average, where there is one).

    `folder` receives ``state.safetensors``, from which the next call goes on, and ``log.jsonl``.

    Raises:
        Refused: the loss is not finite, or `folder` holds a run of another recipe.
    """
    run = Run(towers, words, recipe, folder)
    run.resume()
    first, started = run.step, time.monotonic()
    with progress.track("learning", recipe.steps) as done:
        done(first)
        while run.step < recipe.steps:
            facts = run.advance(source(run.step))
            done(1)
            if run.is_due(recipe.log_every):
                run.log({**facts, "steps_per_second": (run.step - first) / (time.monotonic() - started)})
            if watch is not None and run.is_due(recipe.watch_every):
                run.log(watch(run.step, run.product()))
            if run.is_due(recipe.save_every):
                run.save()
    towers.load_state_dict(run.product().state_dict())
    return towers.eval()


@final
class Run:
    """A training run between two steps: towers, optimiser, average, generator and log."""

    def __init__(self, towers: TwoTowers, words: Words, recipe: Recipe, folder: Path) -> None:
        """Starts at step 0; `resume` moves it to where the last one was saved."""
        self.step = 0
        self._towers = towers.train()
        self._words = words
        self._recipe = recipe
        self._optimiser = _optimiser(towers, recipe)
        self._average = None if recipe.ema is None else copy.deepcopy(towers).requires_grad_(requires_grad=False)
        self._state = folder / "state.safetensors"
        self._log = folder / "log.jsonl"
        folder.mkdir(parents=True, exist_ok=True)

    def is_due(self, every: int) -> bool:
        """Whether something that happens every so many steps happens now; at the end, everything does."""
        return self.step % every == 0 or self.step == self._recipe.steps

    def advance(self, batch: Batch) -> dict[str, float]:
        """One step of gradient descent; returns what is worth logging of it."""
        recipe, towers = self._recipe, self._towers
        rate = recipe.rate * warm_cosine(self.step, steps=recipe.steps, warmup=recipe.warmup)
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        loss = self._loss(batch)
        if not math.isfinite(loss.item()):
            raise Refused(f"the loss is {loss.item()} at step {self.step}; lower the rate and start again")
        self._optimiser.zero_grad()
        loss.backward()
        gradient = nn.utils.clip_grad_norm_(towers.parameters(), recipe.clip)
        self._optimiser.step()
        with torch.no_grad():
            towers.log_scale.clamp_(0.0, math.log(100.0))
        self.step += 1
        self._follow()
        return {"loss": loss.item(), "scale": towers.scale.item(), "gradient": gradient.item(), "rate": rate}

    def product(self) -> TwoTowers:
        """The towers with the weights that count."""
        return self._towers if self._average is None else self._average

    def log(self, facts: Mapping[str, float]) -> None:
        """One line of JSON."""
        with self._log.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"step": self.step, **facts}) + "\n")

    def save(self) -> None:
        """All that the next steps depend on."""
        notes = {"step": str(self.step), "recipe": _spelled(self._recipe)}
        keep(self._state, self._tensors(), notes)

    def resume(self) -> None:
        """Goes on from what was saved in the folder, if anything; the log loses what came after it."""
        if not self._state.exists():
            self._log.unlink(missing_ok=True)
            return
        tensors, notes = recall(self._state)
        if notes["recipe"] != _spelled(self._recipe):
            raise Refused(
                f"{self._state} belongs to the recipe {notes['recipe']}, not to {_spelled(self._recipe)}; "
                "take another folder or delete it"
            )
        self.step = int(notes["step"])
        torch.set_rng_state(tensors["generator"])
        _fill(self._towers, tensors, "weights.")
        if self._average is not None:
            _fill(self._average, tensors, "average.")
        for name, parameter in self._towers.named_parameters():
            prefix = f"adam.{name}."
            kept = {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}
            self._optimiser.state[parameter] = kept
        self._log.write_text("".join(line for line in self._lines() if json.loads(line)["step"] <= self.step))

    def _lines(self) -> list[str]:
        """Whole lines only: the last one may have been cut short by the end of the process."""
        lines = self._log.read_text(encoding="utf-8").splitlines(keepends=True) if self._log.exists() else []
        return [line for line in lines if line.endswith("\n")]

    def _loss(self, batch: Batch) -> Tensor:
        towers = self._towers
        device = towers.log_scale.device
        text = towers.encode_tokens(self._words(batch.texts).to(device))  # too short to gain from half precision
        with torch.autocast(device.type, torch.bfloat16, enabled=self._recipe.precision == "bf16"):
            image = towers.encode_image(batch.pixels.to(device))
        numbers = {told: number for number, told in enumerate(batch.texts)}
        alike = torch.tensor([numbers[told] for told in batch.texts], device=device)
        return info_nce(image.float(), text, towers.scale, alike)

    def _follow(self) -> None:
        """The average moves faster while it is young, so that it forgets the random start."""
        if self._average is None or self._recipe.ema is None:
            return
        decay = min(self._recipe.ema, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            pairs = zip(self._average.parameters(), self._towers.parameters(), strict=True)
            for mean, value in pairs:
                mean.lerp_(value, 1 - decay)

    def _tensors(self) -> dict[str, Tensor]:
        tensors = {"generator": torch.get_rng_state()}
        tensors |= {f"weights.{name}": value for name, value in self._towers.state_dict().items()}
        if self._average is not None:
            tensors |= {f"average.{name}": value for name, value in self._average.state_dict().items()}
        for name, parameter in self._towers.named_parameters():
            tensors |= {f"adam.{name}.{key}": value for key, value in self._optimiser.state[parameter].items()}
        return tensors


def _optimiser(towers: TwoTowers, recipe: Recipe) -> torch.optim.AdamW:
    """Gains, biases and the temperature are not decayed."""
    matrices = [parameter for parameter in towers.parameters() if parameter.ndim > 1]
    others = [parameter for parameter in towers.parameters() if parameter.ndim <= 1]
    groups = [{"params": matrices, "weight_decay": recipe.decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=recipe.rate, betas=recipe.betas, eps=recipe.eps, fused=True)


def _fill(towers: TwoTowers, tensors: Mapping[str, Tensor], prefix: str) -> None:
    kept = {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
    towers.load_state_dict(kept)


def _spelled(recipe: Recipe) -> str:
    return json.dumps(asdict(recipe), sort_keys=True)
