"""Datasets by name or by path."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from eyechart import data
from eyechart.data.name import Name, parse, recognise, spell
from eyechart.errors import BadInput, UnknownName


@pytest.mark.parametrize(("text", "name"), [
    ("digits", Name(source="digits", location="", options={})),
    (" world ", Name(source="world", location="", options={})),
    ("world?seed=3", Name(source="world", location="", options={"seed": "3"})),
    ("folder:/data/pets", Name(source="folder", location="/data/pets", options={})),
    ("csv:/x.csv?image=a&label=b c", Name(source="csv", location="/x.csv", options={"image": "a", "label": "b c"})),
    ("csv:/x.csv?image=a%26b", Name(source="csv", location="/x.csv", options={"image": "a&b"})),
    ("wds:s3://bucket/set", Name(source="wds", location="s3://bucket/set", options={})),
    ("parquet:/x/a-?.parquet", Name(source="parquet", location="/x/a-?.parquet", options={})),
    ("parquet:/x/a-?.parquet?train=/y", Name(source="parquet", location="/x/a-?.parquet", options={"train": "/y"})),
    ("hf:org/name?split=test", Name(source="hf", location="org/name", options={"split": "test"})),
])  # fmt: skip
def test_a_name_is_taken_apart(text, name):
    assert parse(text) == name


@pytest.mark.parametrize(("text", "error", "reason"), [
    ("digts", UnknownName, "no dataset is called 'digts'; did you mean 'digits'"),
    ("foldre:/x", UnknownName, "no source of data is called 'foldre'; did you mean 'folder'"),
    ("", BadInput, "name is empty"),
    ("digits?names=words&names=words", BadInput, "'names' is given twice"),
    ("csv:/x.csv?image=a&b", BadInput, "key=value, joined by &; got 'b'"),
    ("csv:/x.csv?image=", BadInput, "got 'image='"),
    ("/nowhere/pets", BadInput, "no file or folder /nowhere/pets"),
    ("./pets", BadInput, "no file or folder ./pets"),
    ("pets.parquet", BadInput, "no file or folder pets.parquet"),
    ("s3://bucket/set", BadInput, "put the source before it"),
    ("folder:", BadInput, "folder needs to know where the data lie; write folder:path"),
    ("folder:/nowhere", BadInput, "no file or folder /nowhere, which folder should read"),
    ("digits?name=words", UnknownName, "no option of digits is called 'name'; did you mean 'names'"),
    ("digits:/x", BadInput, "have no location"),
    ("digits?names=worts", UnknownName, "did you mean 'words'"),
    ("digits?carve=1", BadInput, "carve is the share"),
])  # fmt: skip
def test_a_wrong_name_gets_one_sentence(text, error, reason, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=reason) as caught:
        data.load(text)
    assert "\n" not in str(caught.value)


def test_a_path_is_recognised_by_what_lies_there(tmp_path, plant):
    plant("pets/cat/a.png", "pets/dog/b.png")
    pq.write_table(pa.table({"a": [1]}), tmp_path / "x.parquet")
    for name in (
        "rows/data/test-0.parquet",
        "saved/dataset_dict.json",
        "shards/0.tar",
        "bench/test/nshards.txt",
        "c.json",
        "c.tsv",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    expected = {
        "pets": "folder",
        "x.parquet": "parquet",
        "rows": "parquet",
        "saved": "hf",
        "shards": "wds",
        "bench": "wds",
        "c.json": "coco",
        "c.tsv": "csv",
        "*.parquet": "parquet",
        "shards/{0..3}.tar": "wds",
    }
    assert {name: recognise(str(tmp_path / name)) for name in expected} == expected
    (tmp_path / "notes.docx").write_text("x")
    with pytest.raises(BadInput, match=r"no kind of file that is recognised; known are .parquet, .csv"):
        data.load(str(tmp_path / "notes.docx"))


def test_a_folder_beside_is_reached_by_a_path_and_a_dataset_by_its_name(tmp_path, plant, monkeypatch):
    plant("digits/cat/a.png", "digits/dog/b.png", "cats/a.png")
    monkeypatch.chdir(tmp_path)
    assert parse("digits").source == "digits"
    assert parse("./digits") == Name(source="folder", location="./digits", options={})
    assert parse("cats").source == "folder"


def test_a_name_is_spelt_so_that_it_loads_again(plant):
    root = plant(*(f"a & b/{kind}/{n}.png" for kind in ("cat", "dog") for n in range(6)))
    found = data.load(f"folder:{root}/a & b?carve=0.5")
    again = data.load(found.name)
    assert [item.id for item in found.items] == [item.id for item in again.items]
    assert again.name == found.name == f"folder:{root}/a & b?carve=0.5"
    assert spell("csv", "/x", {"b": "1&2", "a": "100%"}) == "csv:/x?a=100%25&b=1%262"
    assert parse(spell("csv", "/x", {"b": "1&2", "a": "100%"})).options == {"b": "1&2", "a": "100%"}


def test_a_limit_holds_for_both_splits_and_is_in_proportion():
    whole, part = data.load("digits"), data.load("digits", limit=50)
    assert (len(part), len(part.train)) == (50, 50)
    assert {sum(item.label == digit for item in part.items) for digit in range(10)} == {5}
    assert {item.id for item in part.items} <= {item.id for item in whole.items}
    assert len(data.load("digits", limit=10**6)) == len(whole)
    with pytest.raises(BadInput, match="a limit is at least 1; got 0"):
        data.load("digits", limit=0)


def test_digits_are_real_and_licensed():
    found = data.load("digits")
    assert (len(found), len(found.train)) == (901, 896)
    assert found.classes[:3] == ("zero", "one", "two")
    assert found.name == "digits"
    assert all(template.count("{}") == 1 for template in found.templates)
    assert "CC-BY-4.0" in found.licence
    image = found.items[0].picture.load()
    assert image.mode == "RGB"
    assert image.size == (8, 8)
    assert image.getextrema()[0][1] > 200
    everything = [*found.items, *found.train.items]
    assert len({item.picture.digest() for item in everything}) == 1797
    assert all(item.facts["digit"] == item.label for item in everything)
    figures = data.load("digits?names=figures&carve=0")
    assert figures.classes == tuple("0123456789")
    assert len(figures) == 1797
    assert figures.train is None


def test_a_templates_file_may_be_given(tmp_path):
    file = tmp_path / "templates.txt"
    file.write_text("a drawing of {}.\n\nsome {c}\n")
    assert data.load(f"digits?templates={file}").templates == ("a drawing of {}.", "some {}")
    file.write_text("no place\n")
    with pytest.raises(BadInput, match="needs exactly one"):
        data.load(f"digits?templates={file}")
    file.write_text("\n")
    with pytest.raises(BadInput, match="has no templates"):
        data.load(f"digits?templates={file}")
    assert json.dumps(data.load("digits").templates)
