from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from eyechart.bench import Bench
from eyechart.core import Dataset, ImageEncoder, Sheet, Statistics
from eyechart.errors import BadInput, Refused
from eyechart.exams.gzsl import GZSL
from eyechart.testing import Constant, Oracle, Random, check_exam, toy
from eyechart.testing.twins import direction
from eyechart.transfer.unseen import Bilinear, Examples

FAST = Statistics(resamples=100)
EXAM = GZSL()


def kinds(each: int = 10, classes: int = 12) -> Dataset:
    """Classes in branches of three."""
    data = toy(each * classes, classes)
    taxonomy = {name: f"branch {label // 3}" for label, name in enumerate(data.classes)}
    return replace(data, taxonomy=taxonomy)


class Taught(Oracle):
    """Knows every picture and the names of some classes; other names mean nothing to it."""

    def __init__(self, data: Dataset, names: Sequence[str]) -> None:
        super().__init__(data)
        self.names = set(names)

    def read(self, texts: Sequence[str]) -> Tensor:
        known = [self._class_of.get(text) in self.names for text in texts]
        strange = [direction(b"strange " + text.encode(), self.width) for text in texts]
        return torch.where(torch.tensor(known)[:, None], super().read(texts), torch.stack(strange))


def test_it_keeps_to_the_rules_of_exams() -> None:
    check_exam(EXAM, toy(180, 12))


def test_names_alone_are_enough_for_who_knows_them(bench: Bench) -> None:
    data = kinds()
    found = EXAM.grade(EXAM.measure(Oracle(data), data, bench), FAST)
    for name in ("ausuc", "harmonic", "seen", "unseen", "text_harmonic", "unseen_alone", "told_apart"):
        assert found[name].value > 0.95, name
    assert found["tree_seen"].value > 0.5


def test_who_knows_no_name_of_a_class_without_examples_is_at_chance_there(bench: Bench) -> None:
    data = kinds(20)
    parted = EXAM.measure(Constant(), data, bench).facts["with_examples"]
    found = EXAM.grade(EXAM.measure(Taught(data, parted), data, bench), FAST)
    assert found["seen_alone"].value > 0.95
    assert found["unseen_alone"].low <= 1 / 3 <= found["unseen_alone"].high
    assert found["ausuc"].low <= 1 / 3 <= found["ausuc"].high


def test_a_constant_model_scores_the_printed_chance(bench: Bench) -> None:
    data = toy(120, 12)
    found = EXAM.grade(EXAM.measure(Constant(), data, bench), FAST)
    assert found["text_ausuc"].value == pytest.approx(0.5 / 27) == found["text_ausuc"].chance
    assert found["text_harmonic"].value < found["text_harmonic"].chance


def test_examples_of_classes_without_examples_are_never_looked_at(bench: Bench) -> None:
    data = kinds()
    assert data.train is not None
    first = EXAM.measure(Random(), data, bench)
    robbed = {data.classes.index(name) for name in first.facts["without_examples"]}
    train = data.train.keep([item for item in data.train.items if item.label not in robbed])
    again = replace(EXAM, unseen=tuple(first.facts["without_examples"])).measure(
        Random(), replace(data, train=train), bench
    )
    assert np.array_equal(first["score"], again["score"])
    assert first.facts["bias"] == again.facts["bias"]


def test_setting_and_bias_are_chosen_without_the_exam(bench: Bench) -> None:
    data = kinds()
    model = Oracle(data)
    fewer = data.keep([item for at, item in enumerate(data.items) if at % 3 or at < 12])
    one, other = (EXAM.measure(model, shown, bench).facts for shown in (data, fewer))
    assert (one["bias"], one["setting"]) == (other["bias"], other["setting"])


def test_an_image_encoder_speaks_through_the_taxonomy(bench: Bench, eye: ImageEncoder) -> None:
    sheet = EXAM.measure(eye, kinds(), bench)
    assert sheet.facts["way"] == "taxonomy, no language"
    assert sheet.facts["ways"] == [""]
    assert "text_harmonic" not in EXAM.grade(sheet, FAST)


