from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from eyechart.core import (
    Estimate,
    Machine,
    Mistake,
    ModelCard,
    Norm,
    Preprocessing,
    Record,
    Refusal,
    Request,
    Sheet,
    Statistics,
    Unread,
)
from eyechart.errors import BadInput, Corrupt, Refused
from eyechart.store.digest import of_items
from eyechart.store.shelf import Shelf
from eyechart.testing.datasets import toy

SHEET = Sheet(
    columns={
        "id": np.array(["a", "b", "ü"]),
        "group": np.array(["a", "b", "b"]),
        "score": np.array([1.0, 0.0, 0.5]),
        "truth": np.array(["cat", "dog", "<script>"]),
        "near": np.arange(6).reshape(3, 2),
    },
    facts={"classes": ["cat", "dog"], "pool": 3, "chance": 0.5},
)


def record(shelf: Shelf, *, made: str = "2030-01-01T00:00:00+00:00", weights: str = "w") -> Record:
    statistics = Statistics()
    return Record(
        norm=Norm(
            exam="knn",
            version=1,
            settings={"k": 20},
            data="toy",
            split="test",
            revision="1",
            items="i",
            count=3,
            learnt_from="t",
            preprocessing="own",
            statistics=statistics,
        ),
        card=ModelCard(
            name="zoo:x",
            digest=weights,
            params=3,
            flops=None,
            width=4,
            preprocessing=Preprocessing(size=(8, 8), resize="crop"),
        ),
        question="?",
        headline="accuracy",
        estimates={"accuracy": Estimate(value=0.5, low=0.1, high=0.9, units=3, method="wilson", chance=0.5)},
        sheet=shelf.digest(SHEET),
        facts=SHEET.facts,
        request=Request(
            model="zoo:x",
            data="toy",
            exam="knn",
            settings={"k": 20},
            preprocessing="own",
            precision="fp32",
            statistics=statistics,
        ),
        machine=Machine(
            system="s", processor="p", device="cpu", cores=2, memory_gib=1.0, python="3", packages={"torch": "2"}
        ),
        made=made,
        seconds={"forward": 1.0},
        unread=(Unread(id="z", reason="empty file"),),
        mistakes=(Mistake(id="b", picture="x.webp", truth="dog", answer="cat", confidence=0.9),),
    )


