from __future__ import annotations

from eyechart.feed import batches


def test_nothing_is_left_out_of_a_first_run() -> None:
    assert batches(range(7), 3) == [[0, 1, 2], [3, 4, 5], [6]]
    assert batches([], 3) == []


def test_a_second_run_has_the_batches_of_the_first() -> None:
    first = batches(range(20), 4)
    unreadable = [1, 9]
    assert batches([*unreadable, *range(12, 20)], 4)[1:] == first[3:]


def test_what_lacks_here_and_there_is_joined_into_full_batches() -> None:
    scattered = list(range(0, 100, 10))
    assert batches(scattered, 5) == [scattered[:5], scattered[5:]]
    assert all(len(batch) <= 8 for batch in batches([*range(0, 50, 3), *range(60, 99)], 8))
