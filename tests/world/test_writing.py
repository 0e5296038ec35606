"""What is written can be read back, and what is said of it is so."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from importlib.metadata import PackageNotFoundError
from itertools import islice, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from eyechart.errors import BadInput, UnknownName
from eyechart.world.dice import Dice
from eyechart.world.painting.palette import COLOURS
from eyechart.world.text import fonts, words
from eyechart.world.text.fonts import CHARACTERS, FONTS, SEEN_FONTS, UNSEEN_FONTS, inked, lettered, written
from eyechart.world.text.inscription import KINDS, adds_up
from eyechart.world.text.lookalikes import CLEAR, PAIRS, apart
from eyechart.world.text.writing import Writing, WrittenView

INDICES = st.integers(0, 2**40)
SPLITS = st.sampled_from(("train", "valid", "test"))


def ink_of(view: WrittenView) -> NDArray[np.float64]:
    """How much of each pixel within the box is ink, read off the colours alone."""
    left, top, right, bottom = map(int, view.box)
    paper, ink = (np.array(COLOURS[view.facts[name]], dtype=np.float64) for name in ("paper", "ink"))
    seen = view.pixels[top:bottom, left:right].astype(np.float64)
    return np.clip((seen - paper) @ (ink - paper) / ((ink - paper) @ (ink - paper)), 0, 1)


def likeness(seen: NDArray[np.float64], text: str, font: str) -> float:
    drawn = inked(text, seen.shape[1], seen.shape[0], font) / 255
    return float(np.abs(seen - drawn).mean())


def unturned(kind: str, count: int, size: int = 96) -> list[WrittenView]:
    views = (Writing(seed=3, size=size, split="test")[i] for i in range(4000))
    return list(islice((v for v in views if v.inscription.kind == kind and v.inscription.turn == 0), count))


def test_digits_can_be_read_back() -> None:
    for view in unturned("digit", 25):
        seen, font = ink_of(view), str(view.facts["font"])
        assert min("0123456789", key=lambda text: likeness(seen, text, font)) == view.text


def test_letters_can_be_read_back_up_to_case() -> None:
    for view in unturned("letter", 25):
        seen, font = ink_of(view), str(view.facts["font"])
        rivals = [
            c for c in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" if apart(c, view.text, font) > CLEAR
        ]
        best = min([view.text, *rivals], key=lambda text: likeness(seen, text, font))
        assert best.casefold() == view.text.casefold()


def test_words_can_be_told_from_what_is_falsely_said() -> None:
    for view in unturned("word", 25):
        seen, font = ink_of(view), str(view.facts["font"])
        quoted = [re.search(r'"(.*)"', text) for text in view.distractors]
        rivals = {match.group(1) for match in quoted if match} - {view.text}
        assert rivals
        assert all(likeness(seen, view.text, font) < likeness(seen, rival, font) for rival in rivals)


@settings(deadline=None, max_examples=60)
@given(index=INDICES, split=SPLITS, size=st.sampled_from((32, 64, 100)))
def test_ink_stays_in_its_box_and_clear_of_the_frame(index: int, split: str, size: int) -> None:
    view = Writing(size=size, split=split)[index]
    left, top, right, bottom = map(int, view.box)
    assert 0 < left < right < size
    assert 0 < top < bottom < size
    ink = view._lettering.ink.copy()
    ink[top:bottom, left:right] = 0
    assert ink.max() < 24
    assert view.pixels.shape == (size, size, 3)


@settings(deadline=None, max_examples=60)
@given(index=INDICES, split=SPLITS)
def test_captions_are_true_and_distractors_are_not_among_them(index: int, split: str) -> None:
    view = Writing(split=split)[index]
    assert len(set(view.captions)) == 5
    assert f'"{view.text}"' in view.caption
    assert len(view.distractors) >= 2
    assert not set(view.distractors) & set(view.captions)
    for falsehood in view.falsehoods:
        quoted = re.search(r'"(.*)"', falsehood.text)
        assert quoted
        assert (quoted.group(1) == view.text) == (falsehood.change in ("ink", "font"))


@settings(deadline=None, max_examples=60)
@given(index=INDICES, split=SPLITS)
def test_facts_say_what_is_there(index: int, split: str) -> None:
    view = Writing(split=split)[index]
    facts = view.facts
    assert facts["kind"] in KINDS
    assert facts["text"] == view.text
    assert facts["length"] == len(view.text)
    assert facts["ink"] != facts["paper"]
    assert 0 < float(facts["height"]) < 64
    assert set(view.text) <= CHARACTERS
    assert (facts["look_alike"] != "") == (facts["kind"] == "look-alike")
    if split != "test":
        assert facts["font"] in SEEN_FONTS
        assert facts["kind"] != "word" or view.text.casefold() not in words.UNSEEN_WORDS


def test_every_kind_comes_up_and_unseen_fonts_only_in_the_test() -> None:
    views = [Writing(split="test")[i].facts for i in range(400)]
    assert {facts["kind"] for facts in views} == set(KINDS)
    assert {facts["font"] for facts in views} == set(FONTS)
    assert {Writing()[i].facts["font"] for i in range(400)} == set(SEEN_FONTS)
    assert set(SEEN_FONTS) | set(UNSEEN_FONTS) == set(FONTS)


def test_look_alikes_differ_less_than_other_characters_do() -> None:
    alike = [apart(one, other, font) for one, other in PAIRS for font in FONTS]
    far = [apart(one, other, font) for one, other in pairwise("axkTq7mWz4Q%") for font in FONTS]
    assert all(value > 0 for value in alike)
    assert np.mean(alike) < 0.8 * np.mean(far)


def test_look_alikes_come_alone_and_in_a_context_and_can_be_told_apart() -> None:
    views = [Writing(size=64)[i] for i in range(1500)]
    twins = [view for view in views if view.inscription.look_alike]
    kinds = Counter((view.facts["in_context"], view.facts["genuine"]) for view in twins)
    assert set(kinds) == {(False, True), (True, True), (True, False)}
    assert all(apart(view.text, str(view.facts["look_alike"]), str(view.facts["font"])) >= CLEAR for view in twins)
    assert all(any(f.change == "look-alike" for f in view.falsehoods) for view in twins)


def test_words_follow_zipf() -> None:
    drawn = Counter(words.word(Dice(1, i), hold_out=False) for i in range(6000))
    shares = words.shares(len(words.WORDS))
    for rank in (0, 1, 2, 5, 9):
        expected = 6000 * shares[rank]
        assert abs(drawn[words.WORDS[rank]] - expected) < 4 * expected**0.5
    assert abs(sum(shares) - 1) < 1e-9
    assert len(words.WORDS) > 400


@pytest.mark.parametrize(
    ("text", "right"),
    [("3 + 4 = 7", True), ("3 + 4 = 8", False), ("9 - 9 = 0", True), ("6 × 7 = 42", True), ("6 × 7 = 43", False)],
)
def test_a_sum_adds_up_or_not(text: str, right: bool) -> None:
    assert adds_up(text) == right


@pytest.mark.parametrize("font", FONTS)
def test_every_font_draws_every_character_as_itself(font: str) -> None:
    visible = sorted(CHARACTERS - {" "})
    drawn = {character: written(character, 40, font)[0].tobytes() for character in visible}
    assert all(max(ink) > 0 for ink in drawn.values())
    blank = fonts._typeface(font, 48).getmask("\ufffe")
    assert all(bytes(fonts._typeface(font, 48).getmask(character)) != bytes(blank) for character in visible)


@settings(deadline=None, max_examples=40)
@given(
    text=st.sampled_from(words.SIGNS),
    width=st.integers(8, 120),
    height=st.integers(8, 60),
    font=st.sampled_from(tuple(FONTS)),
)
def test_text_is_fitted_into_its_box_and_centred(text: str, width: int, height: int, font: str) -> None:
    on = lettered(text, width, height, font)
    assert on.shape == (height, width)
    ink = inked(text, width, height, font)
    assert np.array_equal(on, ink >= 96)
    size, lines = fonts.fitted(text, width, height, font)
    left, top, right, bottom = (edge * size for edge in fonts.extent(lines, font))
    assert right - left <= width + 1e-6
    assert bottom - top <= height + 1e-6
    assert right - left > width - 1 or bottom - top > height - 1
    assert " ".join(lines) == text


def test_lines_are_broken_where_that_makes_letters_larger() -> None:
    assert fonts.fitted("no entry", 50, 50)[1] == ("no", "entry")
    assert fonts.fitted("no entry", 90, 20)[1] == ("no entry",)


def test_what_cannot_be_written_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadInput, match="no text"):
        inked("  ", 20, 20)
    with pytest.raises(BadInput, match="cannot draw"):
        inked("停", 20, 20)
    with pytest.raises(BadInput, match="at least 1"):
        inked("stop", 0, 20)
    with pytest.raises(UnknownName, match="comic"):
        inked("stop", 20, 20, "comic")

    def absent(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(fonts, "distribution", absent)
    fonts._typeface.cache_clear()
    with pytest.raises(BadInput, match="pip install font-lato"):
        fonts._typeface("sans", 48)
    fonts._typeface.cache_clear()


def test_what_is_not_there_is_refused() -> None:
    for wrong in ({"split": "dev"}, {"size": 16}, {"size": 1024}, {"seed": -1}):
        with pytest.raises(BadInput):
            Writing(**wrong)  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="index of 0 or more"):
        Writing()[-1]


def test_splits_share_no_picture() -> None:
    shown = [{Writing(split=split)[i].pixels.tobytes() for i in range(80)} for split in ("train", "valid", "test")]
    assert not shown[0] & shown[1]
    assert not shown[0] & shown[2]
    assert not shown[1] & shown[2]


def test_digests_tell_apart_what_differs() -> None:
    same = Writing(seed=1, size=64).digest
    others = [Writing(seed=2).digest, Writing(seed=1, size=65).digest, Writing(seed=1, split="test").digest]
    assert same == Writing(seed=1).digest
    assert len({same, *others}) == 4


def test_another_process_draws_the_same() -> None:
    code = (
        "from hashlib import sha256\nfrom eyechart.world.text.writing import Writing\n"
        "print(sha256(b''.join(Writing(seed=7)[i].pixels.tobytes() for i in range(12))).hexdigest())"
    )
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(2)]
    assert runs[0].stdout == runs[1].stdout
    assert len(runs[0].stdout.strip()) == 64
