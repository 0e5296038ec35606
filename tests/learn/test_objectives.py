"""The contrastive objective: by hand, and against numbers that do not come from this code."""

import math

import pytest
import torch

from eyechart.learn.objectives.clip import info_nce


def det(shape: tuple[int, int], s: int) -> torch.Tensor:
    """Deterministic rows of unit length: sin(0.7 i + 1.3 s)."""
    flat = torch.arange(shape[0] * shape[1], dtype=torch.float64)
    return torch.nn.functional.normalize(torch.sin(0.7 * flat + 1.3 * s).reshape(shape), dim=-1)


def slow(image: torch.Tensor, text: torch.Tensor, scale: float) -> float:
    """The formula of the paper, one row at a time."""
    rows, total = len(image), 0.0
    for i in range(rows):
        forward = [scale * float(image[i] @ text[j]) for j in range(rows)]
        backward = [scale * float(image[j] @ text[i]) for j in range(rows)]
        for scores in (forward, backward):
            total -= scores[i] - math.log(sum(math.exp(score) for score in scores))
    return total / (2 * rows)


@pytest.mark.parametrize(("scale", "golden"), [(1 / 0.07, 5.8957549308), (100.0, 40.1039278194)])
def test_equals_the_number_that_open_clip_gives(scale: float, golden: float) -> None:
    loss = info_nce(det((4, 6), 1), det((4, 6), 2), torch.tensor(scale, dtype=torch.float64))
    assert loss.item() == pytest.approx(golden, abs=1e-9)


def test_equals_the_formula_row_by_row() -> None:
    image, text = det((5, 7), 3), det((5, 7), 8)
    loss = info_nce(image, text, torch.tensor(9.0, dtype=torch.float64))
    assert loss.item() == pytest.approx(slow(image, text, 9.0), abs=1e-12)


def test_the_length_of_a_vector_does_not_matter() -> None:
    image, text, scale = det((4, 6), 1), det((4, 6), 2), torch.tensor(5.0, dtype=torch.float64)
    assert info_nce(3 * image, text / 7, scale).item() == pytest.approx(info_nce(image, text, scale).item(), abs=1e-12)


def test_a_model_that_knows_nothing_pays_the_logarithm_of_the_batch() -> None:
    same = torch.ones(8, 4)
    assert info_nce(same, same, torch.tensor(14.0)).item() == pytest.approx(math.log(8), rel=1e-6)


def test_rows_that_were_told_the_same_belong_together() -> None:
    image, text, scale = det((4, 6), 1), det((4, 6), 2), torch.tensor(7.0, dtype=torch.float64)
    text = text[[0, 1, 0, 2]]
    scores = scale * image @ text.T
    share = torch.tensor([[0.5, 0, 0.5, 0], [0, 1, 0, 0], [0.5, 0, 0.5, 0], [0, 0, 0, 1]], dtype=torch.float64)
    rows, columns = scores.log_softmax(dim=1), scores.log_softmax(dim=0)
    expected = -((share * rows).sum() + (share * columns).sum()) / 8
    loss = info_nce(image, text, scale, torch.tensor([0, 1, 0, 3]))
    assert loss.item() == pytest.approx(expected.item(), abs=1e-12)
