from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from eyechart import plugins
from eyechart.claims.claim import Finding
from eyechart.claims.evidence import evidence, one_norm, schooling
from eyechart.claims.listed import CLAIMS
from eyechart.claims.page import markdown, values
from eyechart.claims.verdicts import Judged, judge
from eyechart.cli import app
from eyechart.core import Record
from eyechart.errors import BadInput, NormMismatch
from eyechart.store.codec import to_json

FEW, GOOD = (0.02, 0.0, 0.05, 0.1), (0.8, 0.75, 0.85, 0.1)
FALLEN = {"clean": GOOD, "robust_at_4/255": FEW}


def untold(_: Record) -> None:
    """Nobody knows how anything was taught."""


@pytest.fixture
def records(plant: Any) -> list[Record]:
    return [
        plant("attack", FALLEN, model="zoo:a").record,
        plant("attack", FALLEN, model="zoo:b", settings={"images": 20, "radii": [0.1, 0.2]}, data="mine|so").record,
        plant("knn", {"top1": GOOD}, model="zoo:a").record,
        plant("linear", {"top1": (0.5, 0.4, 0.6, 0.1)}, model="zoo:a").record,
    ]


def test_every_claim_asks_for_exams_that_there_are() -> None:
    known = plugins.names("exams")
    for claim in CLAIMS:
        assert set(claim.asks) <= set(known), claim.id
        assert set(claim.also) <= set(known), claim.id
        assert claim.asks


def test_claims_are_said_once_and_in_order() -> None:
    names = [claim.id for claim in CLAIMS]
    assert len(set(names)) == len(names)
    wanted = [*(f"S{n}" for n in range(1, 15)), "S17", "L2", "L3", "L4"]
    assert [name for name in names if name in wanted] == wanted
    for claim in CLAIMS:
        assert claim.text.endswith(".")
        assert claim.test.endswith(".")


def test_the_order_in_which_records_come_changes_no_byte(records: list[Record]) -> None:
    pages = {markdown(judge(CLAIMS, evidence(order, untold))) for order in (records, records[::-1])}
    assert len(pages) == 1
    (page,) = pages
    assert "| [S3](#s3) |" in page
    assert "holds for 2 of 2" in page


def test_of_one_model_under_one_norm_the_newest_record_counts(plant: Any) -> None:
    old = plant("attack", {"clean": GOOD, "robust_at_4/255": GOOD}, made="2025").record
    new = plant("attack", FALLEN, made="2026").record
    for order in ([old, new], [new, old]):
        found = evidence(order, untold)
        assert [one["robust_at_4/255"].value for one in found.witnesses] == [0.02]


def test_the_page_names_norms_and_the_commands_that_repeat_it(records: list[Record]) -> None:
    page = markdown(judge(CLAIMS, evidence(records, untold)))
    assert "eyechart examine zoo:a --data world --exam attack" in page
    assert (
        "eyechart examine zoo:b --data 'mine|so' --exam attack --set attack.images=20 --set attack.radii=0.1,0.2"
        in page
    )
    assert "eyechart examine zoo:a --data world --exam knn --exam linear" in page
    assert "attack 1 on mine\\|so/test, 100 items, 95% intervals" in page
    assert "there is no record of `elephant`" in page
    for line in page.splitlines():
        if line.startswith("| zoo:"):
            assert "norm" not in line


def test_records_that_nobody_can_read_are_told_from_none(plant: Any) -> None:
    page = markdown(judge(CLAIMS, evidence([plant("attack", {"clean": GOOD}).record], untold)))
    assert "there are records of `attack`, but none of models or of an edition" in page


def test_the_same_is_told_as_values(records: list[Record]) -> None:
    told = values(judge(CLAIMS, evidence(records, untold)))
    attack = next(claim for claim in json.loads(json.dumps(told)) if claim["id"] == "S3")
    assert attack["verdict"] == "supported"
    assert attack["findings"][0]["records"] == [
        {"model": "zoo:a", "norm": attack["findings"][0]["parts"][0]["norm"], "sheet": "0" * 32}
    ]
    assert attack["findings"][0]["parts"][0]["value"] == 0.8


def test_a_study_is_repeated_from_where_it_would_lie(plant: Any, taught: Any) -> None:
    witness = plant("attack", FALLEN, taught=taught("clip"))
    found = judge(CLAIMS, evidence([witness.record], lambda _: witness.schooling))
    page = markdown(found)
    assert "/far/away" not in page
    assert "eyechart learn recipes/s.toml" in page
    assert "checkpoint:runs/s/clip-vit-64-0/model" in page
    assert "- s/clip-vit-64-0: **supported**" in page


