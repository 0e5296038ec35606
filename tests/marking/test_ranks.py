from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
import torch

from eyechart.marking.ranks import Ranks, blind, blind_median, pool


def ranks(above: int, level: int, right: int) -> Ranks:
    one = torch.tensor
    return Ranks(above=one([above]), level=one([level]), right=one([right]), positives=one([right]))


@pytest.mark.parametrize(("above", "level", "right"), [(0, 0, 1), (2, 0, 1), (0, 3, 1), (1, 2, 2), (0, 4, 3)])
@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_hits_are_the_mean_over_all_orders_of_the_tied(above: int, level: int, right: int, k: int) -> None:
    orders = list(permutations([True] * right + [False] * level))
    firsts = [above + order.index(True) + 1 for order in orders]
    found = ranks(above, level, right)
    assert found.hits(k).item() == pytest.approx(np.mean(np.array(firsts) <= k))
    assert found.rank().item() == np.sort(firsts)[(len(firsts) - 1) // 2]


def test_what_a_dead_model_gets_is_hypergeometric() -> None:
    # 5 right among 100: 1 - C(95, 10) / C(100, 10)
    assert blind(100, torch.tensor([5])).hits(10).item() == pytest.approx(0.41624, abs=1e-5)
    assert blind_median(100, np.array([1, 1])) == 50
    assert blind_median(100, np.array([5])) == blind(100, torch.tensor([5])).rank().item()


def test_a_pool_ranks_both_directions_in_one_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = torch.Generator().manual_seed(1)
    images, texts = torch.randn(9, 6, generator=generator), torch.randn(20, 6, generator=generator)
    image, text = torch.arange(9).repeat_interleave(2), torch.randperm(20, generator=generator)[:18]
    monkeypatch.setattr("eyechart.marking.ranks.CHUNK", 40)  # two images at once
    found = pool(images, texts, image, text)
    cosines = torch.nn.functional.cosine_similarity(images[:, None], texts[None], dim=-1)
    for query in range(9):
        best = max(cosines[query, other].item() for other in text[image == query])
        assert found.images.above[query] == (cosines[query] > best + 1e-5).sum()
        assert found.answer[query] == cosines[query].argmax()
    for query, owner in zip(text.tolist(), image.tolist(), strict=True):
        assert found.texts.above[query] == (cosines[:, query] > cosines[owner, query] + 1e-5).sum()
    assert found.images.level.sum() == found.texts.level[text].sum() == 0
    assert found.images.positives.tolist() == [2] * 9


def test_equal_embeddings_tie() -> None:
    ones = torch.linspace(-0.3, 1, 7).expand(6, -1)
    found = pool(ones, ones, torch.arange(6), torch.arange(6))
    assert found.images.hits(1).tolist() == pytest.approx([1 / 6] * 6)
    assert found.texts.rank().tolist() == [3] * 6
