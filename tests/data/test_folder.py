"""Folders of pictures."""

import os
import sys

import pytest

from eyechart import data
from eyechart.errors import BadInput, UnknownName, Unreadable

CATS_AND_DOGS = [f"{kind}/{n}.png" for kind in ("house_cat", "dog") for n in range(10)]


def ids(found):
    return [item.id for item in found.items]


def test_class_folders_are_classes_and_half_is_learnt_from(plant):
    found = data.load(str(plant(*CATS_AND_DOGS)))
    assert found.classes == ("dog", "house cat")
    assert (len(found), len(found.train)) == (10, 10)
    assert all(item.label == item.id.startswith("house_cat") for item in [*found.items, *found.train.items])
    assert not set(ids(found)) & set(ids(found.train))
    assert found.items[0].picture.load().size == (8, 6)
    assert found.split == "all"
    assert found.train.split == "train"
    assert found.revision == data.load(found.name).revision


def test_splits_are_recognised(plant):
    root = plant(
        "train/cat/1.png", "train/dog/2.png", "train/eel/2.png", "val/cat/1.png", "val/dog/1.png", "test/dog/9.png"
    )
    found = data.load(str(root))
    assert (found.split, ids(found), found.classes) == ("test", ["test/dog/9.png"], ("cat", "dog", "eel"))
    assert ids(found.train) == ["train/cat/1.png", "train/dog/2.png", "train/eel/2.png"]
    assert found.items[0].label == 1
    assert ids(data.load(f"{root}?split=val")) == ["val/cat/1.png", "val/dog/1.png"]
    assert data.load(f"{root}?split=validation&train=no").train is None
    assert ids(data.load(f"{root}?train=val").train) == ["val/cat/1.png", "val/dog/1.png"]
    with pytest.raises(BadInput, match="no split 'tset'; it has test, train, validation"):
        data.load(f"{root}?split=tset")
    with pytest.raises(BadInput, match="no split 'trian' to learn from; it has"):
        data.load(f"{root}?train=trian")
    with pytest.raises(UnknownName, match="did you mean 'split'"):
        data.load(f"folder:{root}?splits=val")


def test_a_test_split_without_labels_gives_way_to_one_with_them(plant):
    root = plant("train/cat/1.png", "train/dog/2.png", "valid/cat/1.png", "valid/dog/1.png", "test/1.png", "test/2.png")
    assert data.load(str(root)).split == "validation"
    unlabelled = data.load(f"{root}?split=test")
    assert [item.label for item in unlabelled.items] == [None, None]


def test_the_same_picture_is_not_examined_and_learnt_from(plant):
    root = plant("train/cat/1.png", "train/dog/2.png", "test/cat/3.png", "test/dog/4.png")
    (root / "train/dog/copy.png").write_bytes((root / "test/dog/4.png").read_bytes())
    assert ids(data.load(str(root)).train) == ["train/cat/1.png", "train/dog/2.png"]


def test_folders_called_like_splits_among_others_are_classes(plant):
    assert data.load(str(plant("train/1.png", "bus/2.png", "car/3.png"))).classes == ("bus", "car", "train")


@pytest.mark.parametrize("paths", [["1.png", "2.png"], ["images/1.png", "images/2.png"], ["a/b/1.png", "a/c/2.png"]])
def test_pictures_without_class_folders_have_no_labels(paths, plant):
    found = data.load(str(plant(*paths)))
    assert ids(found) == paths
    assert found.classes == ()
    assert found.train is None
    assert [item.label for item in found.items] == [None, None]


