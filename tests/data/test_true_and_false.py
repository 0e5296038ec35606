"""Published sets of true and false captions: SugarCrepe, ARO and Winoground, in the layouts of their authors."""

import json

import pytest

from eyechart import data
from eyechart.core import Box
from eyechart.errors import BadInput, UnknownName, Unreadable
from eyechart.exams.wording import Wording
from eyechart.marking.wordings import KINDS, contests, quadruples


@pytest.fixture
def crepe(tmp_path, plant):
    """Two of SugarCrepe's files with two pictures; returns the folder."""
    plant("val2017/1.jpg.png", "val2017/2.png")
    entry = {"filename": "1.jpg.png", "caption": "a dog on a bed", "negative_caption": "a bed on a dog"}
    other = {"filename": "2.png", "caption": "a red car", "negative_caption": "a blue car"}
    (tmp_path / "swap_obj.json").write_text(json.dumps({"0": entry, "7": other}))
    (tmp_path / "replace_att.json").write_text(json.dumps({"3": other}))
    return tmp_path


def test_sugarcrepe_is_read_with_the_kind_that_each_file_stands_for(crepe):
    found = data.load(f"sugarcrepe:{crepe}")
    assert [item.id for item in found.items] == ["replace_att/3", "swap_obj/0", "swap_obj/7"]
    assert [item.facts["kinds"] for item in found.items] == ["attribute_replaced", "things_swapped", "things_swapped"]
    assert found.items[1].captions == ("a dog on a bed",)
    assert found.items[1].distractors == ("a bed on a dog",)
    assert [item.group for item in found.items] == ["2.png", "1.jpg.png", "2.png"]
    assert found.items[0].picture.load().size == (8, 6)
    assert [contest.same_words for contest in contests(found.items)] == [False, True, False]


def test_one_file_of_sugarcrepe_and_pictures_elsewhere(crepe, tmp_path):
    (tmp_path / "val2017").rename(tmp_path / "elsewhere")
    found = data.load(f"sugarcrepe:{crepe}/swap_obj.json?images={tmp_path}/elsewhere")
    assert len(found) == 2
    assert data.load(found.name).revision == found.revision
    with pytest.raises(BadInput, match="images=FOLDER"):
        data.load(f"sugarcrepe:{crepe}")


def test_every_kind_of_a_reader_is_one_that_wording_can_name():
    from eyechart.data import aro, sugarcrepe, winoground

    assert {*aro.KINDS.values(), *sugarcrepe.KINDS.values(), *winoground.KINDS.values()} <= set(KINDS)


@pytest.mark.parametrize("content", ["[]", "{", '{"0": {"filename": "1.png", "caption": "x"}}', '{"0": 5}'])
def test_a_file_of_another_form_is_bad_input(crepe, content):
    (crepe / "swap_obj.json").write_text(content)
    with pytest.raises(BadInput, match=r"swap_obj\.json"):
        data.load(f"sugarcrepe:{crepe}")


def test_a_folder_without_the_files_is_bad_input(tmp_path):
    for source in ("sugarcrepe", "aro", "winoground"):
        with pytest.raises(BadInput):
            data.load(f"{source}:{tmp_path}")
        with pytest.raises(UnknownName):
            data.load(f"{source}:{tmp_path}?image=x")


def case(path, box=(2, 1, 4, 3), **more):
    sides = dict(zip(("bbox_x", "bbox_y", "bbox_w", "bbox_h"), box, strict=True))
    return {"image_path": path, **sides, "true_caption": "the dog is on the bed", **more}


@pytest.fixture
def aro(tmp_path, plant):
    """Both of ARO's files; returns the folder."""
    plant("images/1.png", "images/2.png")
    false = {"false_caption": "the bed is on the dog"}
    relations = [case("1.png", **false, relation_name="on"), case("2.png", (50, 50, 4, 4), **false)]
    attributes = [case("1.png", **false, attributes=["wooden", "red"])]
    (tmp_path / "visual_genome_relation.json").write_text(json.dumps(relations))
    (tmp_path / "visual_genome_attribution.json").write_text(json.dumps(attributes))
    return tmp_path


