"""The linear probe of the exam `linear` as an estimator of scikit-learn."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import joblib  # type: ignore[import-untyped]
import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression

from eyechart.core import Result
from eyechart.errors import BadInput, Refused
from eyechart.exams.linear import Linear
from eyechart.marking.answers import train_of
from eyechart.reporting.comparison import norm_digest
from eyechart.settings import with_settings
from eyechart.store.cache import FeatureStore
from eyechart.store.rows import Rows
from eyechart.transfer.carve import carve
from eyechart.transfer.logistic import Linear as Lines
from eyechart.ways.files import slug, slugs, whole, write
from eyechart.ways.kept import Kept, described, examined
from eyechart.ways.models import by_model
from eyechart.ways.way import Published


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """Fitted again from the kept features, as the exam fitted it, and given out only if it answers as the sheet says.

    ``probe.joblib`` is for the version of scikit-learn that ``probe.json`` names beside classes, tap and weights.
    """

    where: ClassVar[str] = "probes"

    store: str = "shelf/features"

    def publish(self, results: Sequence[Result], where: str) -> Published:
        written: list[str] = []
        left_out: list[str] = []
        store = FeatureStore(self.store)
        models = by_model([result for result in results if result.record.norm.exam == Linear.name])
        folders = slugs(models)
        for model, own in models.items():
            for result in own:
                norm = result.record.norm
                folder = Path(where) / folders[model] / f"{slug(norm.data)}-{norm_digest(norm)[:8]}"
                try:
                    written += _write(result, store, folder)
                except (BadInput, Refused) as error:
                    left_out.append(f"the probe of {model} on {norm.data}: {error}")
        return Published(written=tuple(written), left_out=tuple(left_out))


def fitted(result: Result, store: FeatureStore) -> tuple[LogisticRegression, Rows]:
    """The probe of one record, and the features of the examined items at its tap.

    Raises:
        BadInput: the features are no longer kept.
        Refused: data, exam or features are no longer what they were, so that it would answer otherwise.
    """
    record, sheet = result
    exam = with_settings(record.norm.exam, record.norm.settings)
    if not isinstance(exam, Linear) or exam.version != record.norm.version:
        raise Refused(f"the exam {record.norm.exam} is installed in another version than {record.norm.version}")
    data, kept, tap = examined(record), Kept(store=store, card=record.card), record.facts["tap"]
    train, known = train_of(data, exam.name)
    near, far = carve(train.items, known, exam.held)
    path = exam.fit(kept.rows(train.items, tap), known, near, far, len(data.classes))
    probe, tested = estimator(path.probe, data.classes), kept.rows(data.items, tap)
    other = int((probe.predict(tested[:]) != sheet["answer"]).sum())
    if other:
        raise Refused(f"fitted again it answers otherwise in {other} of {len(sheet)} rows of the sheet")
    return probe, tested


def estimator(lines: Lines, classes: Sequence[str]) -> LogisticRegression:
    """One line per class as a fitted `LogisticRegression` of raw features; of two classes it keeps the difference."""
    weight, bias = lines.weight.T.numpy(), lines.bias.numpy()
    if len(classes) == 2:
        weight, bias = weight[1:] - weight[:1], bias[1:] - bias[:1]
    probe = LogisticRegression()
    probe.classes_ = np.array(classes)
    probe.coef_, probe.intercept_ = np.ascontiguousarray(weight), bias
    probe.n_features_in_ = weight.shape[1]
    probe.n_iter_ = np.array([0])  # it was fitted elsewhere
    return probe


def _write(result: Result, store: FeatureStore, folder: Path) -> list[str]:
    probe, tested = fitted(result, store)
    with whole(folder / "probe.joblib") as part:
        joblib.dump(probe, part)
    return [str(folder / "probe.joblib"), write(folder / "probe.json", json.dumps(_told(result, tested), indent=1))]


def _told(result: Result, tested: Rows) -> dict[str, Any]:
    record = result.record
    top1 = record.estimates[record.headline]
    return {
        "scikit-learn": sklearn.__version__,
        "classes": record.facts["classes"],
        **described(record, record.facts["tap"], tested),
        "norm": norm_digest(record.norm),
        "penalty": record.facts["penalty"],
        "fitted on": record.facts["fitted_on"] + record.facts["chosen_on"],
        record.headline: {"value": top1.value, "low": top1.low, "high": top1.high, "units": top1.units},
    }


PUBLIC = Probe
