from __future__ import annotations

from math import log

import numpy as np
import pytest
import torch

from eyechart.errors import Refused
from eyechart.marking.confidence import clueless, confidences, fit, losses, probabilities


def drawn(n: int, link: str, slope: float, offset: float = 0.0) -> tuple[torch.Tensor, torch.Tensor]:
    """Honest logits over four classes, then distorted, and truths drawn from the honest ones."""
    rng = np.random.default_rng(0)
    honest = torch.from_numpy(rng.normal(0, 2, (n, 4)))
    truth = torch.distributions.Categorical(logits=honest)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return honest / slope - offset, truth.sample()


def test_the_temperature_that_was_hidden_is_found() -> None:
    logits, truth = drawn(20_000, "softmax", 0.25)
    assert fit(logits, truth, "softmax").slope == pytest.approx(0.25, rel=0.05)


def test_the_sigmoid_link_has_an_offset_too() -> None:
    logits, truth = drawn(4000, "sigmoid", 0.5, offset=10.0)
    scale = fit(logits, truth, "sigmoid")
    shares = probabilities(scale.apply(logits), "sigmoid")
    assert shares.sum(1).mean().item() == pytest.approx(1, abs=0.02)  # one class of four is right
    assert losses(scale.apply(logits), truth, "sigmoid").mean() < losses(logits, truth, "sigmoid").mean()


def test_only_the_other_half_is_fitted_on() -> None:
    logits, truth = drawn(200, "softmax", 0.25)
    graded = torch.arange(200) % 2 == 0
    columns, scale = confidences(logits, truth, graded, "softmax")
    assert scale == fit(logits[~graded], truth[~graded], "softmax")
    assert columns["nll_fitted"][graded.numpy()].mean() < columns["nll_as_is"][graded.numpy()].mean()
    with pytest.raises(Refused):
        confidences(logits, truth, torch.ones(200, dtype=torch.bool), "softmax")


@pytest.mark.parametrize("link", ["softmax", "sigmoid"])
def test_the_clueless_give_every_class_the_same_share(link: str) -> None:
    logits = torch.zeros(1, 4) if link == "softmax" else torch.full((1, 4), log(0.25 / 0.75))
    expected = clueless(4, link)
    assert losses(logits, torch.tensor([2]), link).item() == pytest.approx(expected["nll"])
    shares = probabilities(logits, link)
    assert (shares - torch.eye(4)[2]).square().sum().item() == pytest.approx(expected["brier"])
