from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from eyechart.bench import Bench
from eyechart.core import Box, Classifier, Dataset, Item, ModelCard, Preprocessing, Region, Statistics
from eyechart.data import load
from eyechart.data.pictures import Pixels
from eyechart.data.staged.cue_conflict import CONCEPTS, CUES, PAIRS, stage
from eyechart.data.staged.stage import Stage
from eyechart.errors import BadInput, Refused
from eyechart.exams.cue_conflict import CueConflict
from eyechart.gallery import Curator
from eyechart.marking.sixteen import LANDMARKS, SIXTEEN, is_imagenet, members, to_sixteen
from eyechart.testing import Blind, Constant, Oracle, Random, check_exam, toy
from eyechart.testing.datasets import COLOURS, Patch


def conflicting(rounds: int = 2, by: str = "shape") -> Dataset:
    """Patches that say they are of two classes; the oracle, who believes labels, goes by `by`."""
    items = []
    for number, (shape, texture) in enumerate([*permutations(COLOURS, 2)] * rounds):
        told = {"conflict": number, "shape": shape, "texture": texture}
        for cue, label in (("conflict", told[by]), ("silhouette", shape), ("patch", texture), ("intact", shape)):
            items.append(
                Item(
                    id=f"{number}/{cue}",
                    picture=Patch(hue=0.1, seed=len(items)),
                    label=COLOURS.index(label),
                    group=str(number),
                    facts={"cue": cue, **told},
                )
            )
    return replace(toy(2, 2), items=items, classes=COLOURS, train=None)


@pytest.mark.parametrize(("by", "bias"), [("shape", 1.0), ("texture", 0.0)])
def test_who_goes_by_one_cue_gets_its_end_of_the_scale(bench: Bench, by: str, bias: float) -> None:
    data = conflicting(by=by)
    sheet = CueConflict().measure(Oracle(data), data, bench)
    found = CueConflict().grade(sheet, Statistics(resamples=10))
    assert len(sheet) == 60
    assert found["shape_over_texture"].value == found["shape_bias"].value == bias
    assert found["where_both_are_read"].value == bias
    assert [found[name].value for name in ("coverage", "silhouette", "patch", "intact")] == [1, 1, 1, 1]


def test_answers_that_name_neither_leave_the_bias_and_show_in_the_coverage(bench: Bench) -> None:
    data = conflicting(rounds=1)
    items = [
        replace(
            item, label=COLOURS.index(next(c for c in COLOURS if c not in (item.facts["shape"], item.facts["texture"])))
        )
        if item.facts["cue"] == "conflict" and number % 8 == 0
        else item
        for number, item in enumerate(data.items)
    ]
    data = data.keep(items)
    found = CueConflict().grade(CueConflict().measure(Oracle(data), data, bench), Statistics(resamples=10))
    assert found["coverage"].value == 0.5
    assert found["shape_bias"].value == 1
    assert found["shape_bias"].units == 15
    assert 0.5 < found["shape_over_texture"].value < 1


@pytest.mark.parametrize("dead", [Constant(), Random(), Blind(conflicting(1))])
def test_who_sees_nothing_leans_nowhere(bench: Bench, dead: Oracle) -> None:
    found = CueConflict().grade(CueConflict().measure(dead, conflicting(4), bench), Statistics(level=0.999))
    for name in ("shape_over_texture", "shape_bias"):
        assert found[name].low <= 0.5 <= found[name].high
    assert found["coverage"].low <= found["coverage"].chance <= found["coverage"].high


def test_one_answer_for_all_leans_nowhere_to_the_last_digit(bench: Bench) -> None:
    data = stage(Stage(size=32, test=960, train=0))
    first = replace(data, items=data.items[:960:4])  # the conflicts alone
    found = CueConflict().grade(CueConflict().measure(Blind(toy(2, 2)), first, bench), Statistics(resamples=10))
    assert found["shape_over_texture"].value == pytest.approx(0.5)
    assert found["shape_bias"].value == pytest.approx(0.5)


def test_holds_to_the_rules_of_every_exam() -> None:
    check_exam(CueConflict(), conflicting(2))


# The world's own conflicts


def test_the_world_shows_every_shape_under_every_other_skin_once_a_round() -> None:
    data = stage(Stage(size=32, test=1, train=0))
    assert len(data) == len(PAIRS) * len(CUES) == 960
    seen = Counter(
        (item.facts["shape"], item.facts["texture"]) for item in data.items if item.facts["cue"] == "conflict"
    )
    assert set(seen.values()) == {1}
    assert len(seen) == 16 * 15
    assert len({item.picture.digest() for item in data.items}) == len({item.id for item in data.items}) == 960


