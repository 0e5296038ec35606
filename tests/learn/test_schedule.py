"""Rates over a run, by the numbers of those who published them."""

import pytest

from eyechart.learn.recipe import Recipe
from eyechart.learn.schedule import cosine, linear, share, warm_constant, warm_cosine


@pytest.mark.parametrize(("step", "golden"), [(0, 5e-5), (9, 5e-4), (10, 5e-4), (55, 2.5e-4), (99, 1.5229e-7)])
def test_equals_the_schedule_of_open_clip(step: int, golden: float) -> None:
    assert 5e-4 * warm_cosine(step, steps=100, warmup=10) == pytest.approx(golden, rel=1e-4)


@pytest.mark.parametrize(("step", "golden"), [(0, 5e-5), (50, 5e-4), (80, 5e-4), (90, 2.5e-4), (99, 2.5e-5)])
def test_equals_the_constant_rate_with_cooldown_of_open_clip(step: int, golden: float) -> None:
    assert 5e-4 * warm_constant(step, steps=100, warmup=10, cooldown=20) == pytest.approx(golden, rel=1e-12)


def test_works_without_warm_up() -> None:
    assert warm_cosine(0, steps=10, warmup=0) == 1.0


@pytest.mark.parametrize(("epoch", "golden"), [(40, 1.5e-4), (420, 7.5e-5), (799.5, 1.60e-10)])
def test_equals_the_cosine_of_mae(epoch: float, golden: float) -> None:
    assert cosine(1.5e-4, 0.0, (epoch - 40) / 760) == pytest.approx(golden, rel=5e-3)


@pytest.mark.parametrize(("step", "golden"), [(41, 9.9931545e-4), (70, 5.005e-4), (100, 1e-6)])
def test_equals_the_cosine_of_ijepa(step: int, golden: float) -> None:
    assert cosine(1e-3, 1e-6, (step - 40) / 60) == pytest.approx(golden, rel=1e-7)


@pytest.mark.parametrize(("step", "golden"), [(1, 2.2e-4), (39, 9.8e-4), (40, 1e-3)])
def test_equals_the_warm_up_of_ijepa(step: int, golden: float) -> None:
    assert linear(2e-4, 1e-3, step / 40) == pytest.approx(golden, rel=1e-9)


@pytest.mark.parametrize(("step", "golden"), [(30, 1e-3), (515, 5.5e-4), (1000, 1e-4)])
def test_equals_the_floor_of_nanovlm(step: int, golden: float) -> None:
    recipe = Recipe(steps=1000, batch=1, rate=1e-3, warmup=30, floor=0.1)
    assert recipe.rate_at(step) == pytest.approx(golden, rel=1e-9)


@pytest.mark.parametrize(("step", "golden"), [(0, 1e-3 / 30), (29, 1e-3)])
def test_equals_the_warm_up_of_nanovlm(step: int, golden: float) -> None:
    assert Recipe(steps=1000, batch=1, rate=1e-3, warmup=30, floor=0.1).rate_at(step) == pytest.approx(golden)


@pytest.mark.parametrize(("step", "golden"), [(0, 0.04), (50, 0.22), (99, 0.39991118)])
def test_equals_the_weight_decay_of_dino(step: int, golden: float) -> None:
    assert Recipe(steps=100, batch=1, decay=0.04, decay_end=0.4).decay_at(step) == pytest.approx(golden, rel=1e-7)


@pytest.mark.parametrize(("step", "golden"), [(0, 0.996), (50, 0.998), (99, 0.99999901)])
def test_equals_the_momentum_of_dino(step: int, golden: float) -> None:
    assert cosine(0.996, 1.0, step / 100) == pytest.approx(golden, rel=1e-8)


def test_a_constant_rate_has_no_cooldown() -> None:
    assert {share(step, 100, "constant", 0, 20) for step in range(100)} == {1.0}
