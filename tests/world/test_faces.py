"""Every person has a name and a face of their own; the first few are met most of the time."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eyechart.errors import BadInput, UnknownName
from eyechart.world.persons.faces import face
from eyechart.world.persons.names import COUNT, NAMES_OF_PEOPLE, is_woman, namesakes
from eyechart.world.persons.people import DRAWS, People
from eyechart.world.persons.portraits import EXPRESSIONS, Sitting, portray, strokes

INDICES = st.integers(0, 2**40)
PERSONS = st.sampled_from(NAMES_OF_PEOPLE)
PLAIN = {"clothes": "shirt", "colour": "blue", "place": "park"}


def test_there_are_many_names_and_none_twice() -> None:
    assert len(NAMES_OF_PEOPLE) == len(set(NAMES_OF_PEOPLE)) == COUNT >= 400
    assert all(len(name.split()) == 2 for name in NAMES_OF_PEOPLE)
    assert sum(map(is_woman, NAMES_OF_PEOPLE)) == COUNT / 2


def test_every_name_has_namesakes() -> None:
    for name in NAMES_OF_PEOPLE[:20]:
        assert name not in namesakes(name)
        assert all(set(name.split()) & set(other.split()) for other in namesakes(name))
        assert namesakes(name)


def test_no_two_faces_are_alike() -> None:
    faces = [face(name) for name in NAMES_OF_PEOPLE]
    assert min(one.differences(other) for one, other in combinations(faces, 2)) >= 3
    assert min(one.striking(other) for one, other in combinations(faces, 2)) >= 2


def test_the_most_frequent_can_be_told_apart_by_their_pixels() -> None:
    shown = [portray(face(name), Sitting(expression="neutral", **PLAIN), 64) for name in NAMES_OF_PEOPLE[:60]]
    assert all(np.abs(one.astype(int) - other).mean() > 1.5 for one, other in combinations(shown, 2))


@settings(deadline=None, max_examples=30)
@given(name=PERSONS)
def test_a_face_is_closer_to_itself_than_to_others(name: str) -> None:
    """Another expression and a slight tilt change a picture less than another person does, on average."""
    sittings = [Sitting(expression=expression, tilt=tilt, **PLAIN) for expression in EXPRESSIONS for tilt in (0.0, 2.0)]
    own = [portray(face(name), sitting, 64).astype(int) for sitting in sittings]
    others = [portray(face(other), sittings[0], 64) for other in NAMES_OF_PEOPLE[::37] if other != name]
    within = np.mean([np.abs(own[0] - one).mean() for one in own[1:]])
    between = np.mean([np.abs(own[0] - other).mean() for other in others])
    assert within < between


@settings(deadline=None, max_examples=40)
@given(name=PERSONS, expression=st.sampled_from(EXPRESSIONS), tilt=st.floats(-11, 11), scale=st.floats(0.72, 0.98))
def test_heads_stay_within_the_frame(name: str, expression: str, tilt: float, scale: float) -> None:
    parts = strokes(face(name), Sitting(expression=expression, tilt=tilt, scale=scale, **PLAIN))
    corners = np.concatenate([part.points for part in parts if part.role not in ("clothes", "collar", "stripe")])
    assert corners[:, 1].min() > 0
    assert corners[:, 0].min() > 0
    assert corners[:, 0].max() < 100


@settings(deadline=None, max_examples=40)
@given(index=INDICES, draw=st.sampled_from(DRAWS))
def test_facts_belong_to_the_name(index: int, draw: str) -> None:
    view = People(draw=draw)[index]
    who = face(view.name)
    facts = view.facts
    assert NAMES_OF_PEOPLE[view.label] == view.name == facts["name"]
    assert facts["rank"] == view.label + 1
    for feature in ("head", "skin", "hair", "eye_colour", "glasses", "beard", "hat", "earrings", "mark"):
        assert facts[feature] == getattr(who, feature)


@settings(deadline=None, max_examples=40)
@given(index=INDICES, draw=st.sampled_from(DRAWS))
def test_captions_are_true_and_falsehoods_change_one_fact(index: int, draw: str) -> None:
    view = People(draw=draw)[index]
    assert len(set(view.captions)) == 5
    assert view.name in view.caption
    assert not set(view.distractors) & set(view.captions)
    told = {falsehood.change: falsehood.text for falsehood in view.falsehoods}
    assert set(told) == {"name", "namesake", "expression", "colour", "place", "looks"}
    assert view.name not in told["name"]
    assert set(view.name.split()) & set(told["namesake"].split())
    assert all(view.name in told[change] for change in ("expression", "colour", "place"))


def test_the_long_tail_follows_zipf() -> None:
    drawn = Counter(People()[i].label for i in range(5000))
    first = People()[next(i for i in range(5000) if People()[i].label == 0)].facts["frequency"]
    for rank in (0, 1, 2, 5, 9):
        expected = 5000 * float(first) / (rank + 1)
        assert abs(drawn[rank] - expected) < 4 * expected**0.5


def test_a_balanced_draw_shows_everybody() -> None:
    drawn = Counter(People(draw="balanced")[i].label for i in range(5000))
    assert len(drawn) > 0.99 * COUNT
    assert max(drawn.values()) < 30


def test_splits_share_no_picture_but_persons() -> None:
    shown = [{People(split=split)[i].pixels.tobytes() for i in range(40)} for split in ("train", "valid", "test")]
    assert not shown[0] & shown[1]
    assert not shown[0] & shown[2]
    people = [{People(split=split)[i].name for i in range(200)} for split in ("train", "test")]
    assert people[0] & people[1]


def test_digests_tell_apart_what_differs() -> None:
    digests = {People().digest, People(draw="balanced").digest, People(split="test").digest, People(seed=1).digest}
    assert len(digests) == 4


def test_another_process_draws_the_same_faces() -> None:
    code = (
        "from hashlib import sha256\nfrom eyechart.world.persons.people import People\n"
        "print(sha256(b''.join(People(seed=2)[i].pixels.tobytes() for i in range(8))).hexdigest())"
    )
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(2)]
    assert runs[0].stdout == runs[1].stdout


def test_what_is_not_there_is_refused() -> None:
    with pytest.raises(UnknownName, match="long-tailed"):
        People(draw="long tailed")
    with pytest.raises(UnknownName, match="person"):
        face("Nobody Atall")
    for wrong in ({"split": "dev"}, {"size": 16}, {"seed": -1}):
        with pytest.raises(BadInput):
            People(**wrong)  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="index of 0 or more"):
        People()[-1]