def test_the_four_pictures_of_a_group_agree_outside_the_thing_and_in_its_outline() -> None:
    for group in (0, 57, 133):
        conflict, black, patch, intact = (
            np.asarray(item.picture.load(), dtype=int)
            for item in stage(Stage(train=0)).items[4 * group : 4 * group + 4]
        )
        outside = (conflict == intact).all(axis=2)
        inside = (black < 90).all(axis=2) & (black != intact).any(axis=2)
        assert outside.mean() > 0.3
        assert (conflict[inside] != intact[inside]).any(axis=1).mean() > 0.8
        covered = conflict[inside]
        same = (np.abs(covered - patch[inside]).sum(axis=1) < 30).mean()
        assert same > 0.5  # the skin lies on the thing where the patch has it; the rest is rim


def test_two_stages_give_the_same_bytes_and_another_seed_other_ones() -> None:
    one, same, other = (stage(Stage(seed=seed, train=0)).items[41].picture for seed in (0, 0, 1))
    assert one.load().tobytes() == same.load().tobytes()
    assert one.digest() == same.digest() != other.digest()
    assert one.load().tobytes() != other.load().tobytes()


def test_the_world_stages_it_with_something_to_learn_from_and_in_two_languages() -> None:
    data = load("world?train=32&size=32").staged["cue_conflict"]()
    assert data.train is not None
    assert Counter(item.label for item in data.train.items) == dict.fromkeys(range(16), 2)
    assert data.train.items[3].picture.load().size == (32, 32)
    chinese = stage(Stage(language="zh", train=0))
    assert len(set(chinese.classes)) == 16
    assert chinese.classes != CONCEPTS
    assert chinese.items[0].facts["shape"] in chinese.classes


# Conflicts made from masks


class Parts:
    """A classifier by hue that goes by the colour in the middle of the picture: by what an outline is filled with."""

    classes = ("red", "green", "blue")
    device = "cpu"
    card = ModelCard(
        name="parts",
        digest="",
        params=0,
        flops=None,
        width=3,
        preprocessing=Preprocessing(size=(1, 1), resize="squash"),
    )

    def preprocess(self, image: Image.Image) -> Tensor:
        red, green, blue = np.asarray(image.convert("RGB"))[image.height // 2, image.width // 2] / 255
        return torch.tensor([red, green, blue], dtype=torch.float32)[:, None, None]

    def classify(self, pixels: Tensor) -> Tensor:
        return 20 * pixels[:, :, 0, 0]


def masked(counts: Sequence[int], side: int = 32) -> Dataset:
    """So many pictures of red, green and blue squares with masks, of sizes of their own."""
    items = []
    for label, count in enumerate(counts):
        for number in range(count):
            mask = np.zeros((side, side), dtype=bool)
            mask[6 - number % 3 : 26, 4 : 28 - number % 5] = True
            pixels = np.full((side, side, 3), 90, dtype=np.uint8)
            pixels[mask] = np.eye(3, dtype=np.uint8)[label] * 200
            region = Region(label=Parts.classes[label], box=Box(4, 6, 28, 26), mask=lambda mask=mask: mask)
            items.append(Item(id=f"{label}-{number}", picture=Pixels(pixels), label=label, regions=(region,)))
    return Dataset(name="squares", split="test", revision="1", items=items, classes=Parts.classes)


def test_conflicts_are_made_from_masks_and_every_object_is_shape_and_texture_once(bench: Bench) -> None:
    sheet = CueConflict().measure(Parts(), masked((5, 4, 3)), bench)
    assert len(sheet) == 12
    assert Counter(sheet["outline"].tolist()) == Counter(sheet["skin"].tolist())
    assert (sheet["outline"] != sheet["skin"]).all()
    found = CueConflict().grade(sheet, Statistics(resamples=10))
    assert found["shape_over_texture"].value == 0  # who looks at the filling goes by texture
    assert found["patch"].value == found["intact"].value == 1


@pytest.mark.parametrize(("counts", "rows"), [((9, 2, 1), 6), ((2, 2, 1), 4), ((1, 1, 0), 2)])
def test_what_has_no_partner_of_another_class_is_left_out(bench: Bench, counts: tuple[int, ...], rows: int) -> None:
    assert len(CueConflict().measure(Parts(), masked(counts), bench)) == rows


def test_neither_facts_nor_masks_is_refused_and_so_is_one_class(bench: Bench) -> None:
    with pytest.raises(Refused, match="cue-conflict:FOLDER"):
        CueConflict().measure(Constant(), toy(6, 2), bench)
    with pytest.raises(Refused, match="has neither"):
        CueConflict().measure(Parts(), masked((5, 0, 0)), bench)


def test_a_classifier_without_the_classes_is_refused(bench: Bench, judge: Classifier) -> None:
    with pytest.raises(Refused, match="such as 'yellow'"):
        CueConflict().measure(judge, conflicting(1), bench)


def test_there_are_pictures_to_look_at(bench: Bench) -> None:
    data = masked((4, 4, 4))
    exam, model = CueConflict(), Parts()
    assert isinstance(exam, Curator)
    shown = exam.exhibits(exam.measure(model, data, bench), model, data, bench)
    assert [one.title for one in shown] == ["Named by its texture: 12 of 12", "Each cue by itself"]
    assert all(picture.load().size == (32, 32) for one in shown for picture, _ in one.pictures)


# The published set


def published(folder: Path, names: Sequence[str], flat: bool) -> Path:
    for name in names:
        path = folder / ("" if flat else name.split("-")[0].rstrip("0123456789")) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 8), (len(path.name), 0, 0)).save(path)
    return folder


