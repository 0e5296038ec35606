"""The shelf as rows, and the comparison of those that were chosen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eyechart.core import Record
from eyechart.store.shelf import Shelf
from eyechart.view.comparing import comparison
from eyechart.view.pages import sentence
from eyechart.view.records import Records, listed


@pytest.fixture
def records(scene) -> Records:
    return Records(Shelf(scene.shelf))


def test_every_record_is_a_row_with_its_interval_and_chance(records: Records) -> None:
    rows = records.rows()
    assert len(rows) == records.count() == 4
    assert {row.exam for row in rows} == {"zero_shot", "scores"}
    assert len({row.name for row in rows}) == 4
    row = next(row for row in rows if row.exam == "zero_shot")
    assert (row.value.endswith("%"), row.chance) == (True, "33.3 %")
    assert row.bar.low <= row.bar.value <= row.bar.high


def test_typed_words_narrow_the_rows_and_all_must_fit(records: Records) -> None:
    rows = records.rows()
    assert {row.exam for row in listed(rows, "Zero", ())} == {"zero_shot"}
    assert len(listed(rows, "zero keen", ())) == 1
    assert listed(rows, "zero nonsense", ()) == []
    assert listed(rows, "", ()) == list(rows)


def test_what_was_chosen_stays_in_sight_whatever_is_typed(records: Records) -> None:
    rows = records.rows()
    chosen = rows[-1].name
    assert listed(rows, "nonsense", [chosen]) == [rows[-1]]
    assert listed(rows, "", [chosen])[0].name == chosen


def test_a_record_that_is_written_later_appears(scene, tmp_path) -> None:
    shelf = Shelf(tmp_path)
    seen, source = Records(shelf), Shelf(scene.shelf)
    assert seen.rows() == ()
    record: Record = source.records()[0]
    shelf.put(record, source.sheet(record.sheet))
    assert [row.exam for row in seen.rows()] == [record.norm.exam]


def test_records_of_one_norm_are_ranked_with_their_paired_difference(records: Records) -> None:
    names = [row.name for row in listed(records.rows(), "zero_shot", ())]
    page = comparison(records.results(names))
    assert page.count("<h2>") == 1
    assert "p (Holm)" in page
    assert "is best:" in page
    assert "<svg role" in page


def test_records_of_unequal_norms_are_never_ranked_together_and_it_is_said_why(scene, records: Records) -> None:
    results = records.results([row.name for row in listed(records.rows(), "zero_shot", ())])
    other = replace(results[1].record, norm=replace(results[1].record.norm, settings={"subsets": 5, "seed": 0}))
    page = comparison([results[0], results[1]._replace(record=other)])
    assert "nothing is ranked" in page
    assert "What keeps rankings apart" in page
    assert "settings.subsets: 20 against 5" in page
    assert "p (Holm)" not in page


def test_an_exam_that_is_not_installed_keeps_its_numbers(records: Records) -> None:
    (result,) = records.results([records.rows()[0].name])
    foreign = replace(result.record, norm=replace(result.record.norm, exam="hearing"))
    page = comparison([result._replace(record=foreign)])
    assert "figure cannot be drawn" in page
    assert result.record.card.name in page


def test_names_that_hold_markup_are_shown_as_they_are(records: Records) -> None:
    (result,) = records.results([records.rows()[0].name])
    card = replace(result.record.card, name="<script>alert(1)</script>")
    assert "<script" not in comparison([result._replace(record=replace(result.record, card=card))])
    assert sentence("<b>") == '<p class="ec-note">&lt;b&gt;</p>'
