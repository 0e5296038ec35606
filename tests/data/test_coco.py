"""COCO JSON: boxes, masks and captions."""

import json

import numpy as np
import pytest

from eyechart import data
from eyechart.core import Box
from eyechart.data import masks
from eyechart.errors import BadInput, Unreadable


@pytest.fixture
def write(tmp_path, plant):
    """Writes a COCO file of three pictures 8 × 6 under ``val2017/``, with these annotations; returns the path."""

    def written(annotations, name="annotations/instances_val2017.json", folder="val2017", **more):
        files = ["a.png", "b.png", "c.png"]
        plant(*(f"{folder}/{file}" for file in files))
        images = [{"id": 10 + n, "file_name": file, "height": 6, "width": 8} for n, file in enumerate(files)]
        categories = [
            {"id": 18, "name": "dog", "supercategory": "animal"},
            {"id": 1, "name": "fire_hydrant", "supercategory": "outdoor"},
            {"id": 3, "name": "person", "supercategory": "person"},
        ]
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({"images": images, "annotations": annotations, "categories": categories} | more))
        return path

    return written


def thing(picture, category, box=(1, 1, 3, 2), outline=(), **more):
    return {"image_id": picture, "category_id": category, "bbox": list(box), "segmentation": list(outline), **more}


SQUARE = [[1.0, 1.0, 4.0, 1.0, 4.0, 3.0, 1.0, 3.0]]


def test_boxes_masks_and_taxonomy(write):
    counts = {"size": [6, 8], "counts": [6, 6, 36]}
    crowd = {**thing(11, 3), "segmentation": counts, "iscrowd": 1}
    path = write([thing(10, 18, outline=SQUARE), thing(10, 1), {**thing(11, 1), "segmentation": counts}, crowd])
    found = data.load(str(path))
    assert found.classes == ("dog", "fire hydrant", "person")
    assert found.split == "validation"
    assert found.train is None
    assert found.taxonomy == {"dog": "animal", "fire hydrant": "outdoor"}
    first, second, third = found.items
    assert (first.id, len(first.regions), len(second.regions), len(third.regions)) == ("10", 2, 1, 0)
    assert first.regions[0].label == "dog"
    assert first.regions[0].box == Box(1, 1, 4, 3)
    expected = np.zeros((6, 8), bool)
    expected[1:3, 1:4] = True
    np.testing.assert_array_equal(first.regions[0].mask(), expected)
    assert first.regions[1].mask is None
    assert first.regions[-1].label == "fire hydrant"
    assert [region.label for region in first.regions[:2]] == ["dog", "fire hydrant"]
    column = np.zeros((6, 8), bool)
    column[:, 1] = True
    np.testing.assert_array_equal(second.regions[0].mask(), column)
    assert dict(second.facts) == {"crowds": 1}
    assert not first.facts
    assert [item.label for item in found.items] == [None] * 3  # the first shows two kinds
    assert first.picture.load().size == (8, 6)


def test_pictures_of_one_category_each_have_labels(write):
    path = write([thing(10, 18), thing(10, 18), thing(11, 1), thing(12, 3)])
    assert [item.label for item in data.load(f"{path}?carve=0").items] == [0, 1, 2]


def test_five_captions_of_a_picture(write):
    texts = [{"image_id": 10, "caption": f" caption {n} "} for n in (0, 1, 2, 3, 3)] + [
        {"image_id": 12, "caption": "x"}
    ]
    captions = write(texts, "annotations/captions_val2017.json", categories=[])
    found = data.load(str(captions))
    assert found.items[0].captions == ("caption 0", "caption 1", "caption 2", "caption 3")
    assert found.items[1].captions == ()
    assert found.items[2].captions == ("x",)
    assert found.classes == ()
    both = data.load(f"{write([thing(10, 18)])}?captions={captions}")
    assert len(both.items[0].captions) == 4
    assert len(both.items[0].regions) == 1


def test_another_file_may_be_learnt_from(write, tmp_path):
    train = write([thing(10, 18), thing(11, 1), thing(12, 3)], "annotations/instances_train2017.json", "train2017")
    test = write([thing(10, 18), thing(11, 1), thing(12, 3)])
    found = data.load(f"{test}?train={train}")
    assert [item.id for item in found.train.items] == ["train/10", "train/11", "train/12"]
    assert found.train.items[0].picture.digest() != found.items[0].picture.digest()
    other = write([], "annotations/other.json", categories=[{"id": 1, "name": "x"}])
    with pytest.raises(BadInput, match="have other categories"):
        data.load(f"{test}?train={other}&train_images={tmp_path}/val2017")