@pytest.mark.parametrize("flat", [True, False])
def test_the_published_folder_is_read_and_its_eighty_agreements_left_out(
    tmp_path: Path, flat: bool, bench: Bench
) -> None:
    names = ["cat7-elephant1.png", "cat7-bottle2.png", "cat1-cat2.png", "truck10-dog3.png"]
    data = load(f"cue-conflict:{published(tmp_path, names, flat)}")
    assert data.classes == SIXTEEN
    assert [data.classes[item.label or 0] for item in data.items if "cat7" in item.id] == ["cat", "cat"]
    sheet = CueConflict().measure(Random(), data, bench)
    assert sorted(zip(sheet["outline"].tolist(), sheet["skin"].tolist(), strict=True)) == [
        ("cat", "bottle"),
        ("cat", "elephant"),
        ("truck", "dog"),
    ]
    assert len(set(sheet["group"].tolist())) == 2  # two pictures stem from one photograph of a cat


def test_a_file_that_names_no_two_cues_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="not named after its two cues"):
        load(f"cue-conflict:{published(tmp_path, ['holiday.png'], flat=True)}")
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadInput, match="holds no pictures"):
        load(f"cue-conflict:{tmp_path / 'empty'}")


class Thousand(Parts):
    """Knows ImageNet's thousand classes and always gives these logits."""

    def __init__(self, logits: Tensor) -> None:
        names = [f"class {place}" for place in range(1000)]
        for place, name in LANDMARKS.items():
            names[place] = f"{name}, or so"
        self.classes, self.fixed = tuple(names), logits  # type: ignore[assignment]

    def classify(self, pixels: Tensor) -> Tensor:
        return self.fixed.expand(len(pixels), -1)


def test_a_thousand_classes_answer_by_the_mean_probability_of_the_sixteen(tmp_path: Path, bench: Bench) -> None:
    # One cat of six at .4 is .067 in the mean; both elephants at .1 are .1: the sum would say cat, the mean elephant.
    shares = torch.full((1000,), 1e-6)
    shares[281], shares[385], shares[386] = 0.4, 0.1, 0.1
    data = load(f"cue-conflict:{published(tmp_path, ['cat7-elephant1.png'], flat=True)}")
    sheet = CueConflict().measure(Thousand(shares.log()), data, bench)
    assert (sheet["answer"][0], sheet["texture"][0], sheet["score"][0]) == ("elephant", 1, 0)


def test_the_members_of_the_sixteen_are_those_published() -> None:
    counts = {name: len(members(name)) for name in SIXTEEN}
    assert (counts["dog"], counts["bird"], counts["truck"], counts["airplane"]) == (109, 49, 8, 1)
    assert sum(counts.values()) == len({place for name in SIXTEEN for place in members(name)}) == 207
    assert to_sixteen(torch.zeros(2, 1000), SIXTEEN).allclose(torch.full((2, 16), 1e-3))
    assert not is_imagenet([str(place) for place in range(1000)])
