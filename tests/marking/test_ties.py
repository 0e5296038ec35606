from __future__ import annotations

import torch

from eyechart.marking.ties import expected_hits


def test_the_best_score_is_a_hit_and_a_lower_one_is_none() -> None:
    scores = torch.tensor([[3.0, 1.0, 2.0], [3.0, 1.0, 2.0]])
    assert expected_hits(scores, torch.tensor([0, 2])).tolist() == [1.0, 0.0]


def test_ties_share_the_places_that_are_left() -> None:
    scores = torch.tensor([[5.0, 4.0, 4.0, 4.0]])
    assert expected_hits(scores, torch.tensor([1]), 1).item() == 0
    assert expected_hits(scores, torch.tensor([1]), 2).item() == 1 / 3
    assert expected_hits(scores, torch.tensor([1]), 3).item() == 2 / 3
    assert expected_hits(scores, torch.tensor([1]), 9).item() == 1


def test_a_constant_answer_is_worth_one_in_c() -> None:
    scores = torch.full((4, 7), 23.4) * (1 + 1e-7 * torch.randn(4, 7, generator=torch.Generator().manual_seed(0)))
    assert expected_hits(scores, torch.arange(4)).tolist() == [1 / 7] * 4