def test_what_a_study_taught_for_the_zoo_is_called_as_the_zoo_calls_it(plant: Any, taught: Any) -> None:
    record = plant("attack", FALLEN, model="zoo:s-clip").record
    page = markdown(judge(CLAIMS, evidence([record], lambda _: taught("clip"))))
    assert "- zoo:s-clip: **supported**" in page
    assert "eyechart learn" not in page[: page.index("## S4")].partition("## S3")[2]


def test_what_could_not_be_asked_for_one_reason_stands_on_one_line() -> None:
    why = "It names nothing better than by guessing."
    open_ = [Finding(of=name, verdict="undecided", sentence=why, asked=False) for name in ("a", "b", "b")]
    held = Finding(of="c", verdict="supported", sentence="It does.")
    page = markdown([Judged(claim=CLAIMS[0], findings=(held, *open_))])
    assert "- c: **supported**. It does.\n- *Could not be asked*: a, b. It names nothing better" in page
    assert page.count(why) == 1


def test_two_norms_are_never_one(plant: Any) -> None:
    with pytest.raises(NormMismatch, match="a and b were examined under different norms"):
        one_norm([plant("knn", FALLEN, model="a"), plant("knn", FALLEN, model="b", seed=1)])
    same = [plant("knn", FALLEN, model="a"), plant("knn", FALLEN, model="b", data="another name")]
    assert len(one_norm(same)) == 32


FACTS = {
    "study": "s", "objective": "mae", "tower": "vit", "seed": 2, "samples_seen": 64, "pictures": 9,
    "norm_of_learning": "n", "trained_on": "world?train=9",
}  # fmt: skip


def test_how_a_model_was_taught_is_read_beside_its_weights(plant: Any, taught: Any, tmp_path: Path) -> None:
    record = plant("knn", FALLEN, model=f"checkpoint:{tmp_path}").record
    assert schooling(record) is None
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"facts": FACTS, "plan": {"image": {"family": "vit"}}}), encoding="utf-8")
    assert schooling(record) is None, "the card tells of another number of pictures"
    record = _seen(record, 64)
    found = schooling(record)
    assert found == taught("mae", seed=2, norm="n")
    assert found.course == "mae-vit-64-2"
    for broken in ("{", "[]", '{"facts": []}', '{"facts": {"study": 3}}'):
        config.write_text(broken, encoding="utf-8")
        assert schooling(record) is None


def _seen(record: Record, samples: int) -> Record:
    return replace(record, card=replace(record.card, samples_seen=samples))


def _shelf(folder: Path, records: list[Record]) -> str:
    (folder / "records").mkdir(parents=True)
    for place, record in enumerate(records):
        (folder / "records" / f"{place}.json").write_text(to_json(record), encoding="utf-8")
    return str(folder)


def test_the_command_prints_and_writes(records: list[Record], tmp_path: Path) -> None:
    shelves = [_shelf(tmp_path / "one", records[:2]), _shelf(tmp_path / "two", records[2:])]
    options = [part for shelf in shelves for part in ("--shelf", shelf)]
    page = tmp_path / "docs" / "claims.md"
    said = CliRunner().invoke(app, ["claims", *options, "-o", str(page)], catch_exceptions=False)
    assert said.exit_code == 0
    assert "not examined" in said.output
    first = page.read_bytes()
    CliRunner().invoke(app, ["claims", *options, "-o", str(page)], catch_exceptions=False)
    assert page.read_bytes() == first
    told = CliRunner().invoke(app, ["claims", *options, "--json"], catch_exceptions=False)
    assert [claim["id"] for claim in json.loads(told.output)] == [claim.id for claim in CLAIMS]


def test_an_empty_shelf_is_told_in_one_sentence(tmp_path: Path, records: list[Record]) -> None:
    with pytest.raises(BadInput, match=r"no records on .*nothing; run `eyechart examine` first"):
        CliRunner().invoke(app, ["claims", "--shelf", str(tmp_path / "nothing")], catch_exceptions=False)
    shelf = _shelf(tmp_path / "full", records)
    with pytest.raises(BadInput, match="cannot be written"):
        CliRunner().invoke(app, ["claims", "--shelf", shelf, "-o", str(tmp_path)], catch_exceptions=False)
