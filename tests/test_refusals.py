"""Bad input gets one clear sentence, and the other exams go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from eyechart.charts import CONCEPTS
from eyechart.core import Dataset, Record
from eyechart.run import Desk, Plan, examine
from eyechart.settings import exams
from eyechart.store.shelf import Shelf
from eyechart.testing.datasets import toy
from eyechart.testing.twins import Random

ASKED = (*CONCEPTS, "order", "cue_conflict", "elephant", "typographic", "reading", "knn", "zero_shot", "retrieval")


def taken(data: Dataset, tmp_path: Path, names: tuple[str, ...] = ASKED) -> tuple[set[str], Mapping[str, str]]:
    """The exams that left a record, and why the others did not."""
    outcomes = list(examine(Plan(models=(Random(),), data=(data,), exams=exams(names)), Desk(shelf=Shelf(tmp_path))))
    refused = {each.exam: each.reason for each in outcomes if not isinstance(each, Record)}
    assert len(outcomes) == len(names)
    for exam, reason in refused.items():
        assert 20 < len(reason) < 400, (exam, reason)
        assert "\n" not in reason
        assert "Traceback" not in reason
    return {each.norm.exam for each in outcomes if isinstance(each, Record)}, refused


def branched(**more: str) -> Dataset:
    data = toy(60, 12)
    return replace(data, taxonomy={name: f"branch {label // 3}" for label, name in enumerate(data.classes)} | more)


def test_pictures_with_labels_and_captions_alone(tmp_path: Path) -> None:
    done, refused = taken(toy(60, 12), tmp_path)
    assert {"gzsl", "typographic", "knn", "zero_shot", "retrieval"} <= done
    assert "masks" in refused["elephant"]
    assert "boxes or masks" in refused["logic"]
    assert "a taxonomy of its classes" in refused["order"]
    assert "false of the picture" in refused["wording"]
    assert "false of the picture" in refused["lookalikes"]
    assert "'rule' and 'corner'" in refused["rules"]
    assert "'concept' and 'attribute'" in refused["compounds"]
    assert "'text'" in refused["reading"]


@pytest.mark.parametrize("fault", ["hole", "ring"])
def test_a_taxonomy_with_a_hole_or_a_ring(fault: str, tmp_path: Path) -> None:
    data = branched(**{"branch 0": "branch 1", "branch 1": "branch 0"} if fault == "ring" else {})
    if fault == "hole":
        data = replace(data, taxonomy={name: above for name, above in data.taxonomy.items() if name != data.classes[0]})
    done, refused = taken(data, tmp_path, ("order", "gzsl", "knn", "zero_shot"))
    assert done == {"knn", "zero_shot"}
    assert all(fault in reason or data.classes[0] in reason for reason in refused.values())


def test_without_captions(tmp_path: Path) -> None:
    data = branched()
    bare = [replace(item, captions=()) for item in data.items]
    done, refused = taken(data.keep(bare), tmp_path, ("wording", "vocabulary", "lookalikes", "retrieval", "gzsl"))
    assert done == {"gzsl"}
    assert all("captions" in refused[name] for name in ("wording", "vocabulary", "lookalikes", "retrieval"))


def test_one_class(tmp_path: Path) -> None:
    done, refused = taken(toy(24, 1), tmp_path, ("gzsl", "typographic", "knn", "zero_shot", "retrieval"))
    assert done == {"retrieval"}
    assert all("two classes" in reason for reason in refused.values())
