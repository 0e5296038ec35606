"""What is left under corruption: models whose answer is known, and the published layout."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from eyechart.bench import Bench
from eyechart.core import Dataset, Item, Statistics
from eyechart.data import load
from eyechart.data.pictures import Pixels
from eyechart.data.spoil.corrupted import CORRUPTIONS, SEVERITIES
from eyechart.errors import BadInput, Refused
from eyechart.exams.corruption import Corruption
from eyechart.testing import Blind, Constant, NaN, Oracle, Random

FAST = Statistics(resamples=50)
WIDE = Statistics(level=0.999, resamples=200)
COLOURS = ("red", "green", "blue")  # as the judge knows them


def squares(count: int = 6) -> Dataset:
    """Pictures of one strong colour each."""
    items = []
    for number in range(count):
        pixels = np.full((32, 32, 3), 40 + number, dtype=np.uint8)
        pixels[..., number % 3] = 220
        items.append(Item(id=f"{number}", picture=Pixels(pixels), label=number % 3))
    return Dataset(name="squares", split="test", revision="1", items=items, classes=COLOURS)


def published(folder: Path, count: int = 4, **changed: object) -> Path:
    """CIFAR-10-C's files: every corruption uint8[5 n, 32, 32, 3], and labels; some may be given."""
    folder.mkdir(exist_ok=True)
    rng = np.random.default_rng(0)
    for name in CORRUPTIONS:
        made = rng.integers(0, 256, (len(SEVERITIES) * count, 32, 32, 3), dtype=np.uint8)
        np.save(folder / f"{name}.npy", changed.get(name, made))
    labels = np.tile(np.arange(count) % 10, len(SEVERITIES)).astype(np.uint8)
    np.save(folder / "labels.npy", changed.get("labels", labels))
    return folder


def test_what_survives_is_counted_per_corruption_and_severity(bench: Bench, judge: object) -> None:
    exam = Corruption()
    sheet = exam.measure(judge, squares(), bench)  # type: ignore[arg-type]
    found = exam.grade(sheet, FAST)
    assert found["clean"].value == 1
    assert sheet["by_version"].shape == (6, 75)
    assert found["pixelate"].value == found["jpeg_compression"].value == 1  # an even colour has no pixels to lose
    assert found["mean"].value == pytest.approx(sheet["by_version"].mean())
    assert found["mean"].value == pytest.approx(np.mean([found[name].value for name in CORRUPTIONS]))
    assert found["mean"].value == pytest.approx(np.mean([found[f"severity_{one}"].value for one in SEVERITIES]))
    assert found["mean"].units == 6  # pictures, not versions
    assert 0 < found["retained"].value <= 1


@pytest.mark.parametrize("dead", [Constant(), Random(), Blind(squares())])
def test_who_sees_nothing_scores_chance(bench: Bench, dead: Oracle) -> None:
    found = Corruption().grade(Corruption(images=9).measure(dead, squares(9), bench), WIDE)
    assert found["mean"].low <= 1 / 3 <= found["mean"].high
    assert found["mean"].chance == pytest.approx(1 / 3)
    assert "retained" not in found


def test_nan_and_no_labels_and_no_picture_are_refused(bench: Bench) -> None:
    with pytest.raises(Refused, match="NaN"):
        Corruption().measure(NaN(), squares(), bench)
    data = squares()
    with pytest.raises(Refused, match="label"):
        Corruption().measure(Constant(), data.keep([replace(one, label=None) for one in data.items]), bench)
    with pytest.raises(BadInput, match="images = 0"):
        Corruption(images=0).measure(Constant(), data, bench)


def test_the_order_of_the_items_and_the_batch_change_nothing(judge: object) -> None:
    data, exam = squares(9), Corruption(images=3)
    first = exam.grade(exam.measure(judge, data, Bench()), FAST)  # type: ignore[arg-type]
    other = exam.grade(exam.measure(judge, data.keep(data.items[::-1]), Bench(batch=7)), FAST)  # type: ignore[arg-type]
    assert {name: one.value for name, one in first.items()} == {name: one.value for name, one in other.items()}


def test_there_is_every_corruption_to_see(bench: Bench, judge: object) -> None:
    data, exam = squares(), Corruption()
    every, worst = exam.exhibits(exam.measure(judge, data, bench), judge, data, bench)  # type: ignore[arg-type]
    assert len(every.pictures) == 1 + len(CORRUPTIONS)
    assert len(worst.pictures) == 3 * len(SEVERITIES)
    assert every.pictures[0].caption.startswith("as it is")


# CIFAR-10-C


def test_the_published_files_are_taken_as_they_are(tmp_path: Path, bench: Bench) -> None:
    data = load(f"cifar10-c:{published(tmp_path)}?images=3")
    assert len(data) == 3 * 75
    assert len({item.cluster for item in data.items}) == 3
    files = {name: np.load(tmp_path / f"{name}.npy") for name in CORRUPTIONS}
    for item in (data.items[0], data.items[37], data.items[224]):
        row, severity = int(item.group), int(item.facts["severity"])
        expected = files[str(item.facts["corruption"])][(severity - 1) * 4 + row]
        assert np.array_equal(np.asarray(item.picture.load()), expected)
        assert item.label == row % 10
    sheet = Corruption().measure(Random(), data, bench)
    assert len(sheet) == 3
    found = Corruption().grade(sheet, FAST)
    assert "clean" not in found
    assert found["mean"].units == 3
    assert found["mean"].chance == pytest.approx(0.1)
    assert len(Corruption().exhibits(sheet, Random(), data, bench)) == 2


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"fog": np.zeros((7, 32, 32, 3), dtype=np.uint8)}, r"fog\.npy is uint8\[7, 32, 32, 3\]; expected"),
        ({"snow": np.zeros((20, 32, 32, 3), dtype=np.float32)}, r"snow\.npy is float32"),
        ({"labels": np.full(20, 10, dtype=np.uint8)}, "reach to 10 but there are 10 names"),
    ],
)
def test_files_of_another_shape_are_bad_input(tmp_path: Path, changed: dict[str, object], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        load(f"cifar10-c:{published(tmp_path, **changed)}")


def test_a_missing_file_and_no_number_of_images_are_bad_input(tmp_path: Path) -> None:
    root = published(tmp_path)
    with pytest.raises(BadInput, match="'images' of cifar10-c"):
        load(f"cifar10-c:{root}?images=few")
    (root / "frost.npy").unlink()
    with pytest.raises(BadInput, match=r"frost\.npy cannot be read"):
        load(f"cifar10-c:{root}")


def test_a_set_without_some_version_is_refused(tmp_path: Path, bench: Bench) -> None:
    data = load(f"cifar10-c:{published(tmp_path)}?images=1")
    with pytest.raises(Refused, match="in all 75"):
        Corruption().measure(Random(), data.keep(data.items[1:]), bench)
