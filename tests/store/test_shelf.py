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
from eyechart.store.codec import coerce, plain, record_from_json, to_json
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


def test_json_of_a_later_edition_is_refused() -> None:
    with pytest.raises(Corrupt, match="later"):
        record_from_json(json.dumps({"exam": "x", "model": "m", "data": "d", "reason": "r", "made": "t", "later": 1}))


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (int, "7", 7),
        (float, "1e-3", 1e-3),
        (bool, "false", False),
        (str, "a,b", "a,b"),
        (tuple[int, ...], "1, 2,3", (1, 2, 3)),
        (tuple[str, ...], "a,b", ("a", "b")),
        (int | None, "none", None),
        (int | None, "4", 4),
        (tuple[int, ...], [1, 2], (1, 2)),
    ],
)
def test_typed_text_becomes_a_value(kind: object, text: object, value: object) -> None:
    assert coerce(kind, text, "exam.field") == value


def test_text_of_the_wrong_type_is_told() -> None:
    with pytest.raises(BadInput, match=r"knn\.k was given 'x'.*integer"):
        coerce(int, "x", "knn.k")


def test_arrays_in_facts_become_lists() -> None:
    assert plain({"a": np.float32(0.5), "b": np.arange(3)}) == {"a": 0.5, "b": [0, 1, 2]}
    assert to_json(Statistics()).endswith("}\n")
