from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pytest

from eyechart.core import Refusal, Statistics
from eyechart.errors import BadInput, Corrupt
from eyechart.store.codec import coerce, plain, record_from_json, to_json


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
    with pytest.raises(BadInput, match=r"knn\.k was given 'x'; expected a whole number"):
        coerce(int, "x", "knn.k")


def test_arrays_in_facts_become_lists() -> None:
    assert plain({"a": np.float32(0.5), "b": np.arange(3)}) == {"a": 0.5, "b": [0, 1, 2]}
    assert to_json(Statistics()).endswith("}\n")


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (int, "1.5", "a whole number"),
        (float, "much", "a number"),
        (float, "nan", "a finite number"),
        (tuple[float, ...], "1,inf", "a finite number"),
        (bool, "perhaps", "true or false"),
        (int | None, "some", "a whole number"),
        (tuple[int, ...], "1,b", "a whole number"),
        (Literal["crop", "pad"], "squash", "'crop' or 'pad'"),
    ],
)
def test_every_kind_of_wrong_text_is_told_with_what_was_expected(kind: object, text: str, expected: str) -> None:
    with pytest.raises(BadInput, match=f"^exam.field was given {text!r}.*{expected}"):
        coerce(kind, text, "exam.field")


@dataclass(frozen=True)
class Inner:
    depth: int
    sizes: tuple[int, ...] = (1, 2)


@dataclass(frozen=True)
class Outer:
    inner: Inner
    name: str = "x"


def test_a_nested_value_is_read_from_json() -> None:
    assert coerce(Outer, {"inner": {"depth": 3, "sizes": [4]}}, "config") == Outer(Inner(3, (4,)))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"inner": {"depth": 3, "seizes": [4]}}, "inner.seizes is no field of it; known: depth, sizes"),
        ({"inner": {"depth": "3"}}, "inner.depth was given '3'; expected a whole number"),
        ({"name": "y"}, "inner: field required"),
        ([1], "dictionary"),
    ],
)
def test_a_nested_value_that_does_not_fit_is_told(given: object, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        coerce(Outer, given, "config.json")


def test_a_refusal_comes_back_equal() -> None:
    refusal = Refusal(exam="knn", model="m", data="d", reason="r", made="t")
    assert record_from_json(to_json(refusal)) == refusal


@pytest.mark.parametrize("text", ["", "[]", "null", "3", '{"norm": 3}', b"\xff"])
def test_what_is_no_record_is_named(text: str | bytes) -> None:
    with pytest.raises(Corrupt, match=r"^lost\.json is not"):
        record_from_json(text, "lost.json")


def test_what_json_cannot_hold_is_told() -> None:
    with pytest.raises(BadInput, match="object cannot be kept"):
        plain({"a": object()})


@dataclass(frozen=True)
class Disc:
    kind: Literal["disc"]
    radius: int


@dataclass(frozen=True)
class Brick:
    kind: Literal["brick"]
    width: int
    height: int = 1


def test_of_a_value_that_may_be_of_two_kinds_the_kind_that_it_says_it_is_is_judged() -> None:
    shapes = Mapping[str, Disc | Brick]
    assert coerce(shapes, {"a": {"kind": "brick", "width": 3}}, "shapes") == {"a": Brick("brick", 3)}
    with pytest.raises(BadInput, match=r"a\.Brick.width: expected a whole number"):
        coerce(shapes, {"a": {"kind": "brick", "width": "wide"}}, "shapes")
    with pytest.raises(BadInput, match=r"a\.Disc.radius: expected a whole number"):
        coerce(shapes, {"a": {"kind": "disc", "radius": "long"}}, "shapes")
    with pytest.raises(BadInput, match=r"a\.Disc.kind: input should be 'disc'"):
        coerce(shapes, {"a": {"kind": "cone"}}, "shapes")
