"""Taxonomies from a small WordNet in WordNet's own files."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PIL import Image

from eyechart.bench import Bench
from eyechart.core import Statistics
from eyechart.data import load
from eyechart.errors import BadInput, MissingExtra
from eyechart.exams.order import Order
from eyechart.marking.taxonomy import tree
from eyechart.testing import Oracle

# name → its hypernym; each line of data.noun begins with its own offset in the file, as wndb(5WN) has it.
ABOVE = {
    "entity": "", "animal": "entity", "artifact": "entity", "fish": "animal", "bird": "animal", "vehicle": "artifact",
    "tench": "fish", "goldfish": "fish", "hen": "bird", "ostrich": "bird", "cab": "vehicle", "bus": "vehicle",
}  # fmt: skip
LEAVES = ("tench", "goldfish", "hen", "ostrich", "cab", "bus")
HEAD = "  1 This software and database is being provided to you.  \n  2 WordNet 3.0 Copyright 2006 by Princeton.  \n"


def written(folder: Path, above: dict[str, str]) -> dict[str, str]:
    """WordNet's files over these nouns; returns their ids."""
    folder.mkdir()

    def line(name: str, at: dict[str, int]) -> str:
        up, down = above[name], [kid for kid, parent in above.items() if parent == name]
        links = [f"@ {at[one]:08d} n 0000" for one in (up,) if one] + [f"~ {at[kid]:08d} n 0000" for kid in down]
        return f"{at[name]:08d} 03 n 01 {name} 0 {len(links):03d} {' '.join(links)} | what is called {name}  \n"

    blank, places, place = dict.fromkeys(above, 0), {}, len(HEAD)
    for name in above:
        places[name] = place
        place += len(line(name, blank))
    (folder / "data.noun").write_text(HEAD + "".join(line(name, places) for name in above))
    (folder / "index.noun").write_text(
        HEAD + "".join(f"{name} n 1 2 @ ~ 1 0 {places[name]:08d}  \n" for name in sorted(above))
    )
    for kind in ("verb", "adj", "adv"):
        (folder / f"data.{kind}").write_text(HEAD)
        (folder / f"index.{kind}").write_text(HEAD)
    for name in ("noun.exc", "verb.exc", "adj.exc", "adv.exc", "cntlist.rev", "index.sense"):
        (folder / name).write_text("")
    (folder / "lexnames").write_text("".join(f"{at:02d}\tnoun.{at}\t1\n" for at in range(45)))
    return {name: f"n{at:08d}" for name, at in places.items()}


@pytest.fixture
def dictionary(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    pytest.importorskip("nltk")
    return tmp_path / "dict", written(tmp_path / "dict", ABOVE)


def pictures(folder: Path, kinds: list[str], each: int = 4) -> Path:
    for label, kind in enumerate(kinds):
        for number in range(each):
            path = folder / kind / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (8, 8), (40 * label, 50 * number, 9)).save(path)
    return folder


def test_folders_called_after_synsets_get_their_tree(dictionary: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    where, ids = dictionary
    root = pictures(tmp_path / "own", [f"{ids[name]} {name}" for name in LEAVES], each=1)
    data = load(f"folder:{root}?train=no&wordnet={where}")
    assert set(data.classes) == set(LEAVES)
    assert data.taxonomy["tench"] == "fish.n.01"
    assert data.taxonomy["animal.n.01"] == "entity.n.01"
    assert "entity.n.01" not in data.taxonomy
    heights = tree(data).heights
    at = [data.classes.index(name) for name in ("hen", "ostrich", "tench", "bus")]
    assert heights[at[0]][at].tolist() == [0, 1, 2, 3]


def test_order_is_taken_on_them(dictionary: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    where, ids = dictionary
    names = tmp_path / "names.txt"
    names.write_text("".join(f"{ids[name]}\t{name}\n" for name in LEAVES))
    root = pictures(tmp_path / "own", [ids[name] for name in LEAVES])
    data = load(f"folder:{root}?train=no&names={names}&wordnet={where}")
    exam = Order(neighbours=(1,), k=2, ring=3, mapped=0)
    sheet = exam.measure(Oracle(data), data, Bench())
    assert sorted(set(sheet["class"].tolist())) == sorted(LEAVES)
    assert exam.grade(sheet, Statistics(resamples=20))["purity"].value == 1


def test_a_class_above_another_is_its_parent_by_its_own_name(
    dictionary: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    where, ids = dictionary
    root = pictures(tmp_path / "own", [f"{ids[name]} {name}" for name in ("fish", "tench", "bus")], each=1)
    taxonomy = load(f"folder:{root}?train=no&wordnet={where}").taxonomy
    assert taxonomy["tench"] == "fish"
    assert taxonomy["fish"] == "animal.n.01"


def test_what_is_no_synset_is_bad_input(dictionary: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    where, ids = dictionary
    with pytest.raises(BadInput, match="such as n01440764; 'cats' is not"):
        load(f"folder:{pictures(tmp_path / 'words', ['cats', 'dogs'])}?wordnet={where}")
    strange = pictures(tmp_path / "strange", [ids["hen"], "n00000007"])
    with pytest.raises(BadInput, match="holds no synset n00000007"):
        load(f"folder:{strange}?wordnet={where}")
    with pytest.raises(BadInput, match=r"WordNet 3\.0's own files"):
        load(f"folder:{strange}?wordnet={tmp_path / 'nowhere'}")


def test_without_the_library_it_says_what_to_install(
    dictionary: tuple[Path, dict[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where, ids = dictionary
    monkeypatch.setitem(sys.modules, "nltk.data", None)
    with pytest.raises(MissingExtra, match=r"pip install 'eyechart\[wordnet\]"):
        load(f"folder:{pictures(tmp_path / 'own', [ids['hen'], ids['bus']])}?wordnet={where}")


def test_a_ring_in_the_files_ends_in_a_sentence(tmp_path: Path) -> None:
    pytest.importorskip("nltk")
    ids = written(tmp_path / "ring", {**ABOVE, "entity": "animal"})
    root = pictures(tmp_path / "own", [f"{ids[name]} {name}" for name in LEAVES], each=1)
    with pytest.raises(BadInput, match="ring"):
        tree(load(f"folder:{root}?train=no&wordnet={tmp_path / 'ring'}"))
