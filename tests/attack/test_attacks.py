"""Attacks against models whose robustness can be worked out with a pencil."""

from dataclasses import replace
from functools import partial

import pytest
import torch
from torch import nn

from eyechart.attack.apgd import Goal, apgd
from eyechart.attack.auto import _likely, _moved, begin, go_on, standard
from eyechart.attack.ball import Ball
from eyechart.attack.boundary import fab
from eyechart.attack.losses import cross_entropy, lead, margin, targeted_dlr
from eyechart.attack.square import square
from eyechart.errors import BadInput

COUNT, CLASSES, SHAPE = 60, 5, (3, 6, 6)


@pytest.fixture(scope="module")
def plane():
    """A linear model and images so far from black and white that no attack meets a bound."""
    generator = torch.Generator().manual_seed(0)
    net = nn.Sequential(nn.Flatten(), nn.Linear(108, CLASSES)).requires_grad_(requires_grad=False)
    nn.init.normal_(net[1].weight, std=1.0, generator=generator)
    images = torch.rand(COUNT, *SHAPE, generator=generator) * 0.2 + 0.4
    truth = net(images).argmax(dim=1)
    return net, Goal(images=images, truth=truth, target=truth, seeds=torch.arange(COUNT))


def reach(net, goal, metric):
    """How far each image is from the nearest boundary of a linear model."""
    logits, weight = net(goal.images), net[1].weight
    gaps = logits.gather(1, goal.truth[:, None]) - logits
    slopes = weight[goal.truth][:, None] - weight
    lengths = slopes.abs().sum(dim=2) if metric == "linf" else slopes.norm(dim=2)
    return (gaps / lengths).scatter(1, goal.truth[:, None], torch.inf).amin(dim=1)


def nearest(net, goal, metric):
    """The class behind that boundary."""
    logits, weight = net(goal.images), net[1].weight
    gaps = logits.gather(1, goal.truth[:, None]) - logits
    slopes = weight[goal.truth][:, None] - weight
    lengths = slopes.abs().sum(dim=2) if metric == "linf" else slopes.norm(dim=2)
    return (gaps / lengths).scatter(1, goal.truth[:, None], torch.inf).argmin(dim=1)


def fallen(net, goal, moved):
    """Those that were moved; each of them must be wrong, to the rounding of another batch."""
    fell = (moved != goal.images).flatten(1).any(dim=1)
    assert (margin(net(moved), goal.truth)[fell] < 1e-4).all()
    return fell


@pytest.mark.parametrize("metric", ["linf", "l2"])
@pytest.mark.parametrize(
    ("attack", "least"),
    [
        (partial(apgd, loss=cross_entropy), 0.9),  # it climbs towards any class, not always the nearest
        (partial(apgd, loss=targeted_dlr), 1.0),
        (partial(apgd, loss=lead), 1.0),
        (fab, 1.0),
    ],
)
def test_exactly_the_images_within_reach_of_a_boundary_fall(plane, metric, attack, least):
    net, goal = plane
    far = reach(net, goal, metric)
    goal = replace(goal, target=nearest(net, goal, metric))
    ball = Ball(metric=metric, radius=far.median().item())
    moved = attack(net, goal, ball)
    fell = fallen(net, goal, moved)
    assert not fell[far > ball.radius * 1.0001].any()
    assert fell[far < ball.radius * 0.97].float().mean() >= least


@pytest.mark.parametrize("metric", ["linf", "l2"])
def test_the_standard_order_finds_all_that_can_fall_and_stays_in_the_ball(plane, metric):
    net, goal = plane
    far = reach(net, goal, metric)
    ball = Ball(metric=metric, radius=far.median().item())
    stages = standard(CLASSES, steps=40, queries=50)
    fight = begin(net, goal.images, goal.truth)
    for _ in stages:
        fight = go_on(net, fight, goal, ball, stages)
    expected = far < ball.radius
    assert ((fight.felled >= 0) == expected).float().mean() > 0.98
    assert ball.distance(fight.images, goal.images).max() <= ball.radius * (1 + 1e-5)
    assert fight.images.min() >= 0
    assert fight.images.max() <= 1


