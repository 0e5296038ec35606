from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from eyechart.core import Machine, ModelCard, Norm, Preprocessing, Record, Request, Result, Sheet, Statistics
from eyechart.errors import BadInput, NormMismatch, Refused
from eyechart.exams.returns import Returns
from eyechart.marking.ladders import best_under, law, on_front, rises, unlearned

QUICK = Statistics(resamples=200)
ROWS = 400
IDS = np.array([f"{row:03d}" for row in range(ROWS)])
HARD = np.random.default_rng(0).random(ROWS)  # of each item; the same for all models


def result(size: float, score: float, start: int = 0, **facts: Any) -> Result:
    """A model of that size that gets this share of the items, the easier ones rather."""
    noise = np.random.default_rng([int(size), start]).normal(0, 0.2, ROWS)
    right = np.zeros(ROWS)
    right[np.argsort(HARD + noise)[: round(score * ROWS)]] = 1.0
    told = {"parameters": size, "flops": 100 * size, "samples_seen": 1000, "trained_on": "world", "study": "s"}
    told |= {"objective": "o", "prior": 0.1, "classes": ["a", "b"], "seconds_one": 1e-9 * size} | facts
    names = np.where(np.arange(ROWS) % 2, "a", "b")
    sheet = Sheet(columns={"id": IDS, "group": IDS, "score": right, "truth": names, "answer": names}, facts=told)
    card = ModelCard(
        name=f"{told['objective']}-{size:g}-{start}",
        digest=f"{size:g}/{start}",
        params=int(size),
        flops=None,
        width=2,
        preprocessing=Preprocessing(size=(4, 4), resize="squash"),
    )
    norm = Norm(
        exam="returns",
        version=1,
        settings={},
        data="toy",
        split="test",
        revision="1",
        items="",
        count=ROWS,
        learnt_from="",
        preprocessing="own",
        statistics=QUICK,
    )
    request = Request(
        model="", data="", exam="returns", settings={}, preprocessing="own", precision="fp32", statistics=QUICK
    )
    machine = Machine(system="", processor="", device="cpu", cores=1, memory_gib=0.0, python="", packages={})
    record = Record(
        norm=norm,
        card=card,
        question="?",
        headline="top1",
        estimates=Returns().grade(sheet, QUICK),
        sheet="",
        facts=told,
        request=request,
        machine=machine,
        made=f"{start}",
        seconds={},
    )
    return Result(record, sheet)


def ladder(**facts: Any) -> list[Result]:
    """0.8 − 0.4 (x / 1e5)^−½ at four sizes, two starts each."""
    return [
        result(size, 0.8 - 0.4 * (size / 1e5) ** -0.5 + shift, start, **facts)
        for size in (1e5, 4e5, 16e5, 64e5)
        for start, shift in enumerate((-0.005, 0.005))
    ]


def test_a_planted_law_is_found_through_the_records() -> None:
    found = law(ladder(), "parameters", QUICK)
    assert found.verdict == "growing"
    assert found.limit.low < 0.8 < found.limit.high
    assert found.power.low < 0.5 < found.power.high
    true = 0.4 * (64**-0.5 - 128**-0.5)
    assert found.gain.low < true < found.gain.high
    assert (found.sizes, found.starts) == (4, 8)


def test_every_budget_of_samples_has_a_law_of_its_own() -> None:
    found = rises([*ladder(), *ladder(samples_seen=4000)], "parameters", QUICK)
    assert [rise.upbringing.samples for rise in found] == [1000, 4000]
    assert all(rise.found is not None and rise.found.starts == 8 for rise in found)


@pytest.mark.parametrize(
    "other", [{"samples_seen": 2000}, {"objective": "p"}, {"study": "t"}, {"trained_on": "digits"}]
)
def test_who_grew_up_otherwise_shares_no_law(other: dict[str, Any]) -> None:
    with pytest.raises(NormMismatch, match="2 upbringings"):
        law([*ladder(), result(9e6, 0.7, **other)], "parameters", QUICK)


def test_who_tells_nothing_of_its_learning_is_in_no_law() -> None:
    stranger = result(9e6, 0.7, trained_on="unknown")
    with pytest.raises(Refused, match="nothing tells what"):
        law([*ladder(), stranger], "parameters", QUICK)
    assert unlearned([*ladder(), stranger]) == [stranger.record.card.name]
    assert [len(rise.names) for rise in rises([*ladder(), stranger], "parameters", QUICK)] == [8]


def test_two_sizes_are_too_few() -> None:
    (rise,) = rises(ladder()[:4], "parameters", QUICK)
    assert rise.found is None
    assert rise.refused == "2 size(s) of o, 1\u202f000 samples seen: a law needs 3 at least"
    with pytest.raises(Refused, match="3 sizes at least; there are 2"):
        law(ladder()[:4], "parameters", QUICK)


def test_models_that_answered_other_items_share_nothing() -> None:
    other = ladder()[0]
    strange = Result(other.record, replace(other.sheet, columns={**other.sheet.columns, "id": IDS[::-1] + "x"}))
    with pytest.raises(NormMismatch, match="same items"):
        rises([*ladder(), strange], "parameters", QUICK)


def test_the_order_of_rows_and_models_changes_nothing() -> None:
    shuffled = [
        Result(
            one.record, replace(one.sheet, columns={name: column[::-1] for name, column in one.sheet.columns.items()})
        )
        for one in ladder()[::-1]
    ]
    assert law(shuffled, "parameters", QUICK).gain.value == pytest.approx(law(ladder(), "parameters", QUICK).gain.value)


def test_the_front_leaves_out_who_costs_more_and_knows_less() -> None:
    poor = result(32e5, 0.3)
    names = [one.record.card.name for one in on_front([*ladder(), poor], "parameters")]
    assert poor.record.card.name not in names
    assert names == ["o-100000-1", "o-400000-1", "o-1.6e+06-1", "o-6.4e+06-1"]


def test_the_best_under_a_budget_and_who_is_level_with_it() -> None:
    models = [*ladder(), result(1e6, 0.9, parameters=None)]
    found = best_under(models, {"parameters": 2e6}, QUICK)
    assert found.best == "o-1.6e+06-1"
    assert found.level == ("o-1.6e+06-0",)
    assert (found.beyond, found.unknown) == (2, 1)
    with pytest.raises(BadInput, match="within the budget parameters ≤ 10"):
        best_under(models, {"parameters": 10.0}, QUICK)
