"""One picture before small models whose answers are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from eyechart.core import Statistics
from eyechart.data import load
from eyechart.data.pictures import Pixels
from eyechart.errors import BadInput, EyechartError, Refused
from eyechart.run import Desk, Plan, examine
from eyechart.settings import exams
from eyechart.store.shelf import Shelf
from eyechart.view.asking import Lectern, in_words, typed
from eyechart.view.examples import examples, labels

LABELS = ["green", "blue", "red"]


def lectern(scene, *given: str) -> Lectern:
    return Lectern(Shelf(scene.shelf), str(scene.pictures), [scene.model(name) for name in given])


def coloured(band: int) -> Pixels:
    array = np.full((20, 20, 3), 60, dtype=np.uint8)
    array[..., band] = 200
    return Pixels(array)


@pytest.mark.parametrize(("band", "name"), [(0, "red"), (1, "green"), (2, "blue")])
def test_the_label_that_fits_stands_first_and_shares_sum_to_one(scene, band: int, name: str) -> None:
    found = lectern(scene, "Keen").name(scene.model("Keen"), coloured(band), LABELS, "something {}")
    assert found.labels[0].text == name
    assert [label.cosine for label in found.labels] == sorted((label.cosine for label in found.labels), reverse=True)
    assert sum(label.share for label in found.labels) == pytest.approx(1)
    assert in_words(found).startswith(f"{name} (")


def test_shares_follow_the_models_own_temperature(scene) -> None:
    labels = lectern(scene, "Keen").name(scene.model("Keen"), coloured(0), LABELS, "{}").labels
    powers = np.exp(10 * np.array([label.cosine for label in labels]))
    assert [label.share for label in labels] == pytest.approx(powers / powers.sum(), abs=1e-5)


def test_a_sentence_that_fits_lies_above_unmatched_pairs_and_one_that_does_not_below_matched_ones(scene) -> None:
    desk, model = lectern(scene, "Keen"), scene.model("Keen")
    right, _ = desk.place(model, coloured(0), "a red thing")
    wrong, among = desk.place(model, coloured(0), "a blue thing")
    assert right.unmatched.value > 0.9
    assert wrong.matched.value < 0.1
    assert wrong.score < right.score
    assert right.data == f"folder:{scene.pictures}/all"
    assert among.matched.shape == (len(desk.data),)


def test_the_sheet_on_the_shelf_is_used_where_weights_and_pictures_are_the_same(scene, tmp_path: Path) -> None:
    model, data, shelf = scene.model("Firm"), str(scene.pictures), Shelf(tmp_path)
    few = Statistics(resamples=50)
    plan = Plan(models=(model,), data=(data,), exams=exams(("scores",), ("scores.unrelated=1",)), statistics=few)
    (record,) = examine(plan, Desk(shelf=shelf))
    _, among = Lectern(shelf, data, [model]).place(model, coloured(0), "a red thing")
    sheet = shelf.sheet(record.sheet)
    assert np.array_equal(among.matched, sheet["matched"])
    assert np.array_equal(among.unmatched, sheet["unmatched"])
    assert among.unmatched.shape[1] == 1


def test_nothing_that_was_asked_stays_on_the_shelf(scene) -> None:
    before = sorted(scene.shelf.rglob("*"))
    lectern(scene, "Keen").place(scene.model("Keen"), coloured(0), "a red thing")
    assert sorted(scene.shelf.rglob("*")) == before


@pytest.mark.parametrize(
    ("model", "said"),
    [("Mute", "has no language"), ("Nobody", "Nobody"), ("Dim", "code, which only whoever starts the page may open")],
)
def test_a_model_that_cannot_be_asked_is_refused_in_one_sentence(scene, model: str, said: str) -> None:
    desk = lectern(scene, "Keen", "Mute", "Nobody")
    with pytest.raises(EyechartError, match=said) as caught:
        desk.name(scene.model(model), coloured(0), LABELS, "{}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("labels", "template", "said"), [(["red"], "{}", "two labels"), (LABELS, "a photo", "has no {}"), ([], "{}", "two")]
)
def test_a_question_that_is_none_is_refused(scene, labels: list[str], template: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        lectern(scene, "Keen").name(scene.model("Keen"), coloured(0), labels, template)


def test_a_dataset_without_pairs_is_refused(scene, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    Image.new("RGB", (8, 8)).save(tmp_path / "plain" / "a.png")
    desk = Lectern(Shelf(scene.shelf), str(tmp_path / "plain"), [scene.model("Keen")])
    with pytest.raises(Refused, match="scores asks for"):
        desk.place(scene.model("Keen"), coloured(0), "red")


def test_labels_are_typed_one_per_line() -> None:
    assert typed("a cat\n\n  a dog \na cat\n") == ["a cat", "a dog"]


def test_examples_are_pictures_of_distinct_classes_with_a_sentence_each() -> None:
    shown = examples(load("world?test=40&train=0"))
    assert len(shown) == len({example.label for example in shown}) == 8
    assert all(example.sentence and example.picture.load().size == (64, 64) for example in shown)
    assert labels(shown).splitlines() == [example.label for example in shown]


def test_pictures_that_cannot_be_read_are_no_examples(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        for number in range(4):
            (tmp_path / name / f"{number}.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    for number in range(4, 12):
        Image.new("RGB", (8, 8 + number)).save(tmp_path / "b" / f"{number}.png")
    (example,) = examples(load(str(tmp_path)))
    assert example.label == "b"
