"""Tables of pictures: Parquet and CSV, with the columns found or named."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from eyechart import data
from eyechart.data import column as columns
from eyechart.errors import BadInput, Unreadable


@pytest.fixture
def rows(paint, encode):
    """`count` encoded pictures, from a number on."""
    return lambda count, first=0: [encode(paint(first + n)) for n in range(count)]


@pytest.fixture
def write(tmp_path):
    """Writes columns as Parquet, with Hugging Face's note of class names if given; returns the path."""

    def written(name, table, classes=(), group=None):
        table = pa.table(table)
        if classes:
            note = {"info": {"features": {"label": {"names": list(classes), "_type": "ClassLabel"}}}}
            table = table.replace_schema_metadata({"huggingface": json.dumps(note)})
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table, path, row_group_size=group or 1000)
        return path

    return written


def ids(found):
    return [item.id for item in found.items]


# ---- Parquet


def test_the_layout_of_hugging_face(write, rows):
    def part(name, count, first):
        images = [{"bytes": content, "path": None} for content in rows(count, first)]
        write(name, {"image": images, "label": [n % 2 for n in range(count)]}, ("house_cat", "dog"))

    part("set/data/test-00000-of-00002.parquet", 4, 0)
    part("set/data/test-00001-of-00002.parquet", 3, 10)
    part("set/data/train-00000-of-00001.parquet", 5, 20)
    root = write("set/readme.txt", {"a": [1]}).parent
    found = data.load(str(root))
    assert (found.split, found.classes, len(found), len(found.train)) == ("test", ("house cat", "dog"), 7, 5)
    assert ids(found)[:2] == ["test/0", "test/1"]
    assert ids(found.train)[0] == "train/0"
    assert [item.label for item in found.items] == [0, 1, 0, 1, 0, 1, 0]
    assert found.items[4].picture.load().getpixel((0, 0)) == (10, 0, 200)
    assert found.train.items[4].picture.load().getpixel((0, 0)) == (24, 0, 200)
    assert data.load(f"{root}?train=no").train is None


def test_one_file_is_carved_and_another_may_be_named(write, rows):
    one = write("one.parquet", {"img": rows(20), "cls": [n % 2 for n in range(20)]})
    two = write("two.parquet", {"img": rows(6, 18), "cls": [n % 2 for n in range(6)]})
    found = data.load(str(one))
    assert (len(found), len(found.train), found.classes) == (10, 10, ("0", "1"))
    beside = data.load(f"{one}?train={two}")
    assert len(beside) == 20
    assert ids(beside.train) == ["train/2", "train/3", "train/4", "train/5"]  # two of the six are examined
    with pytest.raises(BadInput, match="to be examined and learnt from"):
        data.load(f"{one}?train={one}")


def test_several_files_by_a_pattern(write, rows):
    for number in range(3):
        path = write(
            f"x/part-{number}.parquet", {"jpg": rows(2, 10 * number), "caption": [f"a {number}", f"b {number}"]}
        )
    found = data.load(f"{path.parent}/part-*.parquet")
    assert [item.captions for item in found.items] == [(f"{letter} {n}",) for n in range(3) for letter in "ab"]
    assert found.items[5].picture.load().getpixel((0, 0)) == (21, 0, 200)
    with pytest.raises(BadInput, match="no file fits the pattern"):
        data.load(f"parquet:{path.parent}/nothing-*.parquet")


def test_every_column_may_be_named(write, rows):
    path = write("x.parquet", {
        "picture": rows(3),
        "image": ["a", "b", "c"],
        "kind": ["tree", "bush", None],
        "good": [["a tree", " ", "a tree"], ["a bush", "green"], None],
        "more": ["tall", None, "small"],
        "bad": ["a car", "a bus", "a van"],
        "key": ["x", "y", "z"],
        "place": [7, 7, 8],
        "height": [3.5, None, 1.0],
        "wild": [True, False, True],
    })  # fmt: skip
    options = "image=picture&label=kind&caption=good,more&distractors=bad&group=place&facts=height,wild&carve=0"
    first, second, third = data.load(f"{path}?{options}").items
    assert (first.id, first.label, first.captions, first.distractors, first.group) == (
        "all/x", 1, ("a tree", "tall"), ("a car",), "7",
    )  # fmt: skip
    assert dict(first.facts) == {"height": 3.5, "wild": True}
    assert dict(second.facts) == {"wild": False}
    assert (second.label, third.label, third.captions, third.group) == (0, None, ("small",), "8")


