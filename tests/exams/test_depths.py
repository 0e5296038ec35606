"""Networks whose blocks keep a planted part of the picture, and those that keep nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from eyechart.bench import Bench
from eyechart.core import Dataset, Item, ModelCard, Preprocessing, Result, Statistics
from eyechart.errors import BadInput, Refused
from eyechart.exams.depths import Depths
from eyechart.marking.depths import centre, onward
from eyechart.run import objection
from eyechart.testing import Constant, permuted
from eyechart.testing.conformance import _record
from eyechart.testing.twins import direction

SIDE = 64
CLASSES = ("north-west", "north-east", "south-west", "south-east")
FAST = Statistics(resamples=50)
STRICT = Statistics(level=0.999, resamples=200)


@dataclass(frozen=True)
class Weave:
    """Stripes of two directions and widths (the detail), one brighter quarter (the form): both tell the class."""

    label: int
    shade: int

    def digest(self) -> str:
        return blake2b(repr(self).encode(), digest_size=16).hexdigest()

    def load(self) -> Image.Image:
        ys, xs = np.mgrid[:SIDE, :SIDE]
        down, right = divmod(self.label, 2)
        stripes = ((ys if down else xs) // (1 + right) % 2) * 60
        bright = ((ys >= SIDE // 2) == down) & ((xs >= SIDE // 2) == right)
        return Image.fromarray(np.repeat((30 + stripes + bright * 90 + self.shade)[..., None], 3, 2).astype(np.uint8))


def weaves(count: int = 48) -> Dataset:
    def split(name: str, start: int) -> Dataset:
        items = [Item(id=f"{name}-{n}", picture=Weave(n % 4, start + n // 4), label=n % 4) for n in range(count)]
        return Dataset(name="weaves", split=name, revision="1", items=items, classes=CLASSES)

    return replace(split("test", 0), train=split("train", count // 4))


class Block(nn.Module):
    """Gives one kind of feature, the same at every place."""

    def __init__(self, cue: str) -> None:
        super().__init__()
        self.cue = cue
        self.gain = nn.Parameter(torch.ones(()), requires_grad=False)

    def forward(self, pixels: Tensor) -> Tensor:
        grey = pixels.mean(1)
        if self.cue == "detail":
            found = torch.stack([grey.diff(dim=axis).abs().mean((1, 2)) for axis in (1, 2)], 1).round(decimals=3)
        elif self.cue == "form":
            found = grey.unflatten(1, (2, -1)).unflatten(3, (2, -1)).mean((2, 4)).flatten(1).round(decimals=3)
            found = found - found.mean(1, keepdim=True)
        elif self.cue == "random":
            found = torch.stack([direction(image.numpy().tobytes(), 8) for image in pixels])
        else:
            found = torch.full((len(pixels), 3), torch.nan if self.cue == "nan" else 1.0)
        return self.gain * found[:, None].expand(-1, 5, -1)


class Planted:
    """A model around blocks that all look at the pixels themselves."""

    device = "cpu"
    card = ModelCard(
        name="planted", digest="", params=0, flops=None, width=2,
        preprocessing=Preprocessing(size=(SIDE, SIDE), resize="squash"),
    )  # fmt: skip

    def __init__(self, *cues: str) -> None:
        self.network: nn.Module | None = nn.ModuleDict({"blocks": nn.ModuleList(Block(cue) for cue in cues)})

    def preprocess(self, image: Image.Image) -> Tensor:
        return torch.tensor(np.asarray(image.convert("RGB"), dtype=np.float32) / 255).permute(2, 0, 1)

    def encode_image(self, pixels: Tensor) -> Tensor:
        assert self.network is not None
        return [block(pixels) for block in self.network.get_submodule("blocks")][-1].mean(1)


def graded(
    model: Planted, data: Dataset | None = None, how: Statistics = FAST
) -> dict[str, tuple[float, float, float]]:
    data = data or weaves()
    found = Depths().grade(Depths().measure(model, data, Bench()), how)
    return {name: (one.low, one.value, one.high) for name, one in found.items()}


@pytest.mark.parametrize(
    ("cues", "turn", "deeper"),
    [(("detail", "form"), 0.9, 1.0), (("form", "detail"), 0.1, -1.0), (("detail", "form", "detail"), 0.5, 0.0)],
)
def test_where_detail_and_form_are_planted_they_are_found(cues: Sequence[str], turn: float, deeper: float) -> None:
    found = graded(Planted(*cues))
    assert all(found[f"clean_{number}"][1] == 1 for number, _ in enumerate(cues, 1))
    assert found["detail_to_form"][1] == pytest.approx(turn, abs=0.04)
    assert found["form_deeper"][1] == pytest.approx(deeper, abs=0.1)
    for number, cue in enumerate(cues, 1):
        kept, lost = ("detail", "form") if cue == "detail" else ("form", "detail")
        assert found[f"{kept}_{number}"][1] == 1
        assert found[f"{lost}_{number}"][1] < 0.5


@pytest.mark.parametrize("cue", ["constant", "random"])
def test_who_sees_nothing_turns_nowhere(cue: str) -> None:
    found = graded(Planted(cue, cue, cue), how=STRICT)
    low, _, high = found["detail_to_form"]
    assert low <= 0.5 <= high
    assert all(low <= 0.25 <= high for name, (low, _, high) in found.items() if name[-1].isdigit())
    assert "form_deeper" not in found  # nothing is told that could lie anywhere
    assert "retained_form" not in found


def test_labels_that_were_dealt_out_anew_are_told_at_no_depth() -> None:
    low, _, high = graded(Planted("detail", "form"), permuted(weaves(96)), STRICT)["detail_to_form"]
    assert low <= 0.5 <= high


def test_the_headline_is_the_mean_score_and_the_sheet_names_its_items() -> None:
    data, exam = weaves(), Depths(images=20, pictures=40)
    sheet = exam.measure(Planted("detail", "form"), data, Bench())
    assert len(sheet) == 20
    assert set(sheet["id"]) <= {item.id for item in data.items}
    assert float(sheet["score"].mean()) == pytest.approx(exam.grade(sheet, FAST)["detail_to_form"].value, abs=1e-6)
    assert sheet["score"].min() >= 0
    assert sheet["score"].max() <= 1
    assert sheet.facts["learnt_from"] == 40
    assert sheet.facts["depths"] == [0, 1]


def test_the_order_of_the_items_and_the_batch_change_nothing() -> None:
    data, exam, model = weaves(), Depths(images=24), Planted("detail", "form")
    assert data.train is not None
    back = replace(data, items=data.items[::-1], train=data.train.keep(data.train.items[::-1]))
    first, *others = [
        exam.grade(exam.measure(model, shown, bench), FAST)
        for shown, bench in ((data, Bench()), (back, Bench()), (data, Bench(batch=5)))
    ]
    for other in others:
        assert {name: one.value for name, one in other.items()} == pytest.approx(
            {name: one.value for name, one in first.items()}
        )


def test_what_has_no_depth_is_refused_in_one_sentence() -> None:
    data, exam = weaves(8), Depths()
    with pytest.raises(Refused, match="1 block"):
        exam.measure(Planted("form"), data, Bench())
    with pytest.raises(Refused, match="NaN"):
        exam.measure(Planted("form", "nan"), data, Bench())
    absent = Planted("form", "form")
    absent.network = None
    with pytest.raises(Refused, match="another library than torch"):
        exam.measure(absent, data, Bench())
    assert "Trainable" in str(objection(exam, Constant(), data))


def test_data_and_settings_that_do_not_do_are_refused() -> None:
    data, model = weaves(8), Planted("detail", "form")
    with pytest.raises(Refused, match="train"):
        Depths().measure(model, replace(data, train=None), Bench())
    with pytest.raises(Refused, match="label"):
        Depths().measure(model, data.keep([replace(one, label=None) for one in data.items]), Bench())
    with pytest.raises(BadInput, match="two depths"):
        Depths(depths=1).measure(model, data, Bench())


def test_curves_are_drawn_and_pictures_hung() -> None:
    data, exam, model = weaves(), Depths(), Planted("detail", "form")
    sheet = exam.measure(model, data, Bench())
    record = _record(exam, model.card, data, sheet, exam.grade(sheet, FAST))
    assert len(exam.figure([Result(record, sheet)]).to_dict()["vconcat"]) == 3  # nothing attends
    (shown,) = exam.exhibits(sheet, model, data, Bench())
    assert [caption for _, caption in shown.pictures[:3]] == [
        "as it is: told at 1, 2 of 2 blocks",
        "detail alone: told at 1 of 2 blocks",
        "form alone: told at 2 of 2 blocks",
    ]


def test_halves_and_centres_by_hand() -> None:
    hits = np.array([[1.0, 0.0, 1.0], [1.0, 1.0, 0.0]])
    assert onward(hits).tolist() == [0, -1]
    assert centre(hits, (0.0, 0.5, 1.0), 0.25)(np.ones(2)) == pytest.approx((0.25 * 0.5 + 0.25) / 1.25)
    assert centre(hits, (0.0, 0.5, 1.0), 0.25)(np.array([2.0, 0.0])) == pytest.approx(0.5)
    assert centre(hits, (0.0, 0.5, 1.0), 1.0)(np.ones(2)) == 0.5  # nothing is told
