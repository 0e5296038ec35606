from __future__ import annotations

import numpy as np
import pytest

from eyechart.marking.intruders import (
    UNREAD,
    Place,
    Read,
    damage,
    distances,
    gaps,
    iou,
    matched,
    noticed,
    read_boxes,
    spread,
)


def read(answer: list[int], sure: list[float], touched: list[bool] | None = None) -> Read:
    count = len(answer)
    return Read(np.array(answer), np.array(sure), np.zeros(count), np.array(touched or [False] * count))


def test_overlaps_by_hand() -> None:
    found = iou(np.array([[0, 0, 10, 10], [0, 0, 0, 5]]), np.array([[5, 0, 15, 10], [0, 0, 10, 10], [20, 20, 30, 30]]))
    assert found.tolist() == [[50 / 150, 1.0, 0.0], [0.0, 0.0, 0.0]]


def test_overlaps_are_those_of_the_coco_api() -> None:
    mask = pytest.importorskip("pycocotools.mask")
    rng = np.random.default_rng(0)
    corner, side = rng.uniform(0, 50, (9, 2)), rng.uniform(1, 40, (9, 2))
    theirs = mask.iou(np.hstack([corner, side])[:4], np.hstack([corner, side])[4:], [0] * 5)
    boxes = np.hstack([corner, corner + side])
    np.testing.assert_allclose(iou(boxes[:4], boxes[4:]), theirs, atol=1e-9)


def test_the_surest_detection_chooses_first_and_a_thing_has_one() -> None:
    assert matched(np.array([[0.9, 0.6], [0.8, 0.7], [0.95, 0.2]])).tolist() == [0, 1]
    assert matched(np.array([[0.4, 0.0]])).tolist() == [UNREAD, UNREAD]
    assert matched(np.zeros((0, 2))).tolist() == [UNREAD, UNREAD]


def test_detections_become_answers() -> None:
    boxes = np.array([[0, 0, 10, 10], [20, 0, 30, 10], [0, 0, 10, 10]])
    things = np.array([[0, 0, 10, 10], [20, 0, 30, 10], [50, 50, 60, 60]])
    found = read_boxes(boxes, np.array([0.9, 0.2, 0.1]), np.array([4, 7, 3]), (things, [3, 7, 5]), least=0.3)
    assert found.answer.tolist() == [4, UNREAD, UNREAD]  # the second is too unsure to count
    assert found.sure.tolist() == [0.1, 0.2, 0.0]  # of the right name, however little
    assert found.overlap.tolist() == [1.0, 0.0, 0.0]


def test_nothing_detected_is_nothing_found() -> None:
    found = read_boxes(
        np.zeros((0, 4)), np.zeros(0), np.zeros(0, dtype=np.int64), (np.zeros((2, 4)), [0, 1]), least=0.3
    )
    assert found.answer.tolist() == [UNREAD, UNREAD]
    assert found.sure.tolist() == [0, 0]


def test_gaps_reach_to_the_nearest_guest_and_are_negative_under_one() -> None:
    masks = np.zeros((3, 10, 10), dtype=bool)
    masks[0, 0, 0], masks[1, 0, 9] = True, True
    guests = [np.zeros((10, 10)), np.zeros((10, 10))]
    guests[0][0, 4], guests[1][0, 9] = 1, 1
    assert gaps(distances(masks), guests).tolist() == pytest.approx([0.4, -1.0, -1.0])  # the third is nowhere


def places() -> list[Place]:
    """One stop: in the first scene all is well at home, in the second there is but one resident, and it is covered."""
    first = Place(
        bare=read([0, 1, UNREAD, 2], [0.9, 0.8, 0.0, 0.5]),
        home=read([0, 1, 3, 2, 8], [0.9, 0.8, 0.0, 0.5, 1.0]),
        away=read([0, 4, 3, UNREAD, 9], [0.7, 0.1, 0.0, 0.0, 1.0]),
        disc=read([0, 1, 3, 2], [0.9, 0.8, 0.0, 0.5], [False, False, False, True]),
        own=np.array([0, 5, 1, 2]),
        gaps=np.array([0.05, 0.3, 0.3, 0.3]),
    )
    second = Place(
        bare=read([0], [0.9]), home=read([1, 8], [0, 1]), away=read([1, 9], [0, 1]), disc=read([1], [0]),
        own=np.array([0]), gaps=np.array([-1.0]),
    )  # fmt: skip
    return [first, second]


def test_damage_counts_whom_nobody_covers_and_who_can_be_told_apart() -> None:
    found = damage(places(), (0.0, 0.1))
    assert found["stood"].tolist() == [[1, 1]]  # one was never read, one is touched by the disc
    assert found["moved_away"].tolist() == [[0, 1]]
    assert found["moved_home"].tolist() == found["moved_disc"].tolist() == [[0, 0]]
    assert (found["right"].tolist(), found["lost_away"].tolist()) == ([1], [0])
    assert found["fall_away"] == pytest.approx([0.2 + 0.7])
    assert found["exposed"].tolist() == [[2, 0]]
    assert found["changed"].tolist() == [[1, 0]]
    assert found["hurt"].ravel().tolist() == pytest.approx([0.9, 0.0])


def test_ties_are_half_noticed() -> None:
    home, away = np.array([[0.9, 0.1], [0.5, 0.5], [0.1, 0.1]]), np.array([[0.5, 0.4], [0.6, 0.4], [0.2, 0.2]])
    assert noticed(home, away).tolist() == [1.0, 0.5, 0.0]


def test_counts_become_rows_with_their_groups() -> None:
    rows, groups = spread(np.array([1, 0, 0]), np.array([3, 1, 0]), np.array(["a", "b", "c"]))
    assert rows.tolist() == [1, 0, 0, 0]
    assert groups.tolist() == ["a", "a", "a", "b"]
