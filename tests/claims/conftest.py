from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from eyechart.claims.evidence import Evidence, Schooling, Witness
from eyechart.core import Estimate, Machine, ModelCard, Norm, Preprocessing, Record, Request, Statistics

Number = tuple[float, float, float] | tuple[float, float, float, float]
Plant = Callable[..., Witness]


def estimate(number: Number) -> Estimate:
    """Value, low, high and, where there is one, chance."""
    value, low, high, *chance = number
    return Estimate(value=value, low=low, high=high, units=100, method="planted", chance=chance[0] if chance else None)


def witness(
    exam: str,
    numbers: Mapping[str, Number],
    *,
    model: str = "a",
    facts: Mapping[str, Any] | None = None,
    headline: str = "",
    taught: Schooling | None = None,
    params: int = 1000,
    seed: int = 0,
    data: str = "world",
    trained_on: str = "world?train=9",
    settings: Mapping[str, Any] | None = None,
    made: str = "2026-01-01",
) -> Witness:
    norm = Norm(
        exam=exam, version=1, settings=settings or {}, data=data, split="test", revision="1", items="i", count=100,
        learnt_from="", preprocessing="own", statistics=Statistics(seed=seed),
    )  # fmt: skip
    card = ModelCard(
        name=model if taught is None else f"checkpoint:/far/away/{taught.study}/{taught.course}/model",
        digest=f"digest of {model if taught is None else taught.course}",
        params=params,
        flops=None,
        width=8,
        preprocessing=Preprocessing(size=(32, 32), resize="crop"),
        trained_on=trained_on,
        samples_seen=None if taught is None else taught.samples,
    )
    record = Record(
        norm=norm,
        card=card,
        question="?",
        headline=headline or next(iter(numbers)),
        estimates={name: estimate(number) for name, number in numbers.items()},
        sheet="0" * 32,
        facts=facts or {},
        request=Request(
            model=card.name, data=data, exam=exam, settings=settings or {}, preprocessing="own", precision="auto",
            statistics=Statistics(),
        ),
        machine=Machine(
            system="s", processor="p", device="cpu", cores=1, memory_gib=1.0, python="3", packages={}
        ),
        made=made,
        seconds={},
    )  # fmt: skip
    return Witness(record=record, schooling=taught)


def schooling(objective: str, tower: str = "vit", seed: int = 0, **changes: Any) -> Schooling:
    found = Schooling(
        study="s", objective=objective, tower=tower, family=tower.partition("-")[0], seed=seed, samples=64,
        pictures=9, norm=f"norm of {tower}",
    )  # fmt: skip
    return replace(found, **changes)


@pytest.fixture
def plant() -> Plant:
    """A record with these numbers, and how its model was taught."""
    return witness


@pytest.fixture
def taught() -> Callable[..., Schooling]:
    """How a model was taught: objective, tower, seed."""
    return schooling


@pytest.fixture
def told() -> Callable[..., Evidence]:
    """All evidence there is."""
    return lambda *witnesses: Evidence(witnesses=tuple(witnesses))
