"""A threshold is as good as the pictures it is used on."""

from __future__ import annotations

import numpy as np
import pytest

from eyechart.core import Sheet
from eyechart.reporting.carried import carried
from eyechart.reporting.page import html


def scores(shift: float) -> Sheet:
    """Matched pairs at 0.5 … 1.0 and unrelated ones at 0.0 … 0.4, all moved by `shift`."""
    ids = np.array([f"item-{i}" for i in range(40)])
    return Sheet(
        columns={
            "id": ids,
            "group": ids,
            "score": np.ones(40),
            "truth": np.array(["a cat"] * 40),
            "answer": np.array(["a dog"] * 40),
            "confidence": np.full(40, 0.4),
            "matched": np.linspace(0.5, 1.0, 40) + shift,
            "unmatched": np.linspace(0.0, 0.4, 120).reshape(40, 3) + shift,
            "graded": np.arange(40) % 2 == 1,
        },
        facts={"threshold": 0.45 + shift},
    )


@pytest.fixture
def results(handmade):
    return [
        handmade.result(under=handmade.norm(exam="scores", data=data), rows=scores(shift))
        for data, shift in (("world", 0.0), ("digits", 0.3))
    ]


def test_a_threshold_that_fits_at_home_may_accept_too_much_elsewhere(results) -> None:
    there, back = carried({"zoo:a": results})
    assert (there.chosen_on, there.used_on, there.threshold) == ("world", "digits", 0.45)
    assert there.recall.value == 1.0
    assert there.false_accepts.value == pytest.approx((0.7 - 0.45) / 0.4, abs=0.03)
    assert there.false_accepts.low < there.false_accepts.value < there.false_accepts.high
    assert there.false_accepts_of_its_own.value == 0.0
    assert (back.chosen_on, back.used_on) == ("digits", "world")
    assert back.recall.value == pytest.approx(0.5, abs=0.06)
    assert back.recall_of_its_own.value == 1.0


def test_one_dataset_leaves_nothing_to_say(results) -> None:
    assert carried({"zoo:a": results[:1]}) == ()
    assert "hold on other pictures" not in html(results[:1], (), None)


def test_the_page_says_it(results) -> None:
    assert "Does its threshold hold on other pictures?" in html(results, (), None)
