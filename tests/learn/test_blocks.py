"""Which patches are left out: against the released code's defects, and against a plain drawing of blocks."""

from dataclasses import replace

import pytest
import torch

from eyechart.errors import BadInput
from eyechart.learn.blocks import ROUNDS, Blocks, hide, portions, scenes
from eyechart.learn.chance import Chance
from eyechart.learn.masking import places, rectangles

OFFICIAL = Blocks(sampler="official")
GRID = (14, 14)


def frequency(how: Blocks, batch: int, draws: int = 40) -> tuple[torch.Tensor, torch.Tensor, float]:
    """How often each cell is target and context, and how many cells a context has."""
    target, context, sizes = torch.zeros(196), torch.zeros(196), []
    for step in range(draws):
        scene = scenes(batch, how, GRID, Chance(0, step))
        target += torch.bincount(scene.targets.flatten(), minlength=196)
        context += torch.bincount(scene.context[scene.real], minlength=196)
        sizes.append(scene.real.sum(dim=1).float().mean().item())
    pictures = batch * draws
    return (target / pictures).reshape(GRID), (context / pictures).reshape(GRID), sum(sizes) / draws


def test_the_official_sampler_never_touches_the_last_row_and_column() -> None:
    target, context, _ = frequency(OFFICIAL, 8)
    for seen in (target, context):
        assert seen[-1].max() == seen[:, -1].max() == 0
        assert seen[:-1, :-1].min() > 0


def test_the_official_context_shrinks_with_the_batch_and_forgets_the_bottom() -> None:
    """Measured on the released code: 82, 64 and 54 patches at batches of 1, 8 and 64."""
    sizes = [frequency(OFFICIAL, batch, draws)[2] for batch, draws in ((1, 200), (8, 60), (64, 20))]
    assert sizes == pytest.approx([82.3, 64.0, 54.2], abs=4)
    context = frequency(OFFICIAL, 64, 20)[1]
    assert context[12].mean() < 0.1 < 0.5 < context[0].mean()


def test_the_corrected_sampler_treats_both_ends_alike() -> None:
    target, context, _ = frequency(Blocks(), 64)
    for seen in (target, context):
        assert seen[0].mean().item() == pytest.approx(seen[-1].mean().item(), rel=0.15)
        assert seen[:, 0].mean().item() == pytest.approx(seen[:, -1].mean().item(), rel=0.15)
    assert frequency(Blocks(), 64, 20)[2] == pytest.approx(frequency(Blocks(), 1, 200)[2], abs=6)


@pytest.mark.parametrize("how", [Blocks(), OFFICIAL])
def test_a_context_is_enough_and_never_shows_a_target(how: Blocks) -> None:
    for step in range(20):
        context, real, targets = scenes(8, how, GRID, Chance(1, step))
        assert targets.shape[:2] == (4, 8)
        for row in range(8):
            seen = set(context[row][real[row]].tolist())
            assert len(seen) > 10 or how.sampler == "official"
            assert seen.isdisjoint(targets[:, row].flatten().tolist())
            assert seen.issuperset(context[row].tolist())


@pytest.mark.parametrize("how", [Blocks(), OFFICIAL])
def test_targets_are_blocks_of_the_size_that_was_asked(how: Blocks) -> None:
    for step in range(20):
        targets = scenes(2, how, GRID, Chance(2, step)).targets
        for block in targets.flatten(0, 1):
            rows, columns = block // 14, block % 14
            height, width = int(rows.max() - rows.min()) + 1, int(columns.max() - columns.min()) + 1
            assert height * width == len(block)
            assert 0.12 <= len(block) / 196 <= 0.23
            assert 0.6 <= height / width <= 1.8


@pytest.mark.parametrize("how", [replace(Blocks(), least=20), replace(OFFICIAL, least=20)])
def test_a_context_that_is_too_small_gets_targets_back(how: Blocks) -> None:
    """On a grid of 8 x 8, four targets of 12 patches may leave less than 20 of 49 wherever the context lies."""
    overlaps = 0
    for step in range(30):
        context, real, targets = scenes(16, how, (8, 8), Chance(3, step))
        for row in range(16):
            seen = set(context[row][real[row]].tolist())
            first = set(targets[0, row].tolist())
            overlaps += not seen.isdisjoint(targets[3, row].tolist())
            assert seen.isdisjoint(first)  # only as many are given back as it takes
    assert overlaps > 0


