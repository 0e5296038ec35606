"""A little world of coloured blocks: what lives on land, what lives at sea, and models whose answers are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import blake2b

import numpy as np
import pytest
import torch
from PIL import Image
from scipy.ndimage import label as components
from torch import Tensor

from eyechart.bench import Bench
from eyechart.core import Box, Dataset, Estimate, Item, ModelCard, Preprocessing, Region, Result, Sheet, Statistics
from eyechart.data.spoil.pasted import GREY
from eyechart.errors import BadInput, Refused
from eyechart.exams.elephant import Elephant
from eyechart.models.detector import Detections, surest
from eyechart.testing import Constant, NaN, Random, permuted
from eyechart.testing.conformance import _record
from eyechart.testing.twins import Embedder

GROUND = {"land": (0, 70, 0), "sea": (0, 0, 90)}
COLOURS = {
    "horse": (250, 0, 0), "cow": (250, 120, 0), "goat": (250, 250, 0),
    "shark": (0, 250, 250), "whale": (250, 0, 250), "squid": (250, 250, 250),
}  # fmt: skip
HOMES = {"horse": "land", "cow": "land", "goat": "land", "shark": "sea", "whale": "sea", "squid": "sea"}
SIDE, BLOCK = 64, 12
QUICK = Elephant(crossings=6, positions=3, scales=(0.22,))
WIDE = Statistics(level=0.999, resamples=300)


@dataclass(frozen=True)
class Blocks:
    """Two blocks on their ground, in two of four corners."""

    place: str
    names: tuple[str, str]
    corners: tuple[int, int]
    shade: int = 0  # of the ground, so that no two pictures are the same

    def boxes(self) -> list[Box]:
        spots = [(4 + 44 * (corner % 2), 4 + 44 * (corner // 2)) for corner in self.corners]
        return [Box(x, y, x + BLOCK, y + BLOCK) for x, y in spots]

    def digest(self) -> str:
        return blake2b(repr(self).encode(), digest_size=16).hexdigest()

    def load(self) -> Image.Image:
        image = Image.new("RGB", (SIDE, SIDE), (self.shade, *GROUND[self.place][1:]))
        for name, box in zip(self.names, self.boxes(), strict=True):
            image.paste(COLOURS[name], tuple(map(int, box)))
        return image

    def mask(self, number: int) -> np.ndarray:
        found = np.zeros((SIDE, SIDE), dtype=bool)
        left, top, right, bottom = map(int, self.boxes()[number])
        found[top:bottom, left:right] = True
        return found


def item(number: int, *, masked: bool = True) -> Item:
    place = ("land", "sea")[number % 2]
    folk = [name for name, home in HOMES.items() if home == place]
    first = number // 2 % 3
    corners = (number // 6) % 4, (number // 6 + 1 + number % 3) % 4
    picture = Blocks(place, (folk[first], folk[(first + 1) % 3]), corners, number // 24)
    regions = tuple(
        Region(label=name, box=box, mask=partial(picture.mask, at) if masked else None)
        for at, (name, box) in enumerate(zip(picture.names, picture.boxes(), strict=True))
    )
    return Item(id=f"blocks-{number:03d}", picture=picture, regions=regions, facts={"place": place})


def blocks(count: int = 72) -> Dataset:
    return Dataset(
        name="blocks", split="test", revision="1", items=[item(n) for n in range(count)], templates=("{}",),
        classes=tuple(COLOURS),
    )  # fmt: skip


DATA = blocks()


class Seer:
    """A detector that finds every block of a known colour, as sure as `trust` says, and calls it what `call` says."""

    vocabulary: tuple[str, ...] = tuple(COLOURS)
    device = "cpu"

    def __init__(self, trust: Callable[[str, str], float], call: Callable[[str, str, bool], str] | None = None) -> None:
        self.trust, self.call = trust, call or (lambda name, place, odd: name)

    @property
    def card(self) -> ModelCard:
        own = Preprocessing(size=(SIDE, SIDE), resize="squash")
        return ModelCard(name="seer", digest="", params=0, flops=None, width=6, preprocessing=own, taps=())

    def detect(self, images: Sequence[Image.Image], names: Sequence[str]) -> list[Detections]:
        return [surest(self._one(np.asarray(image).astype(int)), names) for image in images]

    def _one(self, pixels: np.ndarray) -> Detections:
        place = min(GROUND, key=lambda name: -(np.abs(pixels - GROUND[name]).max(-1) < 9).mean())
        found = [
            (name, number, parts == number)
            for name, colour in COLOURS.items()
            for like in (np.abs(pixels - colour).max(-1) < 60,)
            if like.any()
            for parts, count in (components(like),)
            for number in range(1, count + 1)
            if (parts == number).sum() > 30
        ]
        odd = any(HOMES[name] != place for name, *_ in found)
        boxes = [(ys.min(), xs.min(), ys.max() + 1, xs.max() + 1) for *_, part in found for ys, xs in (np.where(part),)]
        return Detections(
            boxes=np.array(
                [(left, top, right, bottom) for top, left, bottom, right in boxes], dtype=np.float32
            ).reshape(-1, 4),
            scores=np.array([self.trust(name, place) for name, *_ in found], dtype=np.float32),
            labels=tuple(self.call(name, place, odd) for name, *_ in found),
        )


def local(name: str, place: str) -> float:
    return 0.9


def context(name: str, place: str) -> float:
    return 0.9 if HOMES[name] == place else 0.4


def taken(exam: Elephant, model: object, data: Dataset = DATA) -> tuple[Sheet, dict[str, Estimate]]:
    sheet = exam.measure(model, data, Bench())  # type: ignore[arg-type]
    return sheet, exam.grade(sheet, WIDE)


def test_who_looks_only_at_the_thing_notices_nothing_and_is_not_disturbed() -> None:
    sheet, found = taken(QUICK, Seer(local))
    assert found["notices"].value == 0.5
    assert (found["found_home"].value, found["found_away"].value) == (1, 1)
    assert found["iou"].value > 0.85
    assert found["others_away"].value == found["others_home"].value == found["others_disc"].value == 0
    assert found["excess"].value == found["fall"].value == 0
    assert found["reads"].value == 1
    assert sheet["stood"].sum() > 100


def test_who_knows_what_belongs_is_surer_at_home() -> None:
    _, found = taken(QUICK, Seer(context))
    assert found["notices"].value == 1
    assert found["fall"].value == pytest.approx(0.5)
    assert found["others_away"].value == 0  # the residents are at home


def test_who_prefers_the_odd_notices_the_wrong_way() -> None:
    assert taken(QUICK, Seer(lambda name, place: 1.3 - context(name, place)))[1]["notices"].value == 0


def test_neither_an_easy_thing_nor_an_easy_scene_counts_as_noticing() -> None:
    by_thing = Seer(lambda name, place: 0.4 + 0.1 * list(COLOURS).index(name))
    by_scene = Seer(lambda name, place: 0.9 if place == "sea" else 0.4)
    for model in (by_thing, by_scene):
        assert taken(QUICK, model)[1]["notices"].value == 0.5


def test_who_is_upset_by_the_odd_renames_the_others_and_only_then() -> None:
    upset = Seer(local, lambda name, place, odd: "horse" if odd else name)
    _, found = taken(QUICK, upset)
    assert found["others_home"].value == found["others_disc"].value == 0
    assert found["others_away"].value > 0.6  # a horse stays a horse
    assert found["excess"].value == pytest.approx(found["others_away"].value)
    assert found["lost_away"].value == found["others_away"].value
    assert found["fall_others"].value > 0.5


def test_who_is_upset_by_any_change_does_not_blame_the_absurd() -> None:
    """Whatever covers the middle of the picture makes everything vanish."""

    class Shy(Seer):
        def _one(self, pixels: np.ndarray) -> Detections:
            found = super()._one(pixels)
            plain = any((np.abs(pixels - ground).max(-1) < 9).mean() > 0.9 for ground in GROUND.values())
            return found if plain else found._replace(scores=found.scores * 0.1)

    _, found = taken(replace(QUICK, scales=(0.3,)), Shy(local))
    assert found["others_home"].value == found["others_away"].value == found["others_disc"].value == 1
    assert found["excess"].value == 0


def test_the_blind_get_one_half() -> None:
    class Blind(Seer):
        def _one(self, pixels: np.ndarray) -> Detections:
            return Detections(np.array([[20, 20, 40, 40]], dtype=np.float32), np.ones(1, dtype=np.float32), ("cow",))

    _, found = taken(QUICK, Blind(local))
    assert found["notices"].value == 0.5
    assert found["found_away"].value < 0.2
    assert "others_away" not in found  # nobody was ever read


def test_labels_dealt_out_anew_leave_one_half() -> None:
    found = taken(QUICK, Seer(context), permuted(DATA))[1]["notices"]
    assert found.low <= 0.5 <= found.high


@pytest.mark.parametrize("look", ["names", "drift"])
def test_dead_models_get_one_half_or_are_refused(look: str) -> None:
    exam = replace(QUICK, look=look)
    constant, random = taken(exam, Constant())[1], taken(exam, Random())[1]
    assert constant["notices"].value == 0.5
    assert random["notices"].low <= 0.5 <= random["notices"].high
    if look == "names":
        assert constant["others_away"].value == constant["excess"].value == 0
    else:
        assert constant["drift_away"].value == pytest.approx(0, abs=1e-6)
    with pytest.raises(Refused, match="NaN"):
        exam.measure(NaN(), DATA, Bench())


class Cells(Embedder):
    """Sees the mean colour of each cell of a grid and knows the colour of every name; blind to all else."""

    width = 3
    seen = (SIDE, SIDE)

    @property
    def card(self) -> ModelCard:
        return replace(super().card, preprocessing=Preprocessing(size=self.seen, resize="squash"))

    def preprocess(self, image: Image.Image) -> Tensor:
        return torch.from_numpy(np.asarray(image.convert("RGB"), dtype=np.float32) / 255).permute(2, 0, 1)

    def see(self, pixels: Tensor) -> Tensor:
        return torch.nn.functional.avg_pool2d(pixels, 4).flatten(2).transpose(1, 2) - 0.45

    def align(self, patches: Tensor) -> Tensor:
        return patches

    def read(self, texts: Sequence[str]) -> Tensor:
        return torch.tensor([COLOURS[text] for text in texts]) / 255 - 0.45


class Mixed(Cells):
    """The same, but every cell also shows the brightest of all."""

    def align(self, patches: Tensor) -> Tensor:
        return patches + patches.amax(1, keepdim=True)


def test_patches_that_see_only_themselves_know_of_no_intruder() -> None:
    sheet, found = taken(QUICK, Cells())
    assert sheet.facts["look"] == "patches"
    assert found["reads"].value == 1
    assert found["found_away"].value == found["found_home"].value == 1
    assert found["others_away"].value == found["others_home"].value == found["others_disc"].value == 0
    assert abs(found["fall_others"].value) < 1e-6


def test_patches_that_see_everything_are_disturbed() -> None:
    assert taken(QUICK, Mixed())[1]["others_away"].value > 0.1


def test_the_model_s_own_geometry_carries_the_masks_along() -> None:
    class Cropped(Cells):
        seen = (32, 60)

        def preprocess(self, image: Image.Image) -> Tensor:
            return super().preprocess(image.crop((0, 0, 60, 32)))

    sheet, found = taken(QUICK, Cropped())
    assert found["reads"].value == 1  # what the crop leaves out is not read at all
    assert sheet["stood"].sum() < taken(QUICK, Cells())[0]["stood"].sum()


def test_names_of_what_is_there_do_not_compete() -> None:
    _, found = taken(replace(QUICK, look="names"), Constant())
    assert found["reads"].value == 0  # all names tie, and the first of the absent wins


def test_the_order_of_the_items_and_the_batch_change_nothing() -> None:
    exam = replace(QUICK, look="drift")
    sheet = exam.measure(Random(), DATA, Bench(batch=32))
    other = exam.measure(Random(), DATA.keep(DATA.items[::-1]), Bench(batch=7))
    assert exam.grade(sheet, WIDE)["notices"] == exam.grade(other, WIDE)["notices"]
    assert sheet["source"].tolist() == other["source"].tolist()


def test_no_picture_takes_part_twice_and_the_sheet_names_them() -> None:
    sheet, _ = taken(QUICK, Seer(local))
    known = {one.id: one.cluster for one in DATA.items}
    rows = {
        (row[0], row[1], *row[2]) for row in zip(sheet["id"], sheet["other"], sheet["source"].tolist(), strict=True)
    }
    used = [name for row in rows for name in row]
    assert len(used) == len(set(used)) == 4 * sheet.facts["crossings"]
    assert all(known[one] == group for one, group in zip(sheet["id"], sheet["group"], strict=True))
    assert sheet["score"].mean() == pytest.approx(taken(QUICK, Seer(local))[1]["notices"].value)


def test_pictures_of_one_group_are_used_once() -> None:
    grouped = DATA.keep([replace(one, group=f"film {number // 2}") for number, one in enumerate(DATA.items)])
    sheet, _ = taken(QUICK, Seer(local), grouped)
    rows = {
        (row[0], row[1], *row[2]) for row in zip(sheet["id"], sheet["other"], sheet["source"].tolist(), strict=True)
    }
    films = [int(name[-3:]) // 2 for row in rows for name in row]
    assert len(films) == len(set(films))


def test_there_is_something_to_see() -> None:
    for model in (
        Seer(lambda name, place: context(name, place) / 1.01, lambda n, p, odd: "cow" if odd else n),
        Random(),
    ):
        exam = QUICK if isinstance(model, Seer) else replace(QUICK, look="drift")
        sheet, estimates = taken(exam, model)
        shown = exam.exhibits(sheet, model, DATA, Bench())  # type: ignore[arg-type]
        assert len(shown) >= 3
        for one in shown:
            assert 0 < len(one.pictures) <= 12
            assert len({picture.digest() for picture, _ in one.pictures}) == len(one.pictures)
            assert all(picture.load().mode == "RGB" and caption for picture, caption in one.pictures)
        record = _record(exam, model.card, DATA, sheet, estimates)
        assert exam.figure([Result(record, sheet)]).to_dict()


def test_a_detector_without_the_names_is_refused_and_the_others_can_be_left_out() -> None:
    few = Seer(local)
    few.vocabulary = ("Horse", "cow", "shark", "whale")
    with pytest.raises(Refused, match=r"goat, squid.*elephant\.labels"):
        QUICK.measure(few, DATA, Bench())
    fewer = replace(QUICK, labels=("horse", "cow", "shark", "whale"))
    assert set(fewer.measure(few, DATA, Bench())["thing"].ravel()) <= set(fewer.labels)


def test_a_way_that_the_model_lacks_is_refused_and_one_that_nobody_has_is_bad_input() -> None:
    with pytest.raises(Refused, match="by drift; it can by detections"):
        replace(QUICK, look="drift").measure(Seer(local), DATA, Bench())
    with pytest.raises(BadInput, match="best or one of"):
        replace(QUICK, look="feeling").measure(Seer(local), DATA, Bench())


@pytest.mark.parametrize("wrong", [{"positions": 0}, {"scales": ()}, {"scales": (1.5,)}])
def test_places_and_sizes_that_are_none_are_bad_input(wrong: dict[str, object]) -> None:
    with pytest.raises(BadInput, match="position"):
        replace(QUICK, **wrong).measure(Seer(local), DATA, Bench())  # type: ignore[arg-type]


def test_data_that_cannot_be_crossed_are_refused() -> None:
    land = DATA.keep([one for one in DATA.items if one.facts["place"] == "land"])
    with pytest.raises(Refused, match="0 times among 36 pictures and 3 kinds"):
        QUICK.measure(Seer(local), land, Bench())
    with pytest.raises(Refused, match="two kinds"):
        replace(QUICK, labels=("horse",)).measure(Seer(local), DATA, Bench())
    bare = DATA.keep([item(number, masked=False) for number in range(36)])
    with pytest.raises(Refused, match="has 0"):
        QUICK.measure(Seer(local), bare, Bench())


def test_without_places_company_tells_what_belongs() -> None:
    silent = DATA.keep([replace(one, facts={}) for one in DATA.items])
    sheet, found = taken(QUICK, Seer(context), silent)
    assert sheet.facts["told_by"] == "company"
    assert found["notices"].value == 1


def test_a_disc_is_no_thing() -> None:
    assert all(max(abs(GREY - band) for band in colour) > 60 for colour in COLOURS.values())
