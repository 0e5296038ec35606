"""Each block of a document is where its box says, says what its text says, and answers the questions asked of it."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eyechart.core import Box
from eyechart.errors import BadInput
from eyechart.world.documents.documents import Documents, DocumentView
from eyechart.world.documents.paperwork import KINDS, LABELS
from eyechart.world.documents.printing import printed
from eyechart.world.text.fonts import UNSEEN_FONTS

INDICES = st.integers(0, 2**40)
SIZES = st.sampled_from((64, 96, 128, 200, 256))
SPLITS = st.sampled_from(("train", "valid", "test"))


def overlap(one: Box, other: Box) -> bool:
    return (
        min(one.right, other.right) > max(one.left, other.left)
        and min(one.bottom, other.bottom) > max(one.top, other.top)
    )  # fmt: skip


def of_kind(kind: str, size: int = 256) -> DocumentView:
    return next(view for i in range(200) if (view := Documents(size=size)[i]).document.kind == kind)


@settings(deadline=None, max_examples=40)
@given(index=INDICES, size=SIZES, split=SPLITS)
def test_blocks_lie_in_the_frame_and_do_not_overlap(index: int, size: int, split: str) -> None:
    view = Documents(size=size, split=split)[index]
    assert view.boxes
    for box in view.boxes:
        assert 0 <= box.left < box.right <= size
        assert 0 <= box.top < box.bottom <= size
    assert not [(one, other) for one, other in combinations(view.boxes, 2) if overlap(one, other)]


@settings(deadline=None, max_examples=40)
@given(index=INDICES, size=SIZES, split=SPLITS)
def test_boxes_contain_the_ink_of_their_blocks_and_fit_it(index: int, size: int, split: str) -> None:
    page = Documents(size=size, split=split)[index].page
    bare = printed(replace(page, blocks=())).astype(np.int64)
    for block in page.blocks:
        changed = np.abs(printed(replace(page, blocks=(block,))) - bare).max(axis=2) > 10
        rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
        left, top, right, bottom = block.box
        assert left <= columns[0] < columns[-1] < right
        assert top <= rows[0] <= rows[-1] < bottom
        if block.label != "picture":  # the edge of which may be as white as the paper
            assert max(columns[0] - left, rows[0] - top, right - columns[-1] - 1, bottom - rows[-1] - 1) <= 2


@settings(deadline=None, max_examples=40)
@given(index=INDICES, size=SIZES, split=SPLITS)
def test_what_is_said_is_seen(index: int, size: int, split: str) -> None:
    view = Documents(size=size, split=split)[index]
    for block in view.page.blocks:
        assert block.label in LABELS
        written = " ".join(run.text for run in block.runs)
        assert written.split() == block.text.split()
        assert all(run.size >= 8 for run in block.runs)
        assert block.text in view.text


@settings(deadline=None, max_examples=40)
@given(index=INDICES, size=SIZES, split=SPLITS)
def test_answers_are_read_off_the_page(index: int, size: int, split: str) -> None:
    view = Documents(size=size, split=split)[index]
    asked = {question.text: question for question in view.questions}
    assert len(asked) == len(view.questions)
    assert asked["what kind of document is this?"].answer == view.page.kind
    for block in view.page.having("button"):
        question = asked[f"where do you click to {block.text.lower()}?"]
        assert question.box == block.box
        assert question.answer == block.text
    for question in view.questions:
        if question.box is not None and question.answer != "nothing" and question.text != "what is in the picture?":
            (block,) = [block for block in view.page.blocks if block.box == question.box]
            assert question.answer in block.text


@settings(deadline=None, max_examples=40)
@given(index=INDICES, size=SIZES, split=SPLITS)
def test_captions_are_true_and_distractors_are_not_among_them(index: int, size: int, split: str) -> None:
    view = Documents(size=size, split=split)[index]
    assert 2 <= len(set(view.captions)) == len(view.captions) <= 5
    assert len(view.distractors) >= 2
    assert not set(view.distractors) & set(view.captions)
    assert all(view.page.kind in caption for caption in view.captions)


def test_a_receipt_adds_up() -> None:
    view = of_kind("receipt")
    (table,), (total,) = view.page.having("table"), view.page.having("total")
    cents = sum(round(float(much) * 100) for _, much in table.rows)
    assert total.text == f"Total {cents / 100:.2f}"
    asked = {question.text: question.answer for question in view.questions}
    assert asked["what is the total?"] == f"{cents / 100:.2f}"
    what, much = table.rows[0]
    assert asked[f'what is the price of "{what}"?'] == much
    assert asked["how many things were bought?"] == str(len(table.rows))


def test_a_letter_says_who_wrote_it_to_whom() -> None:
    asked = {question.text: question.answer for question in of_kind("letter").questions}
    view = of_kind("letter")
    assert asked["who wrote the letter?"] in view.text
    assert f"Dear {asked['to whom is the letter?']}," in view.text


def test_a_picture_shows_its_scene() -> None:
    view = of_kind("article")
    (picture,) = view.page.having("picture")
    assert picture.scene is not None
    asked = {question.text: question.answer for question in view.questions}
    assert asked["what is in the picture?"] == picture.scene.main.concept
    assert picture.box.right - picture.box.left == picture.box.bottom - picture.box.top


def test_every_kind_and_label_comes_up() -> None:
    pages = [Documents(size=256)[i].page for i in range(60)]
    assert {page.kind for page in pages} == set(KINDS)
    assert {block.label for page in pages for block in page.blocks} == set(LABELS)


def test_smaller_pages_hold_less_and_the_smallest_only_large_blocks() -> None:
    for index in range(30):
        large, small = (Documents(size=size)[index].page for size in (256, 64))
        assert len(small.blocks) <= len(large.blocks)
        assert {block.label for block in small.blocks} <= {
            "title",
            "picture",
            "button",
            "total",
            "greeting",
            "signature",
        }


def test_unseen_fonts_are_kept_for_the_test() -> None:
    assert not any(Documents(size=64)[i].facts["unseen_font"] for i in range(60))
    assert {Documents(size=64, split="test")[i].facts["head"] for i in range(200)} > set(UNSEEN_FONTS)


def test_the_same_again_and_other_splits_differ() -> None:
    one = Documents(size=96, seed=4)
    assert np.array_equal(one[3].pixels, Documents(size=96, seed=4)[3].pixels)
    shown = [{Documents(size=96, split=split)[i].pixels.tobytes() for i in range(25)} for split in ("train", "valid")]
    assert not shown[0] & shown[1]
    digests = {one.digest, Documents(size=96).digest, Documents(size=64, seed=4).digest}
    assert len(digests) == 3


def test_what_is_not_there_is_refused() -> None:
    for wrong in ({"split": "dev"}, {"size": 32}, {"size": 1024}, {"seed": -1}):
        with pytest.raises(BadInput):
            Documents(**wrong)  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="index of 0 or more"):
        Documents()[-1]
