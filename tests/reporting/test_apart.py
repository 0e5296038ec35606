"""Where two models part: the items, in which order they are chosen, and what the page gets of it."""

from __future__ import annotations

import numpy as np
import pytest

from eyechart.core import Sheet
from eyechart.reporting.apart import Matched, apart, close, pairs_data
from eyechart.reporting.comparison import compare
from eyechart.reporting.pictures import Embedded


def sheet(*scores: float, answer: str = "cat") -> Sheet:
    ids = np.array([f"item-{place}" for place in range(len(scores))])
    words = {"truth": np.full(len(scores), "dog"), "answer": np.full(len(scores), answer)}
    return Sheet(columns={"id": ids, "group": ids, "score": np.array(scores), **words, "confidence": np.array(scores)})


@pytest.fixture
def two(handmade):
    """The second is better on two items, surely better on the last."""
    results = {
        "a": handmade.result(handmade.card("a"), rows=sheet(1, 1, 0, 0, 0.5, 0), estimates=_estimates(handmade, 0.4)),
        "b": handmade.result(
            handmade.card("b"), rows=sheet(1, 0, 0, 0.5, 0.5, 1, answer="dog"), estimates=_estimates(handmade, 0.5)
        ),
    }
    (ranking,) = compare(list(results.values())).rankings
    return ranking, results


def _estimates(handmade, value: float):
    return {"top1": handmade.Estimate(value=value, low=0.1, high=0.9, units=6, method="wilson-jeffreys")}


def test_items_come_by_the_size_of_the_difference(two):
    (found,) = apart(*two, kept={})
    assert (found.first, found.second) == ("b", "a")
    assert found.counts == (2, 1)
    assert [odd.id for odd in found.odd[0]] == ["item-5", "item-3"]
    assert [odd.id for odd in found.odd[1]] == ["item-1"]
    assert found.odd[0][0][2:] == ("dog", "dog", "cat")


def test_among_equals_those_with_a_picture_come_first(handmade):
    scores = {"a": sheet(1, 1, 1), "b": sheet(0, 0, 0)}
    results = {
        name: handmade.result(handmade.card(name), rows=rows, estimates=_estimates(handmade, rows["score"].mean()))
        for name, rows in scores.items()
    }
    (ranking,) = compare(list(results.values())).rankings
    (found,) = apart(ranking, results, kept={"item-2": "two.webp"})
    assert [(odd.id, odd.picture) for odd in found.odd[0]] == [("item-2", "two.webp"), ("item-0", ""), ("item-1", "")]


def test_of_many_models_only_neighbours_show_their_items(handmade):
    results = [
        handmade.result(handmade.card(name), rows=handmade.sheet(0.5, seed=n)) for n, name in enumerate("abcdef")
    ]
    (ranking,) = compare(results).rankings
    assert len(close(ranking)) == 5
    assert len(ranking.pairs) == 15


def test_the_page_gets_each_pair_in_the_order_of_its_models(two):
    ranking, results = two
    matched = Matched("here", "?", "naming", "world", ranking, apart(ranking, results, {"item-5": "five.webp"}))
    told = pairs_data([matched], ["a", "b"], Embedded((), {"five.webp": 3}, frozenset()))["exams"][0]
    ((one, other, value, interval, _, sure),) = told["pairs"]
    assert (one, other, sure) == (0, 1, 0)
    assert value.startswith("−")
    assert interval.split(" … ")[0].startswith("−")
    ((first, second, ours, theirs, our, their),) = told["apart"]
    assert (first, second, ours, theirs) == (0, 1, 1, 2)
    assert our == [[-1, "item-1", "dog", "cat", "dog"]]
    assert their[0] == [3, "item-5", "dog", "cat", "dog"]