def test_without_names_and_taxonomy_there_is_nothing_to_know_a_class_by(bench: Bench, eye: ImageEncoder) -> None:
    with pytest.raises(Refused, match="reads no names and toy has no taxonomy"):
        EXAM.measure(eye, toy(120, 12), bench)


def test_a_taxonomy_with_a_hole_or_a_ring_is_bad_input(bench: Bench) -> None:
    data = kinds()
    for taxonomy, words in (
        ({name: parent for name, parent in data.taxonomy.items() if name != data.classes[0]}, "hole"),
        ({**data.taxonomy, "branch 0": "branch 1", "branch 1": "branch 0"}, "ring"),
    ):
        with pytest.raises(BadInput, match=words):
            EXAM.measure(Random(), replace(data, taxonomy=taxonomy), bench)


def test_few_classes_and_no_train_are_refused(bench: Bench) -> None:
    with pytest.raises(Refused, match="six classes"):
        EXAM.measure(Random(), toy(40, 4), bench)
    with pytest.raises(Refused, match="train"):
        EXAM.measure(Random(), replace(toy(120, 12), train=None), bench)


def test_classes_that_were_overlooked_are_shown_once_each(bench: Bench) -> None:
    data = kinds()
    sheet = EXAM.measure(Random(), data, bench)
    (shown,) = EXAM.exhibits(sheet, Random(), data, bench)
    named = [pictured.caption.split(",")[0] for pictured in shown.pictures]
    assert 0 < len(named) == len(set(named)) <= 3
    assert set(named) <= set(sheet.facts["without_examples"])
    assert not EXAM.exhibits(EXAM.measure(Oracle(data), data, bench), Oracle(data), data, bench)


def test_grades_are_those_computed_by_hand() -> None:
    """Four pictures: seen classes a (right, wrong) and b (right), an unseen class c (right when the bias is above 1)."""  # noqa: E501
    sheet = Sheet(
        columns={
            "id": np.array(list("wxyz")),
            "group": np.array(list("wxyz")),
            "truth": np.array(["a", "a", "b", "c"]),
            "code": np.array([0, 0, 1, 2]),
            "seen": np.array([True, True, True, False]),
            "right": np.array([1.0, 0.0, 1.0, 1.0]),
            "margin": np.array([3.0, 3.0, 0.5, 1.0]),
        },
        facts={"ways": [""], "bias": {"": 2.0}},
    )
    found = EXAM.grade(sheet, FAST)
    assert found["seen"].value == pytest.approx((0.5 + 0) / 2)
    assert found["unseen"].value == 1
    assert found["harmonic"].value == pytest.approx(0.4)
    assert found["ausuc"].value == pytest.approx(((1 + 0 + 0) / 3 + 1 / 3) / 2)
    assert found["told_apart"].value == pytest.approx(2 / 3)
    assert found["seen_alone"].value == pytest.approx(2 / 3)


def test_a_bilinear_map_finds_classes_it_never_saw_by_what_is_known_of_them() -> None:
    """Features that are a linear image of four facts about each class: the last four of sixteen were never shown."""
    from eyechart.marking.unseen import Sides, judged

    rng = np.random.default_rng(0)
    facts = torch.tensor([[float(label >> bit & 1) or -1.0 for bit in range(4)] for label in range(16)])
    labels = np.repeat(np.arange(16), 8)
    turn = torch.from_numpy(rng.standard_normal((4, 12)).astype(np.float32))
    noise = torch.from_numpy(rng.standard_normal((128, 12)).astype(np.float32))
    pictures = Examples(
        items=tuple(toy(128, 16).items), labels=labels, features=facts[torch.from_numpy(labels)] @ turn + 0.1 * noise
    )
    order = rng.permutation(16)
    parted = Sides(asked=np.ones(16, bool), seen=np.isin(np.arange(16), order[:12]))
    tried = Bilinear(known=facts).fit(pictures.take(parted.seen[labels]), parted)(pictures.features, parted)
    best = max(float(judged(scores, labels, parted).right[~parted.seen[labels]].mean()) for scores in tried)
    assert best == 1