def test_aro_shows_the_part_of_the_picture_that_is_meant(aro):
    found = data.load(f"aro:{aro}")
    assert [item.id for item in found.items] == ["relation/0", "relation/1", "attribution/0"]
    assert found.items[0].picture.box == Box(2, 1, 6, 4)
    assert found.items[0].picture.load().size == (4, 3)
    assert found.items[0].picture.digest() == found.items[2].picture.digest() != found.items[1].picture.digest()
    assert found.items[0].facts == {"kinds": "things_swapped", "relation": "on"}
    assert found.items[2].facts == {"kinds": "attributes_swapped", "attributes": "wooden and red"}
    assert found.items[0].group == found.items[2].group
    with pytest.raises(Unreadable, match="outside"):
        found.items[1].picture.load()


def test_a_case_without_its_rectangle_is_bad_input(aro):
    (aro / "visual_genome_relation.json").write_text(json.dumps([case("1.png", (1, 2, 3, None), false_caption="x")]))
    with pytest.raises(BadInput, match="four numbers"):
        data.load(f"aro:{aro}")


@pytest.fixture
def winoground(tmp_path, plant):
    """Two examples; returns the folder."""
    plant(*(f"data/images/ex_{number}_img_{side}.png" for number in (0, 1) for side in (0, 1)))
    lines = [
        {
            "id": number,
            "image_0": f"ex_{number}_img_0",
            "image_1": f"ex_{number}_img_1",
            "caption_0": "an old person kisses a young person",
            "caption_1": "a young person kisses an old person",
            "tag": "Adjective-Age",
            "collapsed_tag": "Object",
            "num_main_preds": 1,
        }
        for number in (0, 1)
    ]
    (tmp_path / "data" / "examples.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n")
    return tmp_path


def test_winoground_gives_quadruples(winoground):
    found = data.load(f"winoground:{winoground}")
    assert [item.id for item in found.items] == ["0/0", "0/1", "1/0", "1/1"]
    assert found.items[0].captions == found.items[1].distractors
    assert found.items[0].facts == {
        "kinds": "things_swapped",
        "tag": "Adjective-Age",
        "collapsed_tag": "Object",
    }
    pairs = quadruples(found.items, contests(found.items))
    assert [(one.item, other.item) for one, other in pairs] == [(0, 1), (2, 3)]
    assert data.load(f"winoground:{winoground}/data").items[0].picture.load().size == (8, 6)


@pytest.mark.parametrize("source", ["sugarcrepe", "aro", "winoground"])
def test_an_exam_is_taken_on_published_files_and_what_they_lack_is_refused(source, request, tmp_path):
    from eyechart.core import Record, Refusal
    from eyechart.run import Desk, Plan, examine
    from eyechart.settings import exams
    from eyechart.store.shelf import Shelf
    from eyechart.testing import Random

    folder = request.getfixturevalue({"sugarcrepe": "crepe"}.get(source, source))
    plan = Plan(models=(Random(),), data=(f"{source}:{folder}",), exams=exams(("zero_shot", "wording")))
    refused, taken = examine(plan, Desk(shelf=Shelf(tmp_path / "shelf")))
    assert isinstance(refused, Refusal)
    assert "class label" in refused.reason
    assert isinstance(taken, Record)
    assert taken.estimates["accuracy"].chance == 0.5
    assert taken.displays or not taken.mistakes
    assert ("winoground_group" in taken.estimates) == (source == "winoground")
    assert len(taken.unread) == (source == "aro")  # the picture whose rectangle lies outside


def test_what_is_read_can_be_examined(winoground, aro):
    from eyechart.bench import Bench
    from eyechart.core import Statistics
    from eyechart.testing import Oracle

    found = data.load(f"winoground:{winoground}")
    estimates = Wording().grade(Wording().measure(Oracle(found), found, Bench()), Statistics())
    assert estimates["winoground_group"].value == estimates["accuracy"].value == 1
