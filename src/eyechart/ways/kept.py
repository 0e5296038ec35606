"""What an exam looked at, found again: the items by their digest, their features where they were kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from eyechart import data as sources
from eyechart.core import Dataset, Item, ModelCard, Record
from eyechart.errors import BadInput, Refused
from eyechart.store.cache import FeatureKey, FeatureStore
from eyechart.store.digest import of_items
from eyechart.store.rows import Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The features of one model in a store."""

    store: FeatureStore
    card: ModelCard

    def rows(self, items: Sequence[Item], tap: str) -> Rows:
        """One row per item at that tap.

        Raises:
            BadInput: the store lacks some; nothing is forwarded here.
        """
        key = FeatureKey.of(self.card, tap, weights=self.card.digest, precision=self.card.precision)
        drawer = self.store.drawer(key, self.card.name)
        names = [item.picture.digest() for item in items]
        lacking = len(drawer.missing(names))
        if lacking or not names:
            raise BadInput(
                f"of {self.card.name} at the tap {tap!r}, the features of {lacking} of {len(names)} pictures are not "
                f"kept in {self.store.place.url}; examine again, or name the store with --store"
            )
        return drawer.rows(names)


def examined(record: Record) -> Dataset:
    """The dataset of a record as the model saw it; its train split only if the exam learnt from it.

    Raises:
        Refused: the data are no longer what they were.
    """
    norm, asked = record.norm, record.request
    data = sources.load(asked.data, limit=asked.limit)
    lost = {entry.id for entry in record.unread}
    seen = data.keep([item for item in data.items if item.id not in lost])
    if of_items(seen.items) != norm.items:
        raise Refused(f"{asked.data} no longer holds the {norm.count} items that {norm.exam} was taken on")
    train = data.train
    if train is None or not norm.learnt_from:
        return replace(seen, train=None)
    learnt = train.keep([item for item in train.items if item.id not in lost])
    if of_items(learnt.items) != norm.learnt_from:
        raise Refused(f"{asked.data} no longer holds the items that {norm.exam} learnt from")
    return replace(seen, train=learnt)


def described(record: Record, tap: str, rows: Rows) -> Mapping[str, Any]:
    """What a reader of features must know of them."""
    card = record.card
    return {
        "model": card.name,
        "weights": card.digest,
        "precision": card.precision,
        "tap": tap,
        "shape": list(rows.shape),
        "data": record.norm.data,
    }
