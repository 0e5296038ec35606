from __future__ import annotations

import sys
from importlib.metadata import EntryPoint

import pytest

from eyechart import plugins
from eyechart.errors import BadInput, UnknownName


def test_the_file_name_is_the_registry() -> None:
    assert "knn" in plugins.names("exams")
    assert plugins.find("exams", "knn").name == "knn"


def test_hyphens_are_forgiven() -> None:
    assert plugins.find("exams", "zero-shot") is plugins.find("exams", "zero_shot")


def test_an_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean 'zero_shot'"):
        plugins.find("exams", "zero_shots")


def test_every_plugin_says_what_it_is() -> None:
    for kind in ("exams", "models", "data"):
        for name in plugins.names(kind):
            assert len(plugins.summary(kind, name)) > 10, (kind, name)


def test_strangers_are_found_through_entry_points(monkeypatch: pytest.MonkeyPatch) -> None:
    points = {
        "eyechart.exams": [
            EntryPoint("stranger", "collections:OrderedDict", "eyechart.exams"),
            EntryPoint("broken", "no_such_module:thing", "eyechart.exams"),
        ]
    }
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: points.get(group, []))
    assert "stranger" in plugins.names("exams")
    assert plugins.find("exams", "stranger") is sys.modules["collections"].OrderedDict
    assert plugins.summary("exams", "stranger") == "from collections:OrderedDict"
    with pytest.raises(BadInput, match="no_such_module"):
        plugins.find("exams", "broken")
