"""A score's place, on distributions written by hand."""

from __future__ import annotations

import numpy as np
import pytest

from eyechart import draw
from eyechart.core import Sheet
from eyechart.view.place import Spread, figure, percent, place, spread, told

AMONG = Spread(
    data="world/test",
    matched=np.array([0.5, 0.6, 0.7, 0.8]),
    unmatched=np.array([[0.1, 0.2], [0.1, 0.3], [0.2, 0.4], [0.3, 0.6]]),
    groups=np.array(["a", "b", "c", "d"]),
)


@pytest.mark.parametrize(
    ("score", "unmatched", "matched"), [(0.05, 0.0, 0.0), (0.25, 0.5, 0.0), (0.6, 7.5 / 8, 1.5 / 4), (0.9, 1.0, 1.0)]
)
def test_the_share_of_pairs_below_a_score_counts_ties_half(score: float, unmatched: float, matched: float) -> None:
    found = place(score, AMONG)
    assert (found.unmatched.value, found.matched.value) == (unmatched, matched)
    assert found.unmatched.low <= unmatched <= found.unmatched.high
    assert found.pairs == (8, 4)


def test_a_score_that_differs_by_rounding_alone_is_a_tie() -> None:
    assert place(0.6 + 1e-9, AMONG).matched.value == place(0.6, AMONG).matched.value


def test_pictures_of_one_group_count_as_fewer() -> None:
    rng = np.random.default_rng(0)
    level = np.repeat(rng.random(20), 10)
    rows = {"matched": level, "unmatched": level[:, None]}
    alone, together = (
        place(0.5, Spread(data="d", groups=groups, **rows))
        for groups in (np.arange(200).astype(str), np.repeat(np.arange(20), 10).astype(str))
    )
    assert alone.matched.value == together.matched.value
    assert together.matched.high - together.matched.low > 1.5 * (alone.matched.high - alone.matched.low)


def test_a_place_is_told_in_one_sentence() -> None:
    assert told(place(0.25, AMONG)) == (
        ".250: higher than 50\u00a0% of the unmatched pairs of world/test and than none of the matched ones."
    )


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.0, "0 %"), (0.0004, "< 0.1 %"), (0.012, "1.2 %"), (0.934, "93 %"), (0.9996, "> 99.9 %"), (1.0, "100 %")],
)
def test_what_is_nearly_none_is_not_called_none(share: float, said: str) -> None:
    assert percent(share).replace("\u00a0", " ") == said


@pytest.mark.parametrize(("score", "said"), [(-0.5, "hardly any"), (1.5, "nearly all"), (-2.0, "none"), (2.0, "all")])
def test_a_place_near_the_ends_is_told_in_words(score: float, said: str) -> None:
    many = np.concatenate([[-1.0], np.zeros(4998), np.ones(1) * 1.9])
    among = Spread(data="d", matched=many, unmatched=many[:, None], groups=np.arange(5000).astype(str))
    assert f"higher than {said} of the unmatched" in told(place(score, among))


def test_the_pairs_come_from_a_sheet_of_scores() -> None:
    columns = {"matched": AMONG.matched, "unmatched": AMONG.unmatched, "group": AMONG.groups}
    found = spread(Sheet(columns=columns), "world/test")
    assert place(0.6, found) == place(0.6, AMONG)


def test_both_hills_and_the_score_are_drawn() -> None:
    svg = draw.to_svg(figure({"zoo:a": (place(0.45, AMONG), AMONG)}), "scores")
    assert "zoo:a" in svg
    assert {"matched", "unmatched"} <= set(svg.replace("<", ">").split(">"))
    assert "stroke-dasharray" in svg