def test_an_id_that_repeats_is_not_taken_for_one(write, rows):
    path = write("x.parquet", {"image": rows(2), "id": [5, 5]})
    assert ids(data.load(str(path))) == ["all/0", "all/1"]
    with pytest.raises(BadInput, match="the id 'all/5' occurs twice"):
        data.load(f"{path}?id=id")


def test_groups_stay_together_when_carved(write, rows):
    path = write("x.parquet", {"image": rows(20), "label": [0, 1] * 10, "patient": [n // 4 for n in range(20)]})
    found = data.load(f"{path}?group=patient")
    assert found.train
    assert not {item.group for item in found.items} & {item.group for item in found.train.items}


@pytest.mark.parametrize(("options", "reason"), [
    ("label=klass", "no column 'klass', which label= names; its columns are: image, label, text"),
    ("label=image", "holds binary; label= expects numbers or names of classes"),
    ("image=label", "holds int64; image= expects encoded images"),
    ("split=tset", "no split 'tset'; it has all"),
    ("train=/nowhere.parquet", "no file or folder /nowhere.parquet"),
    ("carve=half", "carve is the share .* got 'half'"),
    ("names=cifar10", "names=cifar10 has 10 classes, the labels reach from 0 to 300"),
])  # fmt: skip
def test_wrong_options_get_one_sentence(options, reason, write, rows):
    path = write("x.parquet", {"image": rows(3), "label": [0, 1, 300], "text": ["a", "b", "c"]})
    with pytest.raises(BadInput, match=reason):
        data.load(f"{path}?{options}")


def test_tables_that_cannot_be_examined_are_refused(write, rows, tmp_path):
    with pytest.raises(BadInput, match=r"no column of .* looks like images; .* columns: url, label"):
        data.load(str(write("a.parquet", {"url": ["x"], "label": [1]})))
    with pytest.raises(BadInput, match="names 2 classes, its labels reach from 0 to 7"):
        data.load(str(write("b.parquet", {"image": rows(2), "label": [0, 7]}, ("a", "b"))))
    with pytest.raises(BadInput, match="no pictures"):
        data.load(str(write("c.parquet", {"image": pa.array([], pa.binary())})))
    with pytest.raises(BadInput, match="whole numbers or names"):
        data.load(str(write("d.parquet", {"image": rows(2), "label": [0.5, 1.0]})))
    (tmp_path / "e.parquet").write_text("not parquet")
    with pytest.raises(BadInput, match=r"e\.parquet cannot be read as Parquet"):
        data.load(str(tmp_path / "e.parquet"))
    one, two = (write(f"{n}.parquet", {"image": rows(2), "label": [0, 1]}, n) for n in ("ab", "ba"))
    with pytest.raises(BadInput, match="name their classes differently"):
        data.load(f"{one}?train={two}")
    write("parts/1.parquet", {"image": rows(2), "label": [0, 1]})
    lacks = write("parts/2.parquet", {"image": rows(2)})
    with pytest.raises(BadInput, match=r"2\.parquet lacks the column 'label'"):
        data.load(str(lacks.parent))


def test_labels_may_be_gaps_floats_and_minus_one(write, rows):
    found = data.load(str(write("a.parquet", {"image": rows(4), "label": [1.0, None, 0.0, -1.0]})) + "?carve=0")
    assert [item.label for item in found.items] == [1, None, 0, None]
    far = data.load(str(write("b.parquet", {"image": rows(3), "label": [10, 2, 10]})) + "?carve=0")
    assert far.classes == ("2", "10")
    assert [item.label for item in far.items] == [1, 0, 1]


def test_cells_that_hold_no_picture_are_listed_when_shown(write, rows, plant, tmp_path):
    plant("inside.png")
    cells = [
        {"bytes": rows(1)[0], "path": "a"},
        {"bytes": None, "path": "inside.png"},
        {"bytes": None, "path": "../outside.png"},
        {"bytes": b"", "path": None},
        None,
        {"bytes": b"text", "path": None},
    ]
    found = data.load(str(write("x.parquet", {"image": cells})))
    assert [found.items[n].picture.load().size for n in (0, 1)] == [(8, 6)] * 2
    for number, reason in ((2, "leads out of"), (3, "empty"), (4, "empty"), (5, "not an image")):
        with pytest.raises(Unreadable, match=reason):
            found.items[number].picture.load()


def test_rows_are_read_in_batches_and_few_are_kept(write, rows, monkeypatch):
    images = [content + bytes(2000) for content in rows(64)]
    path = write("x.parquet", {"image": images}, group=32)
    monkeypatch.setattr(columns, "BATCH", 8000)
    monkeypatch.setattr(columns, "KEPT", 30_000)
    opened = []
    true_open = columns.Column._open
    monkeypatch.setattr(
        columns.Column, "_open", lambda self, group: opened.append(group.number) or true_open(self, group)
    )
    column = columns.Column([path, path], "image")
    assert len(column) == 128
    assert [group.batch for group in column._groups] == [3] * 4
    assert [column[row] for row in range(128)] == images * 2
    assert opened == [0, 1, 0, 1]  # in order, every row group is opened once
    assert sum(batch.nbytes for batch in column._kept.values()) == column._bytes <= 30_000
    for row in np.random.default_rng(0).integers(0, 128, 200):
        assert column[int(row)] == images[row % 64]
    assert column._bytes <= 30_000


def test_building_reads_no_picture_of_a_large_file(write, rows, monkeypatch):
    path = write("x.parquet", {"image": rows(10), "label": [0, 1] * 5})
    monkeypatch.setattr("eyechart.data.parquet.CHEAP", 0)

    def read(*_):
        raise AssertionError("a picture was read")

    monkeypatch.setattr(columns.Column, "__getitem__", read)
    assert len(data.load(str(path), limit=4)) == 4


def test_a_damaged_file_costs_its_pictures_alone(write, rows, tmp_path):
    path = write("x.parquet", {"image": rows(64)}, group=32)
    content = bytearray(path.read_bytes())
    content[40:200] = b"\xff" * 160
    path.write_bytes(content)
    found = data.load(str(path))
    assert found.items[40].picture.load().size == (8, 6)
    with pytest.raises(Unreadable):
        found.items[0].picture.load()


def test_cifar_10_as_it_is_published(shared):
    found = data.load(f"{shared / 'cifar10'}")
    assert (len(found), len(found.train)) == (10_000, 50_000)
    assert found.classes[:2] == ("airplane", "automobile")
    assert found.train.classes == found.classes
    drawn = data.load(found.name, limit=200)
    assert {sum(item.label == label for item in drawn.items) for label in range(10)} == {20}
    images = [item.picture.load() for item in drawn.items]
    assert {image.size for image in images} == {(32, 32)}
    assert data.load(f"{shared / 'cifar10' / 'test.parquet'}?names=cifar10&train=no").templates != found.templates


def test_samples_of_imagenet_are_called_by_words(shared):
    found = data.load(f"{shared / 'imagenet-samples' / 'half.parquet'}?carve=0")
    assert len(found) == len(found.classes) == 500
    assert found.classes[0] == "tench"
    assert found.items[0].picture.load().mode == "RGB"


# ---- CSV


@pytest.fixture
def table(tmp_path):
    """Writes lines of text; returns the path."""

    def written(*lines, name="x.csv", encoding="utf-8"):
        (tmp_path / name).write_text("\n".join(lines), encoding=encoding)
        return tmp_path / name

    return written


def test_rows_of_one_picture_are_one_item(plant, table):
    plant("a.png", "b.png")
    path = table("image,caption", 'a.png,"one, two"', "b.png,three", "./a.png,four", "a.png,four")
    found = data.load(str(path))
    assert [(item.id, item.captions) for item in found.items] == [
        ("all/a.png", ("one, two", "four")),
        ("all/b.png", ("three",)),
    ]
    assert found.items[1].picture.load().size == (8, 6)
    assert found.train is None


@pytest.mark.parametrize("sign", [",", "\t", ";", "|"])
def test_the_separator_is_seen_in_the_header(sign, plant, table):
    plant("a.png", "b.png")
    path = table(
        sign.join(["filepath", "title"]),
        sign.join(["a.png", "A – b"]),
        "",
        sign.join(["b.png", "c"]),
        encoding="utf-8-sig",
    )
    assert [item.captions for item in data.load(str(path)).items] == [("A – b",), ("c",)]


def test_captions_labels_groups_and_facts_of_a_table(plant, table):
    plant("cats/1.png", "cats/2.png", "dogs/3.png", folder=table().parent / "pictures")
    path = table(
        "file\tspecies\tfirst\tsecond\twrong\tlitter\tweight\tstray\tname",
        "cats/1.png\thouse_cat\ta cat\tgrey\ta dog\tL1\t3\ttrue\tTom",
        "cats/2.png\thouse_cat\tthe cat\t\ta cow\tL1\t\tfalse\t7",
        "dogs/3.png\tdog\ta dog\tbrown\ta cat\tL2\t9\ttrue\t8",
        name="test.tsv",
    )
    options = (
        "images={}&label=species&caption=first,second&distractors=wrong&group=litter&facts=weight,stray,name&carve=0"
    )
    found = data.load(f"{path}?{options.format(path.parent / 'pictures')}")
    first, second, third = found.items
    assert found.classes == ("dog", "house cat")
    assert [item.label for item in found.items] == [1, 1, 0]
    assert (first.id, first.captions, second.captions) == ("test/cats/1.png", ("a cat", "grey"), ("the cat",))
    assert (first.distractors, first.group, third.group) == (("a dog",), "L1", "L2")
    assert dict(first.facts) == {"weight": 3, "stray": True, "name": "Tom"}
    assert dict(second.facts) == {"stray": False, "name": "7"}
    assert third.picture.load().size == (8, 6)


def test_another_table_may_be_learnt_from(plant, table):
    plant("a.png", "b.png", "c.png", "d.png")
    test = table("image,label", "a.png,1", "b.png,0", name="t.csv")
    train = table("image,label", "c.png,1", "d.png,2", "a.png,1", name="l.csv")
    found = data.load(f"{test}?train={train}")
    assert found.classes == ("0", "1", "2")
    assert ids(found.train) == ["train/c.png", "train/d.png"]  # the third is examined
    with pytest.raises(BadInput, match="to be examined and learnt from"):
        data.load(f"{test}?train={test}")


def test_a_column_of_ids_keeps_rows_of_one_picture_apart(plant, table):
    plant("a.png")
    path = table("id,image,caption", "x,a.png,one", "y,a.png,two")
    assert len(data.load(str(path))) == 1
    assert [(item.id, item.captions) for item in data.load(f"{path}?id=id").items] == [
        ("all/x", ("one",)),
        ("all/y", ("two",)),
    ]


def test_paths_of_a_table_never_leave_its_folder(plant, table, tmp_path):
    plant("in/a.png", "secret.png")
    (tmp_path / "in" / "link.png").symlink_to(tmp_path / "secret.png")
    names = ("a.png", "../secret.png", f"{tmp_path}/secret.png", "link.png", "gone.png")
    path = table("image,caption", *(f"{name},x" for name in names), name="in/x.csv")
    found = data.load(str(path))
    assert found.items[0].picture.load().size == (8, 6)
    for item in found.items[1:4]:
        with pytest.raises(Unreadable, match="leads out of"):
            item.picture.load()
    with pytest.raises(Unreadable, match="there is no file"):
        found.items[4].picture.load()


@pytest.mark.parametrize(("lines", "reason"), [
    ([], "no column of .* looks like images"),
    (["image,caption"], "no pictures"),
    (["image,caption", "a.png"], "row 2: 1 cells, but the header names 2 columns"),
    (["image,caption", ",x"], "row 2: the column 'image' is empty"),
    (["image,label", "a.png,1", "a.png,2"], "row 3: label of 'a.png' is '2' here and '1' in another row"),
    (["image,label", "a.png,_"], "the class '_' has no name"),
])  # fmt: skip
def test_a_table_that_is_no_dataset_is_refused(lines, reason, table):
    with pytest.raises(BadInput, match=reason):
        data.load(str(table(*lines)))


def test_a_table_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "x.csv").write_bytes(b"image,caption\n\xff\xfe\x00,\x00\n")
    with pytest.raises(BadInput, match="cannot be read as a table of UTF-8 text"):
        data.load(str(tmp_path / "x.csv"))
