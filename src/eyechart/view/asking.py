"""One picture before several models: which of the typed labels, and how well a sentence fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from threading import RLock
from typing import NamedTuple, final

import torch
from torch.nn.functional import normalize

from eyechart import data as sources
from eyechart import models
from eyechart.bench import Bench
from eyechart.core import Dataset, DualEncoder, Item, ModelCard, Picture, Record
from eyechart.errors import BadInput, Refused
from eyechart.marking.words import logits
from eyechart.models import OBJECT
from eyechart.progress import Progress, quiet
from eyechart.reporting.comparison import identity
from eyechart.reporting.words import number
from eyechart.run import objection
from eyechart.settings import with_settings
from eyechart.store.cache import FeatureStore
from eyechart.store.digest import of_items
from eyechart.store.shelf import Shelf
from eyechart.view.place import Place, Spread, percent, place, spread

EXAM = "scores"
OPEN = 4  # models that are held in memory


class Label(NamedTuple):
    """One label for one picture; the share is None where the model has no probabilities."""

    text: str
    cosine: float
    share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What one model says of one picture, likeliest label first."""

    model: str
    link: str
    labels: tuple[Label, ...]


def typed(text: str) -> list[str]:
    """One label per line; empty lines and what was typed twice are left out."""
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def in_words(named: Named) -> str:
    """The first label and how far the second is behind, as one would say it."""
    first, second = named.labels[:2]
    if first.share is None or second.share is None:
        return f"{first.text} (cosine {number(first.cosine)}), before {second.text} ({number(second.cosine)})."
    return f"{first.text} ({percent(first.share)}), before {second.text} ({percent(second.share)})."


@final
class Lectern:
    """Models, one dataset to hold scores against, and a bench; one question is answered at a time.

    What is asked is forgotten when the lectern is: its features lie in a temporary folder. Those of the dataset are
    kept on the shelf, as `eyechart examine` keeps them.
    """

    def __init__(self, shelf: Shelf, data: str, given: Sequence[str] = ()) -> None:
        """`data` names the dataset; `given` are models that whoever started the page named, and so trusts."""
        self.shelf, self.given, self._name = shelf, tuple(given), data
        self._passing = Bench(precision="auto")
        self._store = FeatureStore(f"{shelf.place.url}/features")
        self._lock = RLock()
        self._open = lru_cache(OPEN)(self._opened)
        self._spreads: dict[tuple[str, ...], Spread] = {}

    @cached_property
    def data(self) -> Dataset:
        """The dataset. Raises as `eyechart.data.load` does."""
        return sources.load(self._name)

    def name(self, model: str, picture: Picture, labels: Sequence[str], template: str) -> Named:
        """The labels, each in the template, in the order in which the model finds them fitting.

        Raises:
            BadInput: fewer than two labels, or the template has no place for one.
            Refused: the model cannot be opened or has no language.
        """
        if len(labels) < 2:
            raise BadInput("a ranking needs two labels at least, one per line")
        if "{}" not in template:
            raise BadInput(f"the template {template!r} has no {{}} where the label goes")
        with self._lock:
            reader = self._open(model)
            seen = self._seen(reader, picture)
            read = self._passing.texts(reader, [template.replace("{}", label) for label in labels])
            said = logits(reader, seen, read)[0]
        cosines = (normalize(seen, dim=1) @ normalize(read, dim=1).T)[0].tolist()
        link = reader.card.link
        shares = {"softmax": said.softmax(0), "sigmoid": said.sigmoid()}.get(link, torch.tensor([]))
        found = [Label(*row) for row in zip(labels, cosines, shares.tolist() or [None] * len(labels), strict=True)]
        return Named(model=model, link=link, labels=tuple(sorted(found, key=lambda label: -label.cosine)))

    def place(self, model: str, picture: Picture, text: str, progress: Progress = quiet) -> tuple[Place, Spread]:
        """The cosine of picture and sentence, and where it lies among those of the dataset.

        Raises:
            BadInput: there is no sentence.
            Refused: the model cannot be opened or has no language, or the dataset makes no pairs.
        """
        if not text.strip():
            raise BadInput("type a sentence first")
        with self._lock:
            reader = self._open(model)
            both = self._seen(reader, picture), self._passing.texts(reader, [text.strip()])
            among = self._spread(reader, progress)
        cosine = float((normalize(both[0], dim=1) * normalize(both[1], dim=1)).sum())
        return place(cosine, among), among

    def _seen(self, model: DualEncoder, picture: Picture) -> torch.Tensor:
        return self._passing.features(model, [Item(id="the picture", picture=picture)]).tensor()

    def _opened(self, name: str) -> DualEncoder:
        if OBJECT.fullmatch(name) and name not in self.given:
            raise Refused(f"{name} is code, which only whoever starts the page may open: eyechart view --model {name}")
        model = models.load(name)
        if not isinstance(model, DualEncoder):
            raise Refused(f"{name} has no language: it can be shown pictures and cannot be asked in words")
        return model

    def _spread(self, model: DualEncoder, progress: Progress) -> Spread:
        key = identity(model.card)
        if key not in self._spreads:
            data, exam = self.data, with_settings(EXAM, {})
            if reason := objection(exam, model, data):
                raise Refused(reason)
            bench = Bench(self._store, precision="auto", progress=progress)
            record = self._examined(model.card, bench.precision_of(model))
            sheet = exam.measure(model, data, bench) if record is None else self.shelf.sheet(record.sheet)
            self._spreads[key] = spread(sheet, f"{data.name}/{data.split}")
        return self._spreads[key]

    def _examined(self, card: ModelCard, precision: str) -> Record | None:
        """The newest record of the exam by these weights on these very pictures."""
        items = of_items(self.data.items)
        mine = card.name, card.digest, precision
        fitting = [
            record
            for record in self.shelf.records()
            if record.norm.exam == EXAM
            and (record.norm.items, record.norm.revision) == (items, self.data.revision)
            and card.digest
            and (record.card.name, record.card.digest, record.card.precision) == mine
        ]
        return fitting[-1] if fitting else None