def test_where_pictures_lie_may_be_said_and_has_to_be_if_it_cannot_be_seen(write, tmp_path):
    path = write([thing(10, 18)], "annotations/odd.json")
    with pytest.raises(BadInput, match=r"a\.png, b\.png …\) are not found; give \?images="):
        data.load(str(path))
    assert data.load(f"{path}?images={tmp_path}/val2017").items[0].picture.load().size == (8, 6)
    with pytest.raises(BadInput, match="no file or folder"):
        data.load(f"{path}?images={tmp_path}/nowhere")


def test_names_of_files_never_leave_the_folder(write, tmp_path, plant):
    plant("secret.png")
    images = [
        {"id": n, "file_name": name, "height": 6, "width": 8}
        for n, name in enumerate(("a.png", "../secret.png", "/etc/hostname"))
    ]
    found = data.load(str(write([], images=images)))
    assert found.items[0].picture.load()
    for item in found.items[1:]:
        with pytest.raises(Unreadable, match="leads out of"):
            item.picture.load()


@pytest.mark.parametrize(("annotations", "more", "reason"), [
    ([thing(10, 77)], {}, "category 77, which is not listed"),
    ([thing(99, 18)], {}, "no picture 99, which is annotated"),
    ([thing(10, 18, box=(1, 2))], {}, r"the box \[1, 2\]; expected \[x, y, w, h\]"),
    ([], {"images": [{"id": 1}]}, "is not COCO JSON"),
    ([], {"images": [{"id": 1, "file_name": "a.png"}]}, "does not tell height and width"),
    ([], {"images": [{"id": 1, "file_name": "a.png", "height": 1, "width": 1}] * 2}, "lists a picture twice"),
    ([], {"categories": [{"id": 1, "name": "x"}, {"id": 2, "name": "x"}]}, "would all be called 'x'"),
    ([], {"categories": [{"id": 1, "name": " "}]}, "has no name"),
])  # fmt: skip
def test_a_broken_file_is_refused(annotations, more, reason, write):
    with pytest.raises(BadInput, match=reason):
        data.load(str(write(annotations, **more)))


@pytest.mark.parametrize("text", ["", "[1, 2]", "{}", "no json"])
def test_json_of_another_kind_is_refused(text, tmp_path):
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(BadInput, match=r"cannot be read as JSON|is not COCO JSON"):
        data.load(str(tmp_path / "x.json"))


# ---- masks


def test_a_triangle_covers_half_of_its_square():
    mask = masks.from_polygon([0, 0, 40, 0, 0, 40], 40, 40)
    assert abs(mask.mean() - 0.5) < 0.02
    assert mask[2, 2]
    assert not mask[-2, -2]


def test_a_polygon_is_clipped_to_the_image():
    assert masks.from_polygon([-10, -10, 50, -10, 50, 50, -10, 50], 5, 7).all()
    assert not masks.from_polygon([100, 100, 110, 100, 110, 110], 5, 7).any()


def test_polygons_of_one_thing_are_joined():
    left, right = [0, 0, 2, 0, 2, 4, 0, 4], [5, 0, 8, 0, 8, 4, 5, 4]
    mask = masks.decode([left, right], 4, 8)
    assert mask[0].tolist() == [True, True, False, False, False, True, True, True]


@pytest.mark.parametrize(("given", "reason"), [
    ({"counts": [1, 2]}, "fill 3 pixels; the image has 2 × 3"),
    ({"counts": [7, -1]}, "fill 6 pixels"),
    ([[1, 2, 3, 4]], "three points or more"),
    ([[1, 2, 3, 4, 5, 6, 7]], "three points or more"),
])  # fmt: skip
def test_a_mask_that_does_not_fit_is_refused(given, reason):
    with pytest.raises(BadInput, match=reason):
        masks.decode(given, 2, 3)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools and numpy 2
def test_masks_are_those_of_the_coco_api():
    """Cut from pycocotools where it is at hand: the same pixels, not nearly the same."""
    api = pytest.importorskip("pycocotools.mask")
    rng = np.random.default_rng(0)
    for number in range(200):
        height, width = (int(side) for side in rng.integers(5, 50, 2))
        points = rng.uniform(-5, 55, (int(rng.integers(3, 9)), 2))
        points = np.round(points) if number % 3 == 0 else points
        points[1] = points[0] if number % 7 == 0 else points[1]
        polygon = points.ravel().tolist()
        runs = api.frPyObjects([polygon], height, width)
        expected = api.decode(runs)[..., 0].astype(bool)
        np.testing.assert_array_equal(masks.from_polygon(polygon, height, width), expected)
        np.testing.assert_array_equal(masks.from_runs(runs[0]["counts"], height, width), expected)


def test_compressed_runs_are_read_without_the_api():
    # What pycocotools gives for a 6 × 8 image whose second column is inside.
    np.testing.assert_array_equal(masks.from_runs("66T1", 6, 8), masks.from_runs([6, 6, 36], 6, 8))
