"""Only equal norms are ranked, on the rows they share, and what differs is said exactly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from eyechart.core import Preprocessing, Sheet, Statistics
from eyechart.errors import BadInput, NormMismatch
from eyechart.reporting.comparison import compare, differences, norm_digest, rank
from eyechart.store.codec import plain, record_from_json, to_json


def three(handmade):
    """Two good models that cannot be told apart, and a poor one."""
    return [
        handmade.result(handmade.card(name), rows=handmade.sheet(accuracy, seed=seed))
        for name, accuracy, seed in (("poor", 0.4, 1), ("good", 0.8, 2), ("fine", 0.79, 3))
    ]


def test_models_are_ranked_as_far_as_the_tests_can_tell(handmade):
    (ranking,) = compare(three(handmade)).rankings
    found = {standing.model: standing.ranks for standing in ranking.standings}
    assert found == {"good": (1, 2), "fine": (1, 2), "poor": (3, 3)}
    assert ranking.standings[-1].model == "poor"
    assert len(ranking.pairs) == 3
    assert ranking.direct


def test_p_values_are_corrected_over_the_table(handmade):
    (ranking,) = compare(three(handmade)).rankings
    raw = sorted(pair.difference.p for pair in ranking.pairs)
    adjusted = sorted(pair.adjusted for pair in ranking.pairs)
    assert adjusted[0] == pytest.approx(3 * raw[0])


def test_a_detectable_difference_is_found_and_half_of_it_is_not(handmade):
    (ranking,) = compare(three(handmade)).rankings
    assert 0.02 < ranking.detectable < 0.15
    (alone,) = compare(three(handmade)[:1]).rankings
    assert alone.detectable > ranking.detectable  # two models on the same rows need fewer of them
    assert alone.standings[0].ranks == (1, 1)


def test_rows_are_paired_by_item_and_not_by_place(handmade):
    one = handmade.result(handmade.card("one"))
    order = np.random.default_rng(0).permutation(len(one.sheet))
    rows = Sheet(columns={name: column[order] for name, column in one.sheet.columns.items()}, facts=one.sheet.facts)
    other = handmade.result(handmade.card("other"), rows=rows)
    (pair,) = compare([one, other]).rankings[0].pairs
    assert (pair.difference.value, pair.difference.p, pair.rows) == (0.0, 1.0, len(one.sheet))


def test_both_directions_of_one_item_are_rows_of_their_own(handmade):
    def both(first: float, second: float) -> Sheet:
        score = np.r_[np.full(40, first), np.full(40, second)]
        return Sheet(
            columns={
                "id": np.array([f"i{i}" for i in range(40)] * 2),
                "group": np.array([f"i{i}" for i in range(40)] * 2),
                "direction": np.array(["image to text"] * 40 + ["text to image"] * 40),
                "score": score,
                "truth": np.array(["x"] * 80),
            }
        )

    results = [handmade.result(handmade.card(name), rows=rows) for name, rows in (("a", both(1, 0)), ("b", both(0, 1)))]
    (pair,) = compare(results).rankings[0].pairs
    assert (pair.rows, pair.difference.units, pair.difference.value) == (80, 40, 0.0)
    assert pair.difference.p == 1.0  # within every item the two cancel


def test_other_norms_are_ranked_apart_and_the_difference_is_told(handmade):
    wide = handmade.norm(settings={"k": 10, "tap": "image"})
    comparison = compare([handmade.result(), handmade.result(handmade.card("zoo:b"), wide)])
    assert len(comparison.rankings) == 2
    assert comparison.differences == (
        "naming is ranked in separate tables for zoo:a and for zoo:b, because the norms differ in "
        "settings.k: 20 against 10",
    )


def test_the_same_models_on_two_datasets_need_no_explanation(handmade):
    results = [handmade.result(under=handmade.norm(data=data)) for data in ("world", "digits")]
    comparison = compare(results)
    assert len(comparison.rankings) == 2
    assert comparison.differences == ()


def test_a_ranking_across_norms_is_refused(handmade):
    other = handmade.norm(items="b2" * 16, statistics=Statistics(seed=1))
    with pytest.raises(NormMismatch, match=r"items: 7c33.* against b2b2.*; statistics.resamples: 200 against 2000"):
        rank([handmade.result(), handmade.result(under=other)])
    assert rank(three(handmade)).standings[-1].model == "poor"


def test_every_field_of_a_norm_counts(handmade):
    one = handmade.norm()
    assert differences(one, one) == ()
    assert differences(one, replace(one, version=2)) == ("version: 1 against 2",)
    assert differences(one, replace(one, settings={"k": 20})) == ("settings.tap: image against absent",)
    assert differences(one, replace(one, learnt_from="c3")) == ("learnt_from: none against c3",)


def test_a_norm_that_was_stored_and_read_is_the_same_norm(handmade):
    one = handmade.result()
    record = record_from_json(to_json(one.record))
    other = replace(record, card=replace(record.card, name="zoo:b"))
    assert len(compare([one, one._replace(record=other)]).rankings) == 1


def test_of_one_model_under_one_norm_the_newest_counts(handmade):
    old = handmade.result(rows=handmade.sheet(0.3), made="2024-01-01T00:00:00+00:00")
    new = handmade.result(rows=handmade.sheet(0.9))
    for results in ([old, new], [new, old]):
        (standing,) = compare(results).rankings[0].standings
        assert standing.estimate == new.record.estimates["top1"]


def test_equal_names_are_told_apart_by_what_differs(handmade):
    squash = Preprocessing(size=(64, 64), resize="squash")
    cards = [handmade.card(), handmade.card(precision="bf16"), handmade.card(preprocessing=squash)]
    (ranking,) = compare([handmade.result(card) for card in cards]).rankings
    assert {standing.model for standing in ranking.standings} == {
        "zoo:a (fp32, crop 64)",
        "zoo:a (bf16, crop 64)",
        "zoo:a (fp32, squash 64)",
    }


def test_where_less_is_better_the_lowest_leads(handmade):
    results = []
    for name, accuracy in (("much", 0.9), ("little", 0.2)):
        one = handmade.result(handmade.card(name), rows=handmade.sheet(accuracy))
        lower = replace(one.record.estimates["top1"], better="lower")
        results.append(one._replace(record=replace(one.record, estimates={"top1": lower})))
    (ranking,) = compare(results).rankings
    assert [(standing.model, standing.ranks) for standing in ranking.standings] == [
        ("little", (1, 1)),
        ("much", (2, 2)),
    ]


def test_a_headline_that_is_no_mean_of_rows_is_marked(handmade):
    one = handmade.result(headline="balanced")
    assert not compare([one]).rankings[0].direct


def test_nothing_to_compare_is_told():
    with pytest.raises(BadInput, match="no records"):
        compare([])
    with pytest.raises(BadInput, match="no records"):
        rank([])


def test_sheets_without_a_common_row_are_told(handmade):
    one = handmade.result()
    moved = {**one.sheet.columns, "id": np.array([f"x{i}" for i in range(len(one.sheet))])}
    other = handmade.result(handmade.card("zoo:b"), rows=Sheet(columns=moved, facts=one.sheet.facts))
    with pytest.raises(NormMismatch, match="no row in common"):
        compare([one, other])


def test_a_comparison_is_plain_json(handmade):
    assert plain(compare(three(handmade)))["rankings"][0]["standings"][-1]["model"] == "poor"


def test_the_same_items_under_two_names_are_ranked_together(handmade):
    here, there = handmade.norm(data="parquet:/a/x.parquet"), handmade.norm(data="parquet:/b/x.parquet")
    same = replace(there, items=here.items)
    assert norm_digest(here) == norm_digest(same)
    assert norm_digest(here) != norm_digest(replace(same, wording="other class names"))
