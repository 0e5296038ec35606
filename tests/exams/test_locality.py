"""Models that live on detail alone or on form alone, and pictures of which one of the two is left."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import blake2b

import numpy as np
import pytest
from PIL import Image
from torch import Tensor, tensor, zeros

from eyechart.bench import Bench
from eyechart.core import Box, Dataset, Item, ModelCard, Preprocessing, Region, Statistics
from eyechart.errors import Refused
from eyechart.exams.locality import Locality
from eyechart.testing import Blind, Constant, NaN, Random
from eyechart.transfer.pieces import VERSIONS, masked, versions_of

SIDE = 64
CLASSES = ("left", "right")
FAST = Statistics(resamples=50)


@dataclass(frozen=True)
class Weave:
    """Stripes of one of two directions (the detail), brighter on one of two sides (the form)."""

    stripes: int
    bright: int
    shade: int

    def digest(self) -> str:
        return blake2b(repr(self).encode(), digest_size=16).hexdigest()

    def load(self) -> Image.Image:
        ys, xs = np.mgrid[:SIDE, :SIDE]
        stripes = ((ys if self.stripes else xs) // 2 % 2) * 60
        bright = (xs >= SIDE // 2 if self.bright else xs < SIDE // 2) * 90
        return Image.fromarray(np.repeat((40 + stripes + bright + self.shade)[..., None], 3, 2).astype(np.uint8))


def weaves(count: int = 24, *, alike: bool = True) -> Dataset:
    """Both cues tell the class."""
    items = [
        Item(id=f"{n}", picture=Weave(n % 2, n % 2 if alike else (n // 2) % 2, n // 4), label=n % 2)
        for n in range(count)
    ]
    return Dataset(name="weaves", split="test", revision="1", items=items, classes=CLASSES)


class Half:
    """A classifier that looks at one cue alone."""

    classes, device = CLASSES, "cpu"
    card = ModelCard(
        name="half", digest="", params=0, flops=None, width=2,
        preprocessing=Preprocessing(size=(SIDE, SIDE), resize="squash"),
    )  # fmt: skip

    def __init__(self, cue: str) -> None:
        self.cue = cue

    def preprocess(self, image: Image.Image) -> Tensor:
        pixels = tensor(np.asarray(image.convert("RGB"), dtype=np.float32) / 255)
        return pixels.permute(2, 0, 1)

    def classify(self, pixels: Tensor) -> Tensor:
        grey = pixels.mean(1)
        if self.cue == "form":
            lead = grey[:, :, SIDE // 2 :].mean((1, 2)) - grey[:, :, : SIDE // 2].mean((1, 2))
        else:
            down, across = (grey.diff(dim=axis).abs().mean((1, 2)) for axis in (1, 2))
            lead = (down - across) * 10
        logits = zeros(len(pixels), 2)
        logits[:, 1] = lead.round(decimals=3)
        return logits


@pytest.mark.parametrize(("cue", "end"), [("form", (0.0, 0.3)), ("detail", (0.7, 1.0))])
def test_who_lives_on_one_of_the_two_comes_to_its_end(cue: str, end: tuple[float, float]) -> None:
    found = Locality().grade(Locality().measure(Half(cue), weaves(), Bench()), FAST)
    assert found["clean"].value == 1
    low, high = end
    assert low <= found["detail_over_form"].value <= high
    kept, lost = ("low_4", "shuffle_4") if cue == "form" else ("shuffle_4", "low_4")
    assert found[f"retained_{kept}"].value > found[f"retained_{lost}"].low
    assert found[kept].value == 1
    assert found["shift_1"].value == 1


@pytest.mark.parametrize("dead", [Constant(), Random(), Blind(weaves())])
def test_who_sees_nothing_leans_nowhere(dead: object) -> None:
    found = Locality().grade(Locality().measure(dead, weaves(48), Bench()), Statistics(level=0.999, resamples=200))  # type: ignore[arg-type]
    head = found["detail_over_form"]
    assert head.low <= 0.5 <= head.high
    assert found["clean"].low <= 0.5 <= found["clean"].high
    assert "retained_shuffle_4" not in found  # nothing above chance, so nothing to be left


def test_nan_is_refused() -> None:
    with pytest.raises(Refused, match="NaN"):
        Locality().measure(NaN(), weaves(), Bench())


def test_the_order_of_the_items_and_the_batch_change_nothing() -> None:
    data, exam = weaves(), Locality(images=12)
    first = exam.grade(exam.measure(Half("form"), data, Bench()), FAST)
    other = exam.grade(exam.measure(Half("form"), data.keep(data.items[::-1]), Bench(batch=5)), FAST)
    assert {name: one.value for name, one in first.items()} == {name: one.value for name, one in other.items()}


def test_things_are_covered_where_they_have_a_mask_and_are_left_out_where_not() -> None:
    mask = np.zeros((SIDE, SIDE), dtype=bool)
    mask[20:40, 20:40] = True
    data = weaves(8)
    first = data.items[0]
    region = Region(label=CLASSES[0], box=Box(20, 20, 40, 40), mask=lambda: mask)
    data = data.keep([replace(first, regions=(region,)), *data.items[1:]])
    sheet = Locality().measure(Half("form"), data, Bench())
    assert sheet["masked"].tolist() == [one.id == first.id for one in data.items]
    assert Locality().grade(sheet, FAST)["cover_thing_25"].units == 1
    assert "cover_thing_25" not in Locality().grade(Locality().measure(Half("form"), weaves(8), Bench()), FAST)
    versions = dict(zip(VERSIONS, versions_of(data.items, CLASSES), strict=True))
    plain, covered = (np.asarray(versions[name][0].picture.load()) for name in ("clean", "cover_thing_75"))
    changed = (plain != covered).any(2)
    assert changed[mask].mean() > 0.5
    assert masked(data.items[1], CLASSES) is None


def test_one_class_and_no_labels_are_refused() -> None:
    data = weaves(8)
    with pytest.raises(Refused, match="two classes"):
        Locality().measure(Constant(), replace(data, classes=("one",)).keep(data.items[::2]), Bench())
    with pytest.raises(Refused, match="label"):
        Locality().measure(Constant(), data.keep([replace(one, label=None) for one in data.items]), Bench())


def test_there_is_one_picture_in_every_version_to_see() -> None:
    data, exam, model = weaves(8), Locality(), Half("form")
    (shown,) = exam.exhibits(exam.measure(model, data, Bench()), model, data, Bench())
    assert len(shown.pictures) == len(VERSIONS) - 3  # nothing to cover
    assert all(picture.load().size == (SIDE, SIDE) and "said" in caption for picture, caption in shown.pictures)
