"""Kept features as files."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from eyechart import data as sources
from eyechart import models
from eyechart.bench import Bench
from eyechart.core import Result
from eyechart.errors import BadInput
from eyechart.reporting.comparison import norm_digest


def place(root: Path, result: Result) -> Path:
    (folder,) = (root / result.record.card.name.replace(":", "-").replace("/", "-")).iterdir()
    return folder


def test_the_features_are_those_that_the_model_gives(publish, one, tmp_path):
    publish("features", tmp_path, [one])
    record = one.record
    model, data = models.load(record.card.name), sources.load(record.norm.data)
    for split, items in (("test", data.items), ("train", data.train.items)):
        told = json.loads((place(tmp_path, one) / f"{split}.json").read_text(encoding="utf-8"))
        assert told["ids"] == [item.id for item in items]
        assert told["labels"] == [data.classes[item.label] for item in items]
        expected = Bench().features(model, items, "pooled")[:]
        found = np.load(place(tmp_path, one) / f"{split}-pooled.npy")
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
        table = pq.read_table(place(tmp_path, one) / f"{split}-pooled.parquet")
        assert table["id"].to_pylist() == told["ids"]
        np.testing.assert_array_equal(np.stack(table["features"].to_numpy()), found)
        note = json.loads(table.schema.metadata[b"eyechart"])
        assert (note["tap"], note["weights"]) == ("pooled", record.card.digest)


def test_one_tap_and_one_format_can_be_asked_for(publish, one, tmp_path):
    publish("features", tmp_path, [one], tap="pooled", formats="npy")
    names = sorted(path.name for path in place(tmp_path, one).iterdir())
    assert names == ["test-pooled.npy", "test.json", "train-pooled.npy", "train.json"]


def test_what_is_not_kept_is_said_and_not_computed(publish, one, tmp_path):
    with pytest.raises(BadInput, match=r"tap 'patches', the features of 48 of 48 pictures are not kept"):
        publish("features", tmp_path, [one], tap="patches")
    with pytest.raises(BadInput, match="not kept"):
        publish("features", tmp_path, [one], store=str(tmp_path / "empty"))
    assert not (tmp_path / "empty").exists()


def test_data_that_changed_are_refused(publish, one, tmp_path):
    record, sheet = one
    other = replace(record.norm, items="0" * 32)
    with pytest.raises(BadInput, match="no longer holds the 48 items"):
        publish("features", tmp_path, [Result(replace(record, norm=other), sheet)])


def test_two_norms_of_one_exam_are_two_files_of_answers(publish, one, tmp_path):
    record, sheet = one
    other = replace(record.norm, settings={**record.norm.settings, "held": 0.5})
    given = [one, Result(replace(record, norm=other), sheet)]
    publish("features", tmp_path, given, formats="fiftyone", tap="pooled")
    names = {f"linear-{norm_digest(norm)[:8]}.json" for norm in (record.norm, other)}
    assert {path.name for path in (place(tmp_path, one) / "fiftyone").glob("*.json")} == {"labels.json", *names}


def test_fiftyone_gets_pictures_truth_and_answers_in_the_order_of_the_rows(publish, results, one, tmp_path):
    model = one.record.card.name
    own = [result for result in results if result.record.card.name == model]
    publish("features", tmp_path, own, formats="fiftyone", tap="pooled")
    folder = place(tmp_path, one) / "fiftyone"
    told = json.loads((place(tmp_path, one) / "test.json").read_text(encoding="utf-8"))
    truth = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    assert sorted(truth["labels"]) == sorted(path.stem for path in (folder / "data").iterdir())
    for row, (name, target) in enumerate(sorted(truth["labels"].items())):
        assert target["attributes"]["item"] == told["ids"][row]
        assert target["label"] == told["labels"][row]
        with Image.open(folder / "data" / f"{name}.png") as picture:
            assert picture.size == (32, 32)
    for record, sheet in own:
        answers = json.loads((folder / f"{record.norm.exam}.json").read_text(encoding="utf-8"))["labels"]
        for name, answer, confidence in zip(sorted(answers), sheet["answer"], sheet["confidence"], strict=True):
            assert answers[name]["label"] == answer
            assert answers[name]["confidence"] == pytest.approx(confidence)
