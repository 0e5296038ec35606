"""The learning rate over a run."""

import pytest

from eyechart.learn.schedule import warm_cosine


@pytest.mark.parametrize(("step", "golden"), [(0, 5e-5), (9, 5e-4), (10, 5e-4), (55, 2.5e-4), (99, 1.5229e-7)])
def test_equals_the_schedule_of_open_clip(step: int, golden: float) -> None:
    assert 5e-4 * warm_cosine(step, steps=100, warmup=10) == pytest.approx(golden, rel=1e-4)


def test_works_without_warm_up() -> None:
    assert warm_cosine(0, steps=10, warmup=0) == 1.0
