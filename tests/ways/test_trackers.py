"""Runs in the trackers of experiments, read back from where those keep them."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from eyechart.errors import BadInput
from eyechart.learn import journal
from eyechart.reporting.comparison import norm_digest
from eyechart.store.codec import record_from_json
from eyechart.ways.files import slug
from eyechart.ways.tracked import runs


def expected(results, model: str) -> dict[str, float]:
    """Headlines of one model under the names that trackers get."""
    data = slug(results[0].record.norm.data)
    return {
        f"{record.norm.exam}/{data}/top1": record.estimates["top1"].value
        for record, _ in results
        if record.card.name == model
    }


def test_a_run_holds_every_estimate_with_its_ends_and_every_norm(results):
    first, second = runs(results)
    assert (first.model, first.slug) == ("zoo:ladder/vit-200k", "zoo-ladder-vit-200k")
    for run in (first, second):
        own = [record for record, _ in results if record.card.name == run.model]
        assert len(run.metrics) == 3 * sum(len(record.estimates) for record in own)
        assert run.headlines == expected(results, run.model)
        for record in own:
            title = next(name for name in run.headlines if name.startswith(record.norm.exam)).removesuffix("/top1")
            assert run.metrics[f"{title}/top1.low"] == record.estimates["top1"].low
            assert run.parameters[f"norm/{title}/digest"] == norm_digest(record.norm)
            assert record_from_json(run.records[f"{title.replace('/', '-')}.json"]).estimates == record.estimates
        assert run.parameters["card/digest"] == own[0].card.digest


def test_two_norms_of_one_exam_keep_apart(one):
    record = one.record
    other = replace(record.norm, settings={**record.norm.settings, "held": 0.5})
    (run,) = runs([one, one._replace(record=replace(record, norm=other))])
    assert len(run.headlines) == 2
    assert all(norm_digest(norm)[:8] in " ".join(run.headlines) for norm in (record.norm, other))


def test_tensorboard_shows_the_numbers_the_card_and_the_records(publish, results, tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    publish("tensorboard", tmp_path)
    for run in runs(results):
        events = EventAccumulator(str(tmp_path / run.slug))
        events.Reload()
        tags = events.Tags()
        assert set(tags["scalars"]) == set(run.metrics)
        for name, value in run.metrics.items():
            assert events.Scalars(name)[0].value == pytest.approx(value, rel=1e-6)
        texts = {tag: events.Tensors(tag)[0].tensor_proto.string_val[0].decode() for tag in tags["tensors"]}
        for name, text in run.records.items():
            lines = texts[f"records/{name}/text_summary"].splitlines()
            assert json.loads("\n".join(line[4:] for line in lines)) == json.loads(text)
        assert "/digest = " in texts["norms/text_summary"]
        assert events.summary_metadata["_hparams_/experiment"].plugin_data.plugin_name == "hparams"


def test_mlflow_has_a_run_per_model_with_metrics_parameters_and_records(publish, results, tmp_path, monkeypatch):
    mlflow = pytest.importorskip("mlflow")
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    assert len(publish("mlflow", tmp_path / "runs").written) == 2
    client = mlflow.MlflowClient(tracking_uri=(tmp_path / "runs").as_uri())
    experiment = client.get_experiment_by_name("eyechart")
    found = {run.info.run_name: run for run in client.search_runs([experiment.experiment_id])}
    for run in runs(results):
        stored = found[run.model]
        assert stored.info.status == "FINISHED"
        assert stored.data.metrics == pytest.approx(dict(run.metrics))
        assert stored.data.params == {name: str(value) for name, value in run.parameters.items()}
        for name, text in run.records.items():
            kept = client.download_artifacts(stored.info.run_id, f"records/{name}", str(tmp_path))
            assert Path(kept).read_text(encoding="utf-8") == text


def test_mlflow_without_its_opt_in_says_what_to_set(publish, tmp_path, monkeypatch):
    pytest.importorskip("mlflow")
    monkeypatch.delenv("MLFLOW_ALLOW_FILE_STORE", raising=False)
    with pytest.raises(BadInput, match="MLFLOW_ALLOW_FILE_STORE=true"):
        publish("mlflow", tmp_path)


@pytest.mark.skipif(find_spec("wandb") is None, reason="wandb is not installed")
def test_weights_and_biases_takes_a_run_per_model_offline(publish, tmp_path, monkeypatch):
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("WANDB_SILENT", "true")
    written = publish("wandb", tmp_path).written
    assert len(written) == 2
    kept = list((tmp_path / "wandb").glob("offline-run-*/run-*.wandb"))
    assert len(kept) == 2
    assert all(path.stat().st_size for path in kept)


@pytest.mark.parametrize("way", ["mlflow", "tensorboard", "wandb"])
def test_what_is_not_installed_is_told_in_one_sentence(publish, tmp_path, monkeypatch, way):
    monkeypatch.setattr(journal, "find_spec", lambda name: None)
    with pytest.raises(BadInput, match=f"pip install {way}"):
        publish(way, tmp_path)