def test_deep_hidden_and_other_files(plant):
    root = plant("cat/a/b/1.png", "cat/2.PNG", "dog/3.png", "dog/._3.png", ".cache/x.png", "dog/.trash/x.png")
    for name in ("cat/notes.txt", "dog/Thumbs.db", "readme.md", "empty/x.txt"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text("x")
    found = data.load(f"{root}?carve=0")
    assert ids(found) == ["cat/2.PNG", "cat/a/b/1.png", "dog/3.png"]
    assert found.classes == ("cat", "dog")


def test_links_are_followed_but_not_in_circles(tmp_path, plant):
    root = plant("cat/1.png", "dog/2.png", folder=tmp_path / "root")
    plant("eel/3.png", folder=tmp_path / "elsewhere")
    (root / "eel").symlink_to(tmp_path / "elsewhere" / "eel")
    (root / "cat" / "round").symlink_to(root / "cat")
    (root / "dog" / "gone.png").symlink_to(tmp_path / "nowhere.png")
    found = data.load(f"{root}?carve=0")
    assert found.classes == ("cat", "dog", "eel")
    assert ids(found) == ["cat/1.png", "dog/2.png", "dog/gone.png", "eel/3.png"]
    with pytest.raises(Unreadable, match="there is no file"):
        found.items[2].picture.load()


def test_broken_pictures_do_not_break_the_dataset(plant):
    root = plant("cat/1.png", "dog/2.png")
    (root / "cat/empty.jpg").touch()
    (root / "dog/text.jpg").write_text("not a picture")
    found = data.load(f"{root}?carve=0")
    reasons = {}
    for item in found.items:
        try:
            item.picture.load()
        except Unreadable as error:
            reasons[item.id] = str(error)
    assert set(reasons) == {"cat/empty.jpg", "dog/text.jpg"}
    assert "empty" in reasons["cat/empty.jpg"]
    assert "not an image" in reasons["dog/text.jpg"]


@pytest.mark.parametrize(("paths", "reason"), [
    ([], "holds no pictures"),
    (["1.png", "cat/1.png", "dog/2.png"], "class folders and also 1 pictures beside them, such as 1.png"),
    (["hot_dog/1.png", "hot dog/2.png"], "would all be called 'hot dog'"),
    (["_/1.png", "cat/2.png"], "the class '_' has no name in words"),
])  # fmt: skip
def test_a_folder_that_cannot_be_examined_is_refused(paths, reason, plant, tmp_path):
    with pytest.raises(BadInput, match=reason):
        data.load(str(plant(*paths)))


def test_a_file_is_no_folder(plant):
    with pytest.raises(BadInput, match=r"1\.png is a file; folder expects a folder"):
        data.load(f"folder:{plant('1.png')}/1.png")


def test_names_may_be_given_in_a_file(plant, tmp_path):
    root = plant("n01440764/1.png", "n02102040/2.png", folder=tmp_path / "root")
    names = tmp_path / "names.txt"
    names.write_text("n02102040\tEnglish springer\nn01440764\ttench\nn99999999\tother\n")
    assert data.load(f"{root}?names={names}").classes == ("tench", "English springer")
    names.write_text("a fish\na dog\n")
    assert data.load(f"{root}?names={names}").classes == ("a fish", "a dog")
    assert data.load(f"{root}?names=imagenet").classes == ("tench", "English Springer Spaniel")
    names.write_text("a fish\n")
    with pytest.raises(BadInput, match="has 1 names, the dataset 2 classes"):
        data.load(f"{root}?names={names}")
    names.write_text("n02102040\tEnglish springer\n")
    with pytest.raises(BadInput, match="no line for the class 'n01440764'"):
        data.load(f"{root}?names={names}")
    with pytest.raises(UnknownName, match="did you mean"):
        data.load(f"{root}?names=imagnet")


@pytest.mark.skipif(sys.platform != "linux", reason="names that are no text exist on Linux alone")
def test_a_file_name_that_is_no_text_is_read_too(plant):
    root = plant("cat/1.png", "dog/2.png")
    (root / "cat/1.png").rename(os.fsdecode(os.fsencode(root) + b"/cat/\xff.png"))
    found = data.load(f"{root}?carve=0")
    assert ids(found) == [r"cat/\xff.png", "dog/2.png"]
    assert found.items[0].picture.load().size == (8, 6)


def test_nothing_is_decoded_before_it_is_asked_for(plant, monkeypatch):
    root = plant(*CATS_AND_DOGS)

    def opened(*_):
        raise AssertionError("a picture was decoded")

    monkeypatch.setattr("eyechart.data.pictures.decode", opened)
    assert len(data.load(str(root), limit=4)) == 4
