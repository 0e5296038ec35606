"""The losses that compare pictures with texts: against numbers from elsewhere, and against their formulas in loops."""

import math

import pytest
import torch
from torch import Tensor

from eyechart.core import Box
from eyechart.errors import BadInput
from eyechart.learn.objectives.clip import info_nce
from eyechart.learn.objectives.coca import caption_loss
from eyechart.learn.objectives.filip import filip_loss, late_interaction
from eyechart.learn.objectives.region import region_nce, shares
from eyechart.learn.objectives.siglip import sigmoid_loss
from eyechart.learn.objectives.supervised import cross_entropy


def det(*shape: int, s: int) -> Tensor:
    """Deterministic numbers: sin(0.7 i + 1.3 s)."""
    flat = torch.arange(math.prod(shape), dtype=torch.float64)
    return torch.sin(0.7 * flat + 1.3 * s).reshape(shape)


def unit(*shape: int, s: int) -> Tensor:
    return torch.nn.functional.normalize(det(*shape, s=s), dim=-1)


def number(value: float) -> Tensor:
    return torch.tensor(value, dtype=torch.float64)


def rows_of(lists: list[list[float]]) -> float:
    """The mean over rows of minus the log-softmax of each row at its own place."""
    losses = [math.log(sum(math.exp(x) for x in row)) - row[place] for place, row in enumerate(lists)]
    return sum(losses) / len(losses)


def spread(lists: list[list[float]], names: list[int]) -> float:
    """The same with the target shared evenly by the rows of equal name."""
    total = 0.0
    for i, row in enumerate(lists):
        whole = math.log(sum(math.exp(x) for x in row))
        same = [j for j, name in enumerate(names) if name == names[i]]
        total += sum(whole - row[j] for j in same) / len(same)
    return total / len(lists)


def products(a: Tensor, b: Tensor, scale: float) -> list[list[float]]:
    return [[scale * float(sum(x * y for x, y in zip(p, q, strict=True))) for q in b] for p in a]


# --------------------------------------------------------------------------------------------------------------------
# SigLIP


def slow_sigmoid(image: Tensor, text: Tensor, scale: float, bias: float, names: list[int]) -> float:
    total = 0.0
    for i, row in enumerate(products(image, text, scale)):
        for j, score in enumerate(row):
            sign = 1 if names[i] == names[j] else -1
            total -= math.log(1 / (1 + math.exp(-sign * (score + bias))))
    return total / len(image)


@pytest.mark.parametrize(("bias", "golden"), [(-10.0, 7.1892614908), (-2.71, 6.6042227405)])
@pytest.mark.parametrize("chunk", [1, 2, 3, 100])
def test_sigmoid_equals_the_number_of_open_clip_in_chunks_of_any_size(bias: float, golden: float, chunk: int) -> None:
    loss = sigmoid_loss(unit(4, 6, s=1), unit(4, 6, s=2), number(10.0), number(bias), chunk=chunk)
    assert loss.item() == pytest.approx(golden, abs=1e-9)


def test_sigmoid_equals_the_formula_pair_by_pair() -> None:
    image, text, names = unit(5, 7, s=3), unit(5, 7, s=8), [0, 1, 0, 2, 1]
    loss = sigmoid_loss(image * 3, text / 7, number(4.0), number(-1.5), alike=torch.tensor(names))
    assert loss.item() == pytest.approx(slow_sigmoid(image, text, 4.0, -1.5, names), abs=1e-12)


def test_sigmoid_has_the_same_gradient_in_chunks() -> None:
    gradients = []
    for chunk in (2, 100):
        inputs = [unit(5, 6, s=1), unit(5, 6, s=2), number(10.0), number(-3.0)]
        for value in inputs:
            value.requires_grad_()
        sigmoid_loss(*inputs, chunk=chunk).backward()
        gradients.append([value.grad for value in inputs])
    for one, other in zip(*gradients, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-12, atol=1e-12)


# --------------------------------------------------------------------------------------------------------------------
# FILIP

V, W = unit(4, 5, 6, s=6), unit(4, 4, 6, s=7)
HELD = torch.tensor([[1, 1, 1, 0], [1, 1, 0, 0], [1, 1, 1, 1], [1, 0, 0, 0]]).bool()


def slow_filip(image: Tensor, text: Tensor, held: Tensor) -> tuple[list[list[float]], list[list[float]]]:
    told, shown = [[0.0] * len(text) for _ in image], [[0.0] * len(image) for _ in text]
    for i, tokens in enumerate(image):
        for j, words in enumerate(text):
            kept = [r for r in range(len(words)) if held[j, r]]
            told[i][j] = sum(max(float(v @ words[r]) for r in kept) for v in tokens) / len(tokens)
            shown[j][i] = sum(max(float(v @ words[r]) for v in tokens) for r in kept) / len(kept)
    return told, shown


def test_filip_equals_the_numbers_of_the_reference() -> None:
    told, shown = late_interaction(V, W, HELD)
    names = torch.eye(4, dtype=torch.bool)
    from eyechart.learn.objectives.clip import surprise

    assert surprise(told / 0.07, names).mean().item() == pytest.approx(4.1294402729, abs=1e-9)
    assert surprise(shown / 0.07, names).mean().item() == pytest.approx(1.6264098769, abs=1e-9)
    assert filip_loss(V, W, HELD, number(1 / 0.07)).item() == pytest.approx(2.8779250749, abs=1e-9)


