"""What a model says is in a picture, by whichever means it has: prompts, its own classes, or a probe."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from eyechart.bench import Bench
from eyechart.core import Classifier, Dataset, DualEncoder, ImageEncoder, Item
from eyechart.errors import Refused
from eyechart.marking.answers import train_of
from eyechart.marking.sixteen import SIXTEEN, is_imagenet, to_sixteen
from eyechart.marking.words import heads, logits, prompts
from eyechart.transfer.carve import carve
from eyechart.transfer.logistic import Linear, fit_path

HELD = 0.1  # share of train on which a probe's penalty is chosen, as in the exam `linear`


@dataclass(frozen=True, slots=True, kw_only=True)
class Namer:
    """Scores of the dataset's classes for any pictures, ``n c``; in fp32 on the CPU."""

    means: str  # in words
    scores: Callable[[Sequence[Item]], Tensor]


def namer(model: ImageEncoder | Classifier, data: Dataset, bench: Bench, exam: str) -> Namer:
    """A dual encoder names by prompts, a classifier by its classes, a bare encoder by a probe learnt from train.

    A classifier may know more classes than are asked for. One of ImageNet's thousand that is asked for the sixteen of
    Geirhos et al. gives each the mean probability of its members.

    Raises:
        Refused: there are fewer than two classes to choose from, the classifier lacks one of them, or there is nothing
            to learn a probe from.
    """
    if len(data.classes) < 2:
        raise Refused(f"{exam} needs two classes to choose from; {data.name} has {len(data.classes)}")
    if isinstance(model, DualEncoder):
        return Namer(means="prompts", scores=partial(_by_prompts, model, bench, heads(prompts(model, data, bench))))
    if not isinstance(model, Classifier):
        return probed(model, data, bench, exam, "image")
    if set(data.classes) == set(SIXTEEN) and is_imagenet(model.classes):
        return Namer(
            means="mean probability of the members among ImageNet's classes",
            scores=lambda items: to_sixteen(bench.logits(model, items).tensor(), data.classes),
        )
    columns = _places(model.classes, data)
    return Namer(means="its own classes", scores=lambda items: bench.logits(model, items).tensor()[:, columns])


def probed(model: ImageEncoder, data: Dataset, bench: Bench, exam: str, tap: str) -> Namer:
    """A linear probe on one tap, fitted as the exam `linear` does.

    Raises:
        Refused: there is nothing to learn from, or only one class of it.
    """
    probe = fitted(model, data, bench, exam, tap)
    return Namer(
        means=f"a linear probe on the tap {tap!r}",
        scores=lambda items: probe.logits(bench.features(model, items, tap).tensor()),
    )


def fitted(model: ImageEncoder, data: Dataset, bench: Bench, exam: str, tap: str) -> Linear:
    """The probe itself. Raises `Refused` as `probed` does."""
    train, known = train_of(data, exam)
    near, far = carve(train.items, known, HELD)
    features, labels = bench.features(model, train.items, tap), torch.from_numpy(known)
    return fit_path(features.take(near), labels[near], features.take(far), labels[far], classes=len(data.classes)).probe


def _by_prompts(model: DualEncoder, bench: Bench, words: Tensor, items: Sequence[Item]) -> Tensor:
    return logits(model, bench.features(model, items).tensor(), words)


def _places(given: Sequence[str], data: Dataset) -> list[int]:
    """Where the dataset's classes stand among the model's; case does not matter."""
    places = {name.casefold(): index for index, name in enumerate(given)}
    absent = [name for name in data.classes if name.casefold() not in places]
    if absent:
        raise Refused(
            f"{len(absent)} of the {len(data.classes)} classes of {data.name} are not among the {len(given)} that the "
            f"model knows by name, such as {absent[0]!r}; the model's are {', '.join(given[:5])}, …"
        )
    return [places[name.casefold()] for name in data.classes]
