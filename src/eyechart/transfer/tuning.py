"""Let a whole network learn further, or low ranks beside its matrices, and leave the model that was given as it is."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, final

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional as F

from eyechart.bench import Bench
from eyechart.core import Item, Model, ModelCard, TappedEncoder
from eyechart.errors import Refused
from eyechart.learn.ahead import order
from eyechart.learn.chance import Chance
from eyechart.learn.loop import train
from eyechart.learn.objective import Batch, Loss, Objective
from eyechart.learn.optim import AdamW, Rates
from eyechart.learn.recipe import Recipe
from eyechart.learn.watch import Watch
from eyechart.models.trainable import Trainable, layers
from eyechart.store.rows import Rows
from eyechart.transfer.logistic import Linear, fit_path

SEEN = 128  # pictures of one look that learns nothing
QUIET = Watch(log_every=1 << 30, save_every=1 << 30, look_every=1 << 30, exam_every=1 << 30)
PENALTIES = tuple(10 ** (-step / 2) for step in range(9))  # of the first head, 1 … 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a tuning may cost, and the rates that are tried."""

    epochs: int
    batch: int
    rates: tuple[float, ...]  # of the head and the last layer, at their peak
    layer_decay: float  # what a layer's rate is multiplied by for each layer above it
    decay: float  # AdamW's
    lora: int = 0  # rank of what learns beside each matrix; 0: everything learns
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """Pictures in 8 bits, as they were preprocessed, with their labels."""

    pixels: Tensor  # uint8, n 3 h w
    labels: Int[Tensor, " n"]

    def __len__(self) -> int:
        return len(self.labels)

    def only(self, rows: NDArray[np.int64]) -> Lesson:
        """These rows."""
        return Lesson(pixels=self.pixels[rows], labels=self.labels[rows])

    def looks(self) -> Iterator[Float[Tensor, "n 3 h w"]]:
        """All pictures in turn, in [0, 1]."""
        return (part.float() / 255 for part in self.pixels.split(SEEN))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuned:
    """What became of a network: logits of the examined pictures, and what each rate gave on the held-out part."""

    logits: Float[Tensor, "n c"]
    rate: float
    losses: tuple[float, ...]  # by rate, in nats; infinite where the training broke
    learnt: int  # parameters that learnt


@final
class Tuning(Objective):
    """Cross-entropy of a linear head on what a network makes of pictures.

    `held` has the weights that learn; `model` only says how its own network is looked through, and keeps its weights:
    they are exchanged for those of `held` while it looks (`torch.func.functional_call`).
    """

    independent: ClassVar[bool] = True

    def __init__(self, model: Trainable, held: nn.Module, tap: str, head: Linear, rank: int) -> None:
        super().__init__()
        self.held = held.requires_grad_(requires_grad=True)
        self.head = nn.Linear(*head.weight.shape)
        with torch.no_grad():
            self.head.weight.copy_(head.weight.T)
            self.head.bias.copy_(head.bias)
        self.low = nn.ModuleDict({_key(name): _Low(value, rank) for name, value in _matrices(held)} if rank else {})
        self._way = [_Way(model, tap)]  # in a list, so that its network is no part of this one

    def loss(self, batch: Batch, chance: Chance) -> Loss:  # noqa: ARG002  # nothing is random here
        assert batch.labels is not None  # noqa: S101  # `_source` gives them
        total = F.cross_entropy(self.logits(batch.pixels).float(), batch.labels)
        return Loss(total, {"naming": total.detach()})

    def logits(self, pixels: Float[Tensor, "n 3 h w"]) -> Float[Tensor, "n c"]:
        """Of the head, with the weights as they are now."""
        weights = {**dict(self.held.named_parameters()), **dict(self.held.named_buffers())}
        for name in [name for name, _ in self.held.named_parameters() if _key(name) in self.low]:
            weights[name] = weights[name] + self.low[_key(name)]()
        found = functional_call(self._way[0], {f"network.{name}": value for name, value in weights.items()}, (pixels,))
        logits: Tensor = self.head(found)
        return logits

    def product(self) -> Model:
        return _Product(self._way[0].model.card)

    def learning(self) -> int:
        """How many parameters learn."""
        return sum(value.numel() for value in self.parameters() if value.requires_grad)


@final
class _Way(nn.Module):
    """From pixels to a tap, through the model's own network."""

    def __init__(self, model: Trainable, tap: str) -> None:
        super().__init__()
        self.network, self.model, self.tap = model.network, model, tap

    def forward(self, pixels: Tensor) -> Tensor:
        if isinstance(self.model, TappedEncoder):
            return self.model.encode_taps(pixels, (self.tap,))[self.tap]
        return self.model.encode_image(pixels)


@final
class _Low(nn.Module):
    """What is added to a matrix: a product of two of low rank, zero at first (Hu et al. 2021, section 4.1; α = r)."""

    def __init__(self, beside: Tensor, rank: int) -> None:
        super().__init__()
        tall, wide = beside.shape
        self.up = nn.Parameter(torch.zeros(tall, rank))
        self.down = nn.Parameter(torch.randn(rank, wide) / wide**0.5)

    def forward(self) -> Tensor:
        return self.up @ self.down


@dataclass(frozen=True)
class _Product:
    """What the loop hands back; the logits are asked of the objective itself."""

    card: ModelCard
    device: str = "cpu"