@pytest.fixture(params=["local", "memory"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
    return Shelf(tmp_path) if request.param == "local" else Shelf(f"memory://shelf-{tmp_path.name}")


def test_a_record_and_its_sheet_come_back_equal(shelf: Shelf) -> None:
    kept = record(shelf)
    name = shelf.put(kept, SHEET)
    assert shelf.records() == [kept]
    found = shelf.read(Path(name).stem)
    assert found.record == kept
    for column, array in SHEET.columns.items():
        assert found.sheet[column].tolist() == array.tolist()
    assert found.sheet.facts == SHEET.facts


def test_a_sheet_is_plain_parquet(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.put(record(shelf), SHEET)
    (path,) = (tmp_path / "sheets").glob("*.parquet")
    table = pq.read_table(path)
    assert table["truth"].to_pylist() == ["cat", "dog", "<script>"]
    assert json.loads(table.schema.metadata[b"eyechart"])["pool"] == 3


def test_what_is_done_is_found_by_norm_weights_and_precision(shelf: Shelf) -> None:
    kept = record(shelf)
    shelf.put(kept, SHEET)
    assert shelf.find(kept.norm, kept.card) == kept
    assert shelf.find(replace(kept.norm, version=2), kept.card) is None
    assert shelf.find(kept.norm, replace(kept.card, precision="bf16")) is None
    assert shelf.find(kept.norm, replace(kept.card, digest="other")) is None
    assert shelf.find(kept.norm, replace(kept.card, digest="")) is None


def test_the_newest_record_is_found(shelf: Shelf) -> None:
    shelf.put(record(shelf), SHEET)
    newer = record(shelf, made="2031-01-01T00:00:00+00:00")
    shelf.put(newer, SHEET)
    assert shelf.find(newer.norm, newer.card) == newer


def test_a_sheet_that_was_changed_is_not_read(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    kept = record(shelf)
    shelf.put(kept, SHEET)
    (path,) = (tmp_path / "sheets").glob("*.parquet")
    table = pq.read_table(path)
    pq.write_table(table.slice(0, 2), path)
    with pytest.raises(Corrupt, match="does not hold"):
        shelf.sheet(kept.sheet)
    path.write_bytes(b"nonsense")
    with pytest.raises(Corrupt, match="cannot be read"):
        shelf.sheet(kept.sheet)
    path.unlink()
    with pytest.raises(Corrupt, match="not on the shelf"):
        shelf.sheet(kept.sheet)


def test_a_score_that_is_not_finite_is_not_kept(shelf: Shelf) -> None:
    bad = Sheet(columns={**SHEET.columns, "score": np.array([1.0, np.nan, 0.0])})
    with pytest.raises(Refused, match="not finite"):
        shelf.put(replace(record(shelf), sheet=shelf.digest(bad)), bad)


def test_an_estimate_that_is_not_finite_is_not_kept(shelf: Shelf) -> None:
    bad = Estimate(value=float("nan"), low=0, high=1, units=3, method="wilson")
    with pytest.raises(BadInput, match="not finite"):
        shelf.put(replace(record(shelf), estimates={"accuracy": bad}), SHEET)


def test_a_refusal_is_kept_once(shelf: Shelf) -> None:
    refusal = Refusal(exam="*", model="a/b:c", data="*", reason="no", made="2030")
    shelf.put_refusal(refusal)
    shelf.put_refusal(refusal)
    assert shelf.refusals() == [refusal]


def test_a_number_that_was_changed_in_a_record_is_noticed(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    kept = record(shelf)
    shelf.put(kept, SHEET)
    (path,) = (tmp_path / "records").glob("*.json")
    path.write_text(path.read_text().replace('"value": 0.5', '"value": 0.6'))
    with pytest.raises(Corrupt, match="does not hold what was written"):
        shelf.records()
    with pytest.raises(Corrupt, match="does not hold what was written"):
        shelf.read(path)


def test_what_is_broken_counts_as_not_done_and_is_mended(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    kept = record(shelf)
    shelf.put(kept, SHEET)
    (sheet,) = (tmp_path / "sheets").glob("*")
    sheet.write_bytes(b"nonsense")
    assert shelf.find(kept.norm, kept.card) is None
    shelf.put(kept, SHEET)
    assert shelf.find(kept.norm, kept.card) == kept
    (path,) = (tmp_path / "records").glob("*")
    path.write_bytes(b"{")
    assert shelf.find(kept.norm, kept.card) is None


def test_a_record_is_read_by_file_by_name_and_by_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf(tmp_path / "here")
    kept = record(shelf)
    name = shelf.put(kept, SHEET)
    elsewhere = tmp_path / "copy.json"
    elsewhere.write_bytes((tmp_path / "here" / name).read_bytes())
    other = Shelf(tmp_path / "other")
    monkeypatch.chdir(tmp_path / "here")
    assert other.read(tmp_path / "here" / name).record == kept  # with the sheet that lies beside it
    assert other.read(name).record == kept
    assert shelf.read(elsewhere).record == kept  # with the sheet that lies here
    assert shelf.read(Path(name).stem[-16:]).record == kept
    assert shelf.read(Path(name).stem[-16:-8]).record == kept
    with pytest.raises(Corrupt, match="not on the shelf"):
        other.read(elsewhere)
    with pytest.raises(BadInput, match="no record"):
        other.read("abcdef01")


def test_a_refusal_is_no_record(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.put_refusal(Refusal(exam="knn", model="m", data="d", reason="too few classes", made="2030"))
    (path,) = (tmp_path / "refusals").glob("*.json")
    with pytest.raises(BadInput, match="too few classes"):
        shelf.read(path)


@pytest.mark.parametrize("name", ["../secret", "../../secret.webp", "/etc/passwd", "a.webp", ""])
def test_a_record_from_a_stranger_reaches_nothing_but_the_shelf(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret").write_text("secret")
    with pytest.raises(Corrupt, match="not the name"):
        Shelf(tmp_path / "shelf").thumbnail(name)
    with pytest.raises(Corrupt, match="not the name"):
        Shelf(tmp_path / "shelf").sheet(name)


def test_sheets_of_any_numbers_and_words_come_back_with_their_digest(shelf: Shelf) -> None:
    columns = {
        "id": np.array(["a", "\udc80", "日本"]),
        "group": np.array(["", "x", "x"], dtype=object),
        "score": np.array([0.0, 1.0, 1.0], dtype=np.float32),
        "half": np.ones((3, 2), dtype=np.float16),
        "flag": np.array([True, False, True]),
        "rank": np.arange(3, dtype=np.int16),
        "near": np.array([["cat", "dog"], ["a", "bb"], ["", "ü"]]),
    }
    sheet = Sheet(columns=columns, facts={"class": "\udc80", "nested": {"a": [1, 2.5, None, True]}})
    kept = replace(record(shelf), sheet=shelf.digest(sheet), unread=(Unread(id="\udc80", reason="?"),))
    shelf.put(kept, sheet)
    found = shelf.sheet(kept.sheet)
    assert found["id"].tolist() == ["a", "\\udc80", "日本"]
    assert found["near"].tolist() == columns["near"].tolist()
    assert found.facts == sheet.facts
    for name in ("score", "half", "flag", "rank"):
        np.testing.assert_array_equal(found[name], columns[name])
        assert found[name].dtype == columns[name].dtype
    assert shelf.records() == [kept]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"id": np.array(["a"]), "score": np.array([1.0])}, "lacks the column group"),
        ({"id": np.array(["a"]), "group": np.array(["a"]), "score": np.array([1.0, 0.0])}, "different lengths"),
        (
            {"id": np.array(["a"]), "group": np.array(["a"]), "score": np.array([1.0]), "x": np.ones((1, 1, 1))},
            r"\(1, 1, 1\)",
        ),
    ],
)
def test_a_sheet_out_of_shape_is_told(tmp_path: Path, columns: dict[str, np.ndarray], said: str) -> None:
    shelf, sheet = Shelf(tmp_path), Sheet(columns=columns)
    with pytest.raises(BadInput, match=said):
        shelf.put(replace(record(shelf), sheet=shelf.digest(sheet)), sheet)
    assert not list(tmp_path.rglob("*.json"))


def test_facts_that_are_not_finite_are_not_kept(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="not finite"):
        Shelf(tmp_path).digest(Sheet(columns=SHEET.columns, facts={"loss": float("inf")}))


def test_a_split_is_found_by_the_digest_that_the_norm_holds(tmp_path: Path) -> None:
    data = toy(6, 2)
    assert Shelf(tmp_path).put_split(data) == of_items(data.items)


def test_a_broken_record_is_named(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.put(record(shelf), SHEET)
    (path,) = (tmp_path / "records").glob("*.json")
    told = json.loads(path.read_text())
    path.write_text(json.dumps({**told, "surprise": 1}))
    with pytest.raises(Corrupt, match="surprise"):
        shelf.records()
    path.write_text("{")
    with pytest.raises(Corrupt, match=path.name):
        shelf.records()


def test_reading_what_is_not_there_is_one_sentence(shelf: Shelf) -> None:
    with pytest.raises(BadInput, match="no record"):
        shelf.read("nothing.json")


def test_thumbnails_and_splits_are_kept_by_content(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    image = Image.new("RGB", (8, 8), "red")
    assert shelf.put_thumbnail(image) == shelf.put_thumbnail(image)
    assert shelf.thumbnail(shelf.put_thumbnail(image))[:4] == b"RIFF"
    data = toy(6, 2)
    name = shelf.put_split(data)
    ids = pq.read_table(tmp_path / "splits" / f"{name}.parquet")["id"].to_pylist()
    assert ids == [item.id for item in data.items]
