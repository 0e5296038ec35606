from __future__ import annotations

import numpy as np
import pytest
import torch

from eyechart.store.rows import Rows
from eyechart.transfer.attentive import Attentive, Budget, _batches, fit


def hidden(n: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """One token of nine carries the class, at a place that changes; a mark tells which. The others shout nonsense."""
    generator = torch.Generator().manual_seed(seed)
    tokens = 2 * torch.randn(n, 9, 16, generator=generator)
    labels = torch.arange(n) % 2
    place = torch.randint(9, (n,), generator=generator)
    tokens[torch.arange(n), place, 0] = 12.0  # the mark
    tokens[torch.arange(n), place, 1] = 6.0 * (2 * labels - 1)
    return tokens, labels


def test_the_query_finds_the_token_that_matters() -> None:
    tokens, labels = hidden(400, 0)
    choice = fit(Rows.of(tokens), labels, (np.arange(320), np.arange(320, 400)), classes=2, budget=Budget(heads=2))
    unseen, truth = hidden(200, 1)
    right = choice.probe.logits(unseen)[:, 0].argmax(1) == truth
    assert right.float().mean() > 0.95
    assert choice.losses[choice.chosen] == min(choice.losses)


def test_folding_the_projections_changes_nothing() -> None:
    g = torch.Generator().manual_seed(0)
    tokens, q = torch.randn(3, 5, 8, generator=g), torch.randn(2, 4, generator=g)  # two heads of four
    key, value = torch.randn(2, 8, 4, generator=g), torch.randn(2, 8, 4, generator=g)
    head, bias = torch.randn(8, 6, generator=g), torch.randn(6, generator=g)
    seen = torch.nn.functional.layer_norm(tokens, (8,))
    scores = torch.einsum("he,nthe->nht", q, torch.einsum("ntd,hde->nthe", seen, key)) / 8**0.5
    mixed = torch.einsum("nht,nthe->nhe", scores.softmax(-1), torch.einsum("ntd,hde->nthe", seen, value))
    probe = Attentive(
        mean=torch.zeros(8),
        deviation=torch.ones(8),
        query=torch.einsum("he,hde->hd", q, key)[None],
        value=value[None],
        weight=head[None],
        bias=bias[None],
    )
    assert torch.allclose(probe.logits(tokens)[:, 0], mixed.flatten(1) @ head + bias, atol=1e-4)


def test_probes_trained_together_are_those_trained_alone() -> None:
    tokens, labels = hidden(60, 2)
    parts = np.arange(48), np.arange(48, 60)
    both = fit(Rows.of(tokens), labels, parts, classes=2, budget=Budget(rates=(1e-3, 1e-2), decays=(0.1,), epochs=2))
    for index, rate in enumerate((1e-3, 1e-2)):
        alone = fit(Rows.of(tokens), labels, parts, classes=2, budget=Budget(rates=(rate,), decays=(0.1,), epochs=2))
        assert alone.losses[0] == pytest.approx(both.losses[index], abs=1e-5)


def test_training_is_repeatable_and_leaves_the_global_seed_alone() -> None:
    tokens, labels = hidden(60, 3)
    budget = Budget(epochs=1)
    torch.manual_seed(5)
    before = torch.get_rng_state()
    one = fit(Rows.of(tokens), labels, (np.arange(48), np.arange(48, 60)), classes=2, budget=budget)
    assert torch.equal(before, torch.get_rng_state())
    two = fit(Rows.of(tokens), labels, (np.arange(48), np.arange(48, 60)), classes=2, budget=budget)
    assert all(map(torch.equal, one.probe.learnt, two.probe.learnt))


@pytest.mark.parametrize(("count", "size"), [(20, 20), (1000, 31), (50_000, 128), (5, 5)])
def test_small_sets_take_smaller_batches(count: int, size: int) -> None:
    batches = list(_batches(count, Budget(epochs=2)))
    assert abs(len(batches[0]) - size) <= 1 + size // 4
    assert sum(map(len, batches)) == 2 * count
    assert sorted(torch.cat(batches[: len(batches) // 2]).tolist()) == list(range(count))