def lesson_of(model: Trainable, items: Sequence[Item], labels: NDArray[np.int64], bench: Bench) -> Lesson:
    """The pictures as the model is shown them, decoded in threads. Raises `Unreadable` for one that cannot be shown."""
    pixels = torch.empty(len(items), 3, *model.card.preprocessing.size, dtype=torch.uint8)

    def fill(row: int) -> None:
        pixels[row] = (model.preprocess(items[row].picture.load()) * 255).round().byte()

    pool = ThreadPoolExecutor(bench.workers, thread_name_prefix="eyechart-decode")
    with bench.progress.track(f"{model.card.name}: pictures to learn from", len(items)) as done, pool:
        for _ in pool.map(fill, range(len(items))):
            done(1)
    return Lesson(pixels=pixels, labels=torch.from_numpy(labels))


def tune(
    model: Trainable,
    network: nn.Module,
    lesson: Lesson,
    parts: tuple[NDArray[np.int64], NDArray[np.int64]],
    tested: Lesson,
    *,
    tap: str,
    classes: int,
    budget: Budget,
) -> Tuned:
    """Teach a copy of `network` from `parts[0]` at every rate, take the rate of least loss on `parts[1]`, and its
    weights after the last step.

    The head starts from the linear probe of the untouched network (Kumar et al. 2022, "Fine-tuning can distort
    pretrained features and underperform out-of-distribution", LP-FT), so that the network is not led astray by a head
    that knows nothing yet. Layers below learn more slowly (Bao et al. 2022, BEiT). The examined pictures are looked at
    once, by what was chosen.

    Raises:
        Refused: the training breaks at every rate.
    """
    near, far = lesson.only(parts[0]), lesson.only(parts[1])
    with _as_it_was(model):
        features = _features(model, network, near, tap)
        head = _first_head(features, near.labels, classes)
        best, losses, kept = float("inf"), [], None
        for rate in budget.rates:
            tried = _taught(model, network, near, tap, head, rate, budget)
            loss = float("inf") if tried is None else _loss(tried, far)
            losses.append(loss)
            if loss < best:
                best, kept, chosen = loss, tried, rate
        if kept is None:
            raise Refused(
                f"{model.card.name} cannot be tuned: its loss is not finite at the rates {budget.rates}; try lower ones"
            )
        return Tuned(logits=_logits(kept, tested), rate=chosen, losses=tuple(losses), learnt=kept.learning())


def rates(network: nn.Module, budget: Budget) -> Rates:
    """Which parameters of `Tuning` learn how fast: by layers, or only the low ranks."""
    if budget.lora:
        return ((r"held\..*", None),)
    names = layers(network)
    return tuple(
        (rf"held\.(?:{'|'.join(map(re.escape, layer))})", budget.layer_decay ** (len(names) - 1 - place))
        for place, layer in enumerate(names)
    )


def _taught(
    model: Trainable, network: nn.Module, near: Lesson, tap: str, head: Linear, rate: float, budget: Budget
) -> Tuning | None:
    """The objective after its last step; None where its loss stopped being finite."""
    with torch.random.fork_rng():
        torch.manual_seed(budget.seed)
        objective = Tuning(model, deepcopy(network), tap, head, budget.lora).to(model.device)
    size = min(budget.batch, len(near))
    steps = max(1, budget.epochs * (len(near) // size))
    recipe = Recipe(
        steps=steps,
        batch=size,
        seed=budget.seed,
        optimiser=AdamW(betas=(0.9, 0.999), eps=1e-8),
        rate=rate,
        rates=rates(network, budget),
        warmup=steps // 10,
        decay=budget.decay,
    )

    def source(step: int) -> Batch:
        rows = order(step, batch=size, total=len(near), seed=budget.seed)
        return Batch(pixels=near.pixels[rows].float() / 255, labels=near.labels[rows])

    with tempfile.TemporaryDirectory() as folder:
        try:
            train(objective, source, recipe, Path(folder), QUIET)
        except Refused:
            return None
    return objective


def _first_head(features: Tensor, labels: Tensor, classes: int) -> Linear:
    """The linear probe, its penalty chosen on every tenth row."""
    tenth = torch.arange(len(labels)) % 10 == 9
    fit, choose = (~tenth, tenth) if tenth.any() else (tenth.logical_not(), tenth.logical_not())
    return fit_path(
        Rows.of(features[fit]),
        labels[fit],
        Rows.of(features[choose]),
        labels[choose],
        classes=classes,
        penalties=PENALTIES,
    ).probe


def _features(model: Trainable, network: nn.Module, lesson: Lesson, tap: str) -> Tensor:
    way = _Way(model, tap).eval()
    state = {f"network.{name}": value for name, value in _state(network).items()}
    with torch.no_grad():
        looks = [functional_call(way, state, (part.to(model.device),)) for part in lesson.looks()]
    return torch.cat([seen.float().cpu() for seen in looks])


def _logits(objective: Tuning, lesson: Lesson) -> Tensor:
    objective.eval()
    device = objective.head.weight.device
    with torch.no_grad():
        return torch.cat([objective.logits(part.to(device)).float().cpu() for part in lesson.looks()])


def _loss(objective: Tuning, lesson: Lesson) -> float:
    loss = float(F.cross_entropy(_logits(objective, lesson), lesson.labels))
    return loss if np.isfinite(loss) else float("inf")


def _state(network: nn.Module) -> Mapping[str, Tensor]:
    return {**dict(network.named_parameters()), **dict(network.named_buffers())}


@contextmanager
def _as_it_was(model: Trainable) -> Iterator[None]:
    """Within the block the model's network is in eval mode, as dropout and batch statistics would have it learn."""
    network: Any = model.network
    modes = [(part, part.training) for part in network.modules()]
    network.eval()
    try:
        yield
    finally:
        for part, training in modes:
            part.training = training


def _matrices(network: nn.Module) -> Sequence[tuple[str, Tensor]]:
    return [
        (f"{path}.weight" if path else "weight", part.weight)
        for path, part in network.named_modules()
        if isinstance(part, nn.Linear)
    ]


def _key(name: str) -> str:
    return name.replace(".", "/")