def test_filip_equals_the_formula_token_by_token(monkeypatch: pytest.MonkeyPatch) -> None:
    told, shown = slow_filip(V, W, HELD)
    for held in (1, 200, 1 << 24):  # one picture at a time, two, all
        monkeypatch.setattr("eyechart.learn.objectives.filip.HELD", held)
        found = late_interaction(3 * V, W / 7, HELD)
        for table, expected in zip(found, (told, shown), strict=True):
            torch.testing.assert_close(table, torch.tensor(expected, dtype=torch.float64), rtol=0, atol=1e-12)
    loss = (rows_of([[9 * x for x in row] for row in told]) + rows_of([[9 * x for x in row] for row in shown])) / 2
    assert filip_loss(V, W, HELD, number(9.0)).item() == pytest.approx(loss, abs=1e-12)


def test_what_stands_in_the_padding_does_not_matter() -> None:
    for filling in (0.0, 100.0, -100.0):
        text = W.clone()
        text[~HELD] = filling
        assert filip_loss(V, text, HELD, number(9.0)).item() == pytest.approx(
            filip_loss(V, W, HELD, number(9.0)).item(), abs=1e-12
        )


def test_texts_that_are_equal_belong_together() -> None:
    names = [0, 1, 0, 2]
    told, shown = slow_filip(V, W[[0, 1, 0, 3]], HELD[[0, 1, 0, 3]])
    expected = (spread(told, names) + spread(shown, names)) / 2
    loss = filip_loss(V, W[[0, 1, 0, 3]], HELD[[0, 1, 0, 3]], number(1.0), torch.tensor(names))
    assert loss.item() == pytest.approx(expected, abs=1e-12)


# --------------------------------------------------------------------------------------------------------------------
# CoCa

IDS = torch.tensor([[1, 2, 3, 0, 0], [4, 5, 6, 1, 0], [2, 2, 2, 2, 2], [3, 0, 0, 0, 0]])


def test_captioning_equals_the_number_of_open_clip() -> None:
    assert 2 * caption_loss(det(4, 5, 7, s=3), IDS, IDS != 0).item() == pytest.approx(5.0316260461, abs=1e-9)


def test_captioning_is_the_mean_over_words_and_not_over_texts() -> None:
    logits, losses = det(4, 5, 7, s=3).tolist(), []
    for row, ids in zip(logits, IDS.tolist(), strict=True):
        losses += [math.log(sum(map(math.exp, x))) - x[word] for x, word in zip(row, ids, strict=True) if word != 0]
    expected = sum(losses) / len(losses)
    assert caption_loss(det(4, 5, 7, s=3), IDS, IDS != 0).item() == pytest.approx(expected, abs=1e-12)


# --------------------------------------------------------------------------------------------------------------------
# Supervised


def test_naming_equals_the_formula() -> None:
    logits, labels = det(4, 5, s=1), torch.tensor([0, 4, 2, 2])
    surprises = [[math.log(sum(map(math.exp, row))) - x for x in row] for row in logits.tolist()]
    plain = sum(row[label] for row, label in zip(surprises, labels, strict=True)) / 4
    even = sum(sum(row) / 5 for row in surprises) / 4
    assert cross_entropy(logits, labels).item() == pytest.approx(plain, abs=1e-12)
    assert cross_entropy(logits, labels, 0.1).item() == pytest.approx(0.9 * plain + 0.1 * even, abs=1e-12)


# --------------------------------------------------------------------------------------------------------------------
# Regions


def slow_share(box: Box, grid: tuple[int, int], size: tuple[int, int]) -> list[float]:
    """By counting hundredths of a pixel."""
    high, wide, counts = size[0] / grid[0], size[1] / grid[1], [0] * (grid[0] * grid[1])
    step = 0.1
    for y in range(round(size[0] / step)):
        for x in range(round(size[1] / step)):
            down, right = (y + 0.5) * step, (x + 0.5) * step
            if box.top <= down < box.bottom and box.left <= right < box.right:
                counts[int(down / high) * grid[1] + int(right / wide)] += 1
    return [count / sum(counts) for count in counts]


@pytest.mark.parametrize(
    "box",
    [Box(0, 0, 4, 4), Box(1, 2, 3, 3), Box(3.5, 0.5, 7.3, 5.9), Box(-5, -5, 100, 100), Box(7.9, 5.9, 8, 6)],
)
def test_a_region_takes_from_each_cell_what_it_covers_of_it(box: Box) -> None:
    grid, size = (3, 2), (6, 8)
    assert shares([box], grid, size)[0].tolist() == pytest.approx(slow_share(box, grid, size), abs=1e-6)


@pytest.mark.parametrize("box", [Box(3, 3, 3, 5), Box(9, 0, 12, 4), Box(4, 4, 2, 2)])
def test_a_box_without_area_in_the_picture_is_refused(box: Box) -> None:
    with pytest.raises(BadInput, match="has no area within a picture of 6 x 8 pixels"):
        shares([Box(0, 0, 1, 1), box], (3, 2), (6, 8))


def test_regions_of_one_name_belong_together() -> None:
    region, names = unit(5, 6, s=3), [0, 1, 0, 2, 1]
    text = unit(3, 6, s=4)[names]
    scores = products(region, text, 6.0)
    turned = [list(column) for column in zip(*scores, strict=True)]
    expected = (spread(scores, names) + spread(turned, names)) / 2
    loss = region_nce(region, text, number(6.0), torch.tensor(names))
    assert loss.item() == pytest.approx(expected, abs=1e-12)
    same = info_nce(region, text, number(6.0), torch.tensor(names))
    assert loss.item() == pytest.approx(same.item(), abs=1e-12)
