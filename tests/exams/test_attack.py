from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from eyechart.bench import Bench
from eyechart.core import Classifier, Dataset, ImageEncoder, ModelCard, Sheet, Statistics
from eyechart.errors import BadInput, Refused
from eyechart.exams.attack import Attack
from eyechart.run import asked
from eyechart.store.cache import FeatureStore
from eyechart.testing import Constant, Oracle, check_exam, toy

BRIEF = {"images": 24, "steps": 12, "queries": 40}


class Disguised:
    """A classifier behind something that hides its gradient or its logits."""

    def __init__(self, inner: Classifier, disguise: str) -> None:
        self.inner, self.disguise = inner, disguise
        self.classes, self.preprocess, self.device = inner.classes, inner.preprocess, "cpu"
        self._chance = torch.Generator().manual_seed(0)

    @property
    def card(self) -> ModelCard:
        return replace(self.inner.card, name=self.disguise)

    def classify(self, pixels: Tensor) -> Tensor:
        if self.disguise == "quantised":
            return self.inner.classify((pixels * 16).round() / 16)
        logits = self.inner.classify(pixels)
        if self.disguise == "random":
            return logits + 0.01 * torch.rand(logits.shape, generator=self._chance)
        return logits.softmax(dim=1) if self.disguise == "probabilities" else logits.round(decimals=1)


def dim(judge: Classifier) -> tuple[Dataset, np.ndarray]:
    """Patches of the judge's three hues, and for each how far it is from another class: half its lead per channel."""
    full = toy(24, 6)
    data = full.keep([item for item in full.items if full.classes[item.label or 0] in ("red", "green", "blue")])
    classes = ("red", "green", "blue")
    items = [replace(item, label=classes.index(full.classes[item.label or 0])) for item in data.items]
    means = [sorted(judge.preprocess(item.picture.load()).mean((1, 2)).tolist()) for item in items]
    return replace(data, items=items, classes=classes), np.array([(three[2] - three[1]) / 2 for three in means])


def graded(exam: Attack, model: Classifier, data: Dataset, bench: Bench) -> Sheet:
    sheet = exam.measure(model, data, bench)
    exam.grade(sheet, Statistics(resamples=10))
    return sheet


def test_robust_accuracy_is_the_share_that_lies_beyond_every_reach(bench: Bench, judge: Classifier) -> None:
    data, reach = dim(judge)
    radii = (float(reach.min()) * 0.5, float(np.median(reach)), float(reach.max()) * 1.2)
    exam = Attack(**BRIEF, radii=radii)
    sheet = graded(exam, judge, data, bench)
    assert sheet["clean"].mean() == 1
    assert sheet["stands"][:, 0].mean() == 1
    assert sheet["stands"][:, 2].mean() == 0
    assert sheet["stands"][:, 1].mean() == pytest.approx((reach > radii[1]).mean(), abs=0.1)
    assert (sheet["stands"][:, :-1] >= sheet["stands"][:, 1:]).all()
    assert sheet.facts["doubts"] == []
    found = exam.grade(sheet, Statistics(resamples=10))
    assert found["robust"].value == found[f"robust_at_{radii[2] * 255:g}/255"].value == 0


@pytest.mark.parametrize(
    ("disguise", "doubt"),
    [
        ("quantised", "the loss has no gradient"),
        ("random", "answers differ between two looks"),
        ("probabilities", "logits are probabilities already"),
        ("rounded", "the loss has no gradient"),
    ],
)
def test_a_defence_that_only_hides_is_called_doubtful(
    bench: Bench, judge: Classifier, disguise: str, doubt: str
) -> None:
    data, _ = dim(judge)
    sheet = graded(Attack(**BRIEF, radii=(0.02,)), Disguised(judge, disguise), data, bench)
    assert any(found.startswith(doubt) for found in sheet.facts["doubts"])


def test_squares_that_beat_a_hidden_gradient_are_told(bench: Bench, judge: Classifier) -> None:
    data, reach = dim(judge)
    exam = Attack(images=24, steps=4, queries=60, radii=(float(reach.max()) * 1.5,))
    sheet = graded(exam, Disguised(judge, "quantised"), data, bench)
    assert sheet.facts["felled_by"]["square"] > 0
    assert any("without gradients" in found for found in sheet.facts["doubts"])


def test_an_image_fought_over_once_is_not_fought_over_again(tmp_path: Path) -> None:
    data = toy(12, 3)
    oracle = Oracle(data)
    looks = []
    encode = oracle.encode_image
    oracle.encode_image = lambda pixels: looks.append(len(pixels)) or encode(pixels)  # type: ignore[method-assign]
    exam = Attack(images=12, steps=2, queries=3, radii=(0.01,))
    first = exam.measure(oracle, data, bench := Bench(FeatureStore(tmp_path)))
    seen = len(looks)
    again = exam.measure(oracle, data, bench)
    assert seen > 0
    assert len(looks) == seen
    assert all((first[name] == again[name]).all() for name in first.columns)


@pytest.mark.parametrize("size", [5, 24])
def test_the_size_of_a_batch_changes_nothing(judge: Classifier, size: int) -> None:
    data, reach = dim(judge)
    exam = Attack(**BRIEF, radii=(float(np.median(reach)),))
    whole, parts = exam.measure(judge, data, Bench()), exam.measure(judge, data, Bench(batch=size))
    assert (whole["stands"] == parts["stands"]).all()


