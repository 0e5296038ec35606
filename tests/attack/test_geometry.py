"""The way onto a plane, balls, and chance that belongs to an image."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog, minimize

from eyechart.attack.ball import Ball
from eyechart.attack.boundary import to_plane
from eyechart.attack.chance import below, normal, signs, uniform


def shortest(metric, image, slope, height):
    """By a general solver: the length of the shortest change within [0, 1] that brings the height to 0, or None."""
    n = len(image)
    room = [(-value, 1 - value) for value in image]
    if metric == "linf":
        widest = np.r_[np.zeros(n), 1]
        within = np.r_[np.c_[np.eye(n), -np.ones(n)], np.c_[-np.eye(n), -np.ones(n)]]
        found = linprog(
            widest,
            A_ub=within,
            b_ub=np.zeros(2 * n),
            A_eq=np.r_[slope, 0][None],
            b_eq=[-height],
            bounds=[*room, (0, None)],
        )
        return found.fun if found.success else None
    found = minimize(
        lambda change: change @ change,
        np.zeros(n),
        bounds=room,
        constraints={"type": "eq", "fun": lambda change: slope @ change + height},
        method="SLSQP",
    )
    return np.sqrt(found.fun) if found.success else None


@pytest.mark.parametrize("metric", ["linf", "l2"])
@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_the_way_to_a_plane_is_the_shortest(metric, seed):
    generator = torch.Generator().manual_seed(seed)
    images = torch.rand(1, 1, 3, 4, generator=generator)
    slope = torch.randn(1, 1, 3, 4, generator=generator)
    height = torch.randn(1, generator=generator)
    change = to_plane(metric, images, slope, height)
    expected = shortest(metric, images.double().numpy().ravel(), slope.double().numpy().ravel(), height.item())
    moved = images + change
    assert moved.min() >= -1e-6
    assert moved.max() <= 1 + 1e-6
    if expected is not None:
        length = change.abs().max() if metric == "linf" else change.norm()
        assert (slope * change).sum().item() == pytest.approx(-height.item(), abs=1e-5)
        assert length.item() == pytest.approx(expected, rel=2e-4, abs=1e-5)


def test_where_no_change_suffices_every_value_goes_to_its_bound():
    images, slope = torch.full((1, 1, 2, 2), 0.25), torch.tensor([1.0, -1.0, 2.0, 0.0]).view(1, 1, 2, 2)
    change = to_plane("linf", images, slope, torch.tensor([100.0]))
    torch.testing.assert_close(change.flatten(), torch.tensor([-0.25, 0.75, -0.25, 0.0]))


@pytest.mark.parametrize("metric", ["linf", "l2"])
@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.01, 2.0))
def test_what_is_projected_is_inside_and_what_is_inside_stays(metric, seed, radius):
    generator = torch.Generator().manual_seed(seed)
    centres = torch.rand(4, 3, 5, 5, generator=generator)
    ball = Ball(metric=metric, radius=radius)
    moved = ball.project(centres + torch.randn(4, 3, 5, 5, generator=generator), centres)
    assert (ball.distance(moved, centres) <= radius * (1 + 1e-5)).all()
    assert moved.min() >= 0
    assert moved.max() <= 1
    torch.testing.assert_close(ball.project(moved, centres), moved, rtol=0, atol=1e-6)


def test_chance_is_even_differs_between_images_and_steps_and_needs_no_memory():
    seeds = torch.arange(1000)
    draw = uniform(seeds, 3, 50)
    assert 0 <= draw.min() < draw.max() < 1
    counts = torch.histc(draw, 10, 0, 1)
    assert ((counts - 5000).abs() < 300).all()  # four deviations
    assert torch.equal(draw[17:20], uniform(seeds[17:20], 3, 50))
    assert not torch.equal(draw, uniform(seeds, 4, 50))
    assert abs(np.corrcoef(draw[:-1].ravel(), draw[1:].ravel())[0, 1]) < 0.02
    assert abs(np.corrcoef(draw.ravel(), uniform(seeds, 4, 50).ravel())[0, 1]) < 0.02
    assert normal(seeds, 0, 50).mean().abs() < 0.02
    assert (normal(seeds, 0, 50).std() - 1).abs() < 0.02
    assert signs(seeds, 0, 50).mean().abs() < 0.02
    assert below(seeds, 0, torch.tensor([3, 1])).amax(dim=0).tolist() == [2, 0]