def test_a_grid_that_is_too_small_is_told() -> None:
    with pytest.raises(BadInput, match="4 x 4 patches is too small for a context of over 10"):
        scenes(2, Blocks(), (4, 4), Chance(0, 0))


@pytest.mark.parametrize("how", [Blocks(), OFFICIAL])
def test_a_picture_gets_the_same_blocks_in_whatever_way_the_batch_is_dealt_out(how: Blocks) -> None:
    whole = scenes(6, how, GRID, Chance(4, 5, first=0, total=6))
    for first, count in ((0, 2), (2, 4)):
        part = scenes(count, how, GRID, Chance(4, 5, first=first, total=6))
        assert torch.equal(part.targets, whole.targets[:, first : first + count])
        for row in range(count):
            theirs, ours = (s.context[r][s.real[r]].tolist() for s, r in ((whole, first + row), (part, row)))
            assert theirs == ours


def test_lists_of_places_are_filled_with_their_first() -> None:
    chosen = torch.tensor([[0, 1, 0, 1, 1], [0, 0, 1, 0, 0]]).bool()
    where, real = places(chosen)
    assert where.tolist() == [[1, 3, 4], [2, 2, 2]]
    assert real.tolist() == [[True, True, True], [True, False, False]]


def test_rectangles_by_hand() -> None:
    one = torch.tensor([1])
    inside = rectangles(one, one * 0, one, one * 2, (3, 4))
    assert inside.reshape(3, 4).int().tolist() == [[0, 0, 0, 0], [1, 1, 0, 0], [0, 0, 0, 0]]


def test_portions_are_spread_over_the_range_and_the_rest_is_whole() -> None:
    share = portions(4, 2, (0.1, 0.5), 0.5, Chance(0, 0)).flatten().sort().values
    assert share[:4].tolist() == [0, 0, 0, 0]
    for place, value in enumerate(share[4:].tolist()):  # the intervals between .1, .2, .3, .4 and .5
        assert 0.1 + 0.1 * place <= value <= 0.2 + 0.1 * place + 1e-6
    parts = [portions(n, 2, (0.1, 0.5), 0.5, Chance(9, 9, first=first, total=8)) for first, n in ((0, 3), (3, 5))]
    assert torch.equal(torch.cat(parts), portions(8, 2, (0.1, 0.5), 0.5, Chance(9, 9, first=0, total=8)))


def plainly(wanted: int, grid: tuple[int, int], draws: list[list[float]]) -> list[list[bool]]:
    """The drawing of one picture as the papers tell it, one try after the other."""
    rows, columns = grid
    hidden, failures = [[False] * columns for _ in range(rows)], 0
    for u in draws:
        left = wanted - sum(map(sum, hidden))
        if failures == 10:
            break
        area, ratio = 4 + (left - 4) * u[0], 0.3 ** (1 - 2 * u[1])
        height, width = round((area * ratio) ** 0.5), round((area / ratio) ** 0.5)
        new: list[tuple[int, int]] = []
        if height < rows and width < columns:
            top, across = int(u[2] * (rows - height + 1)), int(u[3] * (columns - width + 1))
            new = [(r, c) for r in range(top, top + height) for c in range(across, across + width) if not hidden[r][c]]
        failures = 0 if 0 < len(new) <= left else failures + 1
        for r, c in new if not failures else []:
            hidden[r][c] = True
    return hidden


def test_hidden_blocks_are_those_of_a_plain_drawing() -> None:
    wanted = torch.tensor([0, 6, 11, 17, 25, 32])
    u = torch.rand(6, ROUNDS, 4, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    found = hide(wanted, (8, 8), u).reshape(6, 8, 8)
    for row in range(6):
        assert found[row].tolist() == plainly(int(wanted[row]), (8, 8), u[row].tolist())


def test_never_more_is_hidden_than_wanted_and_seldom_much_less() -> None:
    wanted = torch.full((300,), 20)
    count = hide(wanted, (8, 8), torch.rand(300, ROUNDS, 4)).sum(dim=1)
    assert count.max() <= 20
    assert count.float().mean() > 18