def test_a_model_that_always_ties_is_right_as_often_as_chance_has_it(bench: Bench) -> None:
    sheet = Attack(images=12, steps=2, queries=3, radii=(0.01,)).measure(Constant(), toy(12, 3), bench)
    assert sheet["clean"].sum() == sheet["score"].sum() == pytest.approx(4)
    assert sheet.facts["felled_by"]["wrong before"] == 12


# What is attacked


def test_an_encoder_that_names_nothing_is_attacked_through_a_probe(bench: Bench, eye: ImageEncoder) -> None:
    data = toy(48, 3)
    exam = Attack(**BRIEF, radii=(1e-6, 0.9))
    sheet = exam.measure(eye, data, bench)
    assert sheet.facts["target"] == "probe"
    assert asked(exam, eye) == ("labels", "train")
    assert sheet["clean"].mean() > 0.9
    assert sheet["stands"].mean(0).tolist() == [sheet["clean"].mean(), 0]
    with pytest.raises(Refused, match="learns from a train split"):
        exam.measure(eye, replace(data, train=None), bench)


def told_apart(count: int = 12) -> Dataset:
    """Patches of which each has a caption of its own; the oracle knows all captions."""
    data = toy(count, 3)
    return data.keep(
        [replace(item, captions=("a patch", f"patch number {place}")) for place, item in enumerate(data.items)]
    )


def test_retrieval_is_attacked_over_captions_that_only_one_picture_has(bench: Bench) -> None:
    data, exam = told_apart(), Attack(images=12, steps=4, queries=10, radii=(0.001,), target="retrieval")
    model = Oracle(data)
    sheet = exam.measure(model, data, bench)
    assert asked(exam, model) == ("captions",)
    assert sorted(sheet.facts["classes"]) == sorted(f"patch number {place}" for place in range(12))
    assert (
        sheet["truth"] == [item.captions[1] for name in sheet["id"] for item in data.items if item.id == name]
    ).all()
    assert exam.grade(sheet, Statistics(resamples=10))["robust"].chance == pytest.approx(1 / 12)
    shared = data.keep([replace(item, captions=("a patch",)) for item in data.items])
    with pytest.raises(Refused, match="by retrieval needs two pictures"):
        exam.measure(model, shared, bench)


def test_a_way_that_is_none_is_bad_input_and_one_that_the_model_lacks_is_refused(
    bench: Bench, judge: Classifier
) -> None:
    data = dim(judge)[0]
    with pytest.raises(BadInput, match=r"attack\.target is auto or one of"):
        Attack(target="soul").measure(judge, data, bench)
    with pytest.raises(Refused, match="cannot be attacked by retrieval; it can by classifier"):
        Attack(target="retrieval").measure(judge, data, bench)
    assert asked(Attack(target="soul"), judge) == ("labels",)  # the refusal comes when it is measured


def test_a_label_that_was_set_right_is_attacked_anew(tmp_path: Path, judge: Classifier) -> None:
    data = dim(judge)[0]
    wrong = data.keep([replace(item, label=((item.label or 0) + 1) % 3) for item in data.items])
    bench, exam = Bench(FeatureStore(tmp_path)), Attack(**BRIEF, radii=(0.001,))
    assert exam.measure(judge, wrong, bench)["clean"].mean() == 0
    assert exam.measure(judge, data, bench)["clean"].mean() == 1


def test_what_fell_is_shown_before_and_after_with_what_was_added(bench: Bench, judge: Classifier) -> None:
    data, reach = dim(judge)
    radii = (float(np.median(reach)), float(reach.max()) * 1.2)
    exam = Attack(**BRIEF, radii=radii)
    sheet = exam.measure(judge, data, bench)
    (shown,) = exam.exhibits(sheet, judge, data, bench)
    before, after, added = (shown.pictures[place::3] for place in range(3))
    assert len(before) == len(after) == len(added) == 6
    for was, now, change in zip(before, after, added, strict=True):
        moved = np.asarray(now.picture.load()).astype(int) - np.asarray(was.picture.load()).astype(int)
        assert 0 < np.abs(moved).max() <= radii[-1] * 255 + 1
        assert now.caption.split(",")[0] in set(data.classes) - {was.caption}
        grey = np.asarray(change.picture.load()).astype(int) - 127
        assert np.abs(grey).max() == pytest.approx(0.45 * 255, abs=3)
        assert (np.sign(moved[np.abs(moved) > 1]) == np.sign(grey[np.abs(moved) > 1])).all()
    firm = Attack(**BRIEF, radii=(1e-6,))
    assert firm.exhibits(firm.measure(judge, data, bench), judge, data, bench) == []


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"metric": "l1"}, "linf or l2"),
        ({"radii": (0.1, -0.1)}, "above 0"),
        ({"radii": (0.1,), "headline_radius": 0.2}, "one of them"),
    ],
)
def test_settings_that_make_no_sense_are_refused(bench: Bench, judge: Classifier, settings: dict, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        Attack(**settings).measure(judge, dim(judge)[0], bench)


def test_one_class_is_refused(bench: Bench) -> None:
    data = toy(6, 2)
    with pytest.raises(Refused, match="two classes"):
        Attack().measure(
            Oracle(data), replace(data, classes=("only",), items=[replace(i, label=0) for i in data.items]), bench
        )


def test_holds_to_the_rules_of_every_exam() -> None:
    check_exam(Attack(images=96, steps=2, queries=4, radii=(1 / 255,)), worst_case=True)
