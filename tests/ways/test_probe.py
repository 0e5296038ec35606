"""The linear probe as an estimator of scikit-learn."""

from __future__ import annotations

import json
from dataclasses import replace

import joblib
import numpy as np
import pytest
import sklearn
import torch

from eyechart.core import Result
from eyechart.errors import BadInput
from eyechart.transfer.logistic import Linear
from eyechart.ways.probe import estimator


def test_it_answers_on_the_published_features_as_the_sheet_says(publish, results, tmp_path):
    publish("probe", tmp_path / "probes")
    publish("features", tmp_path / "features")
    taken = [result for result in results if result.record.norm.exam == "linear"]
    assert len(taken) == 2
    for record, sheet in taken:
        name = record.card.name.replace(":", "-").replace("/", "-")
        (folder,) = (tmp_path / "probes" / name).iterdir()
        probe, told = joblib.load(folder / "probe.joblib"), json.loads((folder / "probe.json").read_text())
        (features,) = (tmp_path / "features" / name).glob(f"*/test-{told['tap']}.npy")
        rows = np.load(features)
        assert probe.predict(rows).tolist() == sheet["answer"].tolist()
        np.testing.assert_allclose(probe.predict_proba(rows).max(1), sheet["confidence"], rtol=1e-3)
        assert probe.score(rows, sheet["truth"]) == pytest.approx(record.estimates["top1"].value)
        assert told["scikit-learn"] == sklearn.__version__
        assert told["classes"] == list(probe.classes_)


def test_of_two_classes_it_keeps_the_difference():
    rng = torch.Generator().manual_seed(0)
    lines = Linear(weight=torch.randn(5, 2, generator=rng), bias=torch.randn(2, generator=rng))
    rows = torch.randn(40, 5, generator=rng)
    probe = estimator(lines, ("cat", "dog"))
    assert probe.coef_.shape == (1, 5)
    assert probe.predict(rows.numpy()).tolist() == [("cat", "dog")[i] for i in lines.logits(rows).argmax(1)]
    np.testing.assert_allclose(probe.predict_proba(rows.numpy()), lines.logits(rows).softmax(1), rtol=1e-4)


def test_a_probe_that_would_answer_otherwise_is_not_given_out(publish, one, tmp_path):
    record, sheet = one
    turned = replace(sheet, columns={**sheet.columns, "answer": np.roll(sheet["answer"], 1)})
    with pytest.raises(BadInput, match="answers otherwise in"):
        publish("probe", tmp_path, [Result(record, turned)])
    assert not list(tmp_path.iterdir())


def test_records_without_a_probe_are_told(publish, results, tmp_path):
    with pytest.raises(BadInput, match="nothing in these records can be published as probe"):
        publish("probe", tmp_path, [result for result in results if result.record.norm.exam == "knn"])