@pytest.mark.parametrize("metric", ["linf", "l2"])
def test_random_squares_fell_images_without_a_gradient_and_stay_in_the_ball(plane, metric):
    net, goal = plane
    ball = Ball(metric=metric, radius=reach(net, goal, metric).max().item() * 3)
    with torch.no_grad():
        moved = square(net, goal, ball, queries=600)
    fell = fallen(net, goal, moved)
    assert fell.float().mean() > 0.8
    assert ball.distance(moved, goal.images).max() <= ball.radius * (1 + 1e-5)
    assert moved.min() >= 0
    assert moved.max() <= 1


@pytest.mark.parametrize("attack", [partial(apgd, loss=cross_entropy, steps=20), partial(square, queries=60)])
def test_an_image_is_attacked_the_same_way_whatever_else_is_in_the_batch(plane, attack):
    net, goal = plane
    ball = Ball(metric="linf", radius=reach(net, goal, "linf").median().item())
    rows = torch.arange(7, 29)
    together, apart = attack(net, goal, ball)[rows], attack(net, goal.take(rows), ball)
    torch.testing.assert_close(together, apart, rtol=0, atol=1e-6)


def test_only_images_that_still_stand_are_shown_to_the_model(plane):
    net, goal = plane
    shown = []

    def counted(images):
        shown.append(len(images))
        return net(images)

    ball = Ball(metric="linf", radius=reach(net, goal, "linf").median().item())
    moved = apgd(counted, goal, ball, cross_entropy, steps=30)
    standing = int((~fallen(net, goal, moved)).sum())
    assert shown[0] == COUNT
    assert shown[-1] == standing
    assert shown == sorted(shown, reverse=True)


def test_an_image_that_was_wrong_before_counts_as_wrong_and_is_not_attacked(plane):
    net, goal = plane
    wrong = (goal.truth + 1) % CLASSES
    fight = begin(net, goal.images, wrong)
    assert (fight.felled == -2).all()
    after = go_on(net, fight, replace(goal, truth=wrong), Ball(metric="linf", radius=0.1), standard(CLASSES))
    assert torch.equal(after.images, goal.images)


def test_a_model_that_always_answers_the_same_cannot_be_said_to_stand(plane):
    _, goal = plane
    fight = begin(lambda images: torch.zeros(len(images), CLASSES), goal.images, goal.truth)
    assert (fight.felled == -2).all()


def test_fewer_classes_have_fewer_targets_and_say_what_stands_in():
    told = [[(stage.name, stage.targets) for stage in standard(classes)] for classes in (10, 3)]
    assert told[0] == [("apgd-ce", 0), ("apgd-t", 9), ("fab-t", 9), ("square", 0)]
    assert told[1] == [("apgd-ce", 0), ("apgd-t (difference of logits)", 2), ("fab-t", 2), ("square", 0)]


def test_several_targets_at_once_find_what_each_finds_alone(plane):
    net, goal = plane
    ball = Ball(metric="linf", radius=reach(net, goal, "linf").median().item())
    stage = standard(CLASSES, steps=40)[1]
    targets = _likely(net, goal, stage.targets)
    alone = [fallen(net, goal, stage.attack(net, replace(goal, target=targets[:, k]), ball)) for k in range(4)]
    for room in (COUNT, 4 * COUNT):
        together = fallen(net, goal, _moved(net, goal, ball, stage, room))
        assert torch.equal(together, torch.stack(alone).any(dim=0))


@pytest.mark.parametrize(("metric", "radius"), [("l1", 0.1), ("linf", 0.0), ("l2", float("nan"))])
def test_a_ball_that_is_none_is_refused(metric, radius):
    with pytest.raises(BadInput, match="metric of linf or l2 and a radius above 0"):
        Ball(metric=metric, radius=radius)
