"""The losses of the objectives that only see pictures: numbers that do not come from this code, and plain loops."""

import math

import pytest
import torch
from torch import Tensor

from eyechart.errors import BadInput
from eyechart.learn.masking import patched, reconstruction, split, standardised
from eyechart.learn.objectives.ijepa import latent_loss
from eyechart.learn.schedule import cosine
from eyechart.learn.selves import (
    Centre,
    Head,
    HeadPlan,
    across,
    centred,
    koleo,
    masked_loss,
    moved,
    pair_losses,
    sinkhorn,
)
from eyechart.learn.teacher import Clock, follow, twin
from eyechart.models.filling import Filler, FillerPlan, PairFiller, sincos


def det(shape: tuple[int, ...], s: int) -> Tensor:
    """Deterministic numbers: sin(0.7 i + 1.3 s)."""
    return torch.sin(0.7 * torch.arange(math.prod(shape), dtype=torch.float64) + 1.3 * s).reshape(shape)


def near(value: float) -> object:
    return pytest.approx(value, abs=1e-9)


MASK = torch.tensor([[1, 0, 1, 1], [0, 1, 1, 1]]).bool()
PLACES = torch.tensor([[[0, 1, 2], [3, 4, 5]], [[4, 5, 8], [0, 4, 8]]])
HIDDEN = torch.tensor([[1, 0, 1], [0, 0, 0], [0, 1, 0]]).bool()
TEACHER, STUDENT, CENTRE = det((4, 8), 12), det((6, 8), 13), 0.1 * det((1, 8), 14)[0]


# --------------------------------------------------------------------------------------------------------------------
# MAE


def test_mae_equals_the_number_of_the_released_code() -> None:
    patches, predicted = patched(det((2, 3, 8, 8), 8), (4, 4)), det((2, 4, 48), 9)
    assert patches[0, 1, 5].item() == near(0.1717024935)
    assert reconstruction(predicted[MASK][None], patches[MASK][None]).item() == near(1.0001400602)
    assert reconstruction(predicted[MASK][None], standardised(patches)[MASK][None]).item() == near(1.4786361660)


def test_mae_equals_plain_loops() -> None:
    pixels, predicted, total = det((2, 3, 8, 8), 8), det((2, 4, 48), 9), 0.0
    for image in range(2):
        for patch in (place for place in range(4) if MASK[image, place]):
            top, left = 4 * (patch // 2), 4 * (patch % 2)
            values = [float(pixels[image, c, top + y, left + x]) for y in range(4) for x in range(4) for c in range(3)]
            mean = sum(values) / 48
            deviation = math.sqrt(sum((value - mean) ** 2 for value in values) / 47 + 1e-6)
            told = predicted[image, patch].tolist()
            total += sum((a - (b - mean) / deviation) ** 2 for a, b in zip(told, values, strict=True)) / 48
    target = standardised(patched(pixels, (4, 4)))
    assert reconstruction(predicted[MASK][None], target[MASK][None]).item() == near(total / 6)


def test_one_who_guesses_grey_pays_the_prior_of_mae() -> None:
    target = standardised(torch.rand(4, 16, 192))
    assert reconstruction(torch.zeros_like(target), target).item() == pytest.approx(1, abs=0.01)


def test_a_flat_patch_has_nothing_to_tell() -> None:
    assert standardised(torch.full((1, 1, 12), 0.7)).abs().max() < 1e-3


def test_three_quarters_are_left_out_and_every_patch_is_somewhere() -> None:
    order = torch.stack([torch.randperm(64) for _ in range(3)])
    kept, wanted = split(order, 0.75)
    assert (kept.shape[1], wanted.shape[1]) == (16, 48)
    assert torch.cat([kept, wanted], dim=1).sort(dim=1).values.tolist() == [list(range(64))] * 3


def test_positions_are_those_of_the_released_code() -> None:
    cells = sincos(3, 3, 8)
    assert cells.sum().item() == pytest.approx(35.4280343284, abs=1e-5)  # its class token has zeros
    assert cells[1, 0].item() == pytest.approx(0.8414709848, abs=1e-7)  # one to the right: the column comes first
    assert cells[1, 4].item() == 0


def test_positions_by_hand() -> None:
    cells = sincos(2, 3, 8)
    for row in range(2):
        for column in range(3):
            parts = [
                f(place / 10000 ** (k / 2)) for place in (column, row) for f in (math.sin, math.cos) for k in (0, 1)
            ]
            assert cells[3 * row + column].tolist() == pytest.approx(parts, abs=1e-6)


# --------------------------------------------------------------------------------------------------------------------
# What fills in


def moved_weights(module: torch.nn.Module) -> torch.nn.Module:
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return module.eval()


def test_a_filler_knows_places_and_not_the_order_they_come_in() -> None:
    filler = moved_weights(Filler(FillerPlan(width=16, depth=2, heads=2), (3, 3), reads=6, tells=4))
    tokens, kept, wanted = torch.randn(1, 3, 6), torch.tensor([[7, 0, 4]]), torch.tensor([[2, 5]])
    told = filler(tokens, kept, wanted)
    turned = filler(tokens[:, [2, 0, 1]], kept[:, [2, 0, 1]], wanted.flip(1))
    torch.testing.assert_close(told, turned.flip(1))
    assert not torch.allclose(told[:, 0], told[:, 1])
    assert not torch.allclose(told, filler(tokens, torch.tensor([[7, 0, 3]]), wanted))


def test_a_filler_does_not_read_what_only_fills_a_row() -> None:
    filler = moved_weights(Filler(FillerPlan(width=16, depth=2, heads=2), (3, 3), reads=6, tells=4))
    tokens, wanted, real = torch.randn(1, 3, 6), torch.tensor([[2]]), torch.tensor([[True, True, False]])
    told = filler(tokens, torch.tensor([[1, 8, 1]]), wanted, real)
    torch.testing.assert_close(told, filler(tokens[:, :2], torch.tensor([[1, 8]]), wanted))


def test_a_pair_filler_reads_the_first_picture_and_knows_its_places() -> None:
    filler = moved_weights(PairFiller(FillerPlan(width=16, depth=2, heads=2), (2, 2), reads=6, tells=4))
    first, tokens = torch.randn(1, 4, 6), torch.randn(1, 1, 6)
    kept, wanted = torch.tensor([[3]]), torch.tensor([[0, 1, 2]])
    told = filler(first, tokens, kept, wanted)
    assert told.shape == (1, 3, 4)
    assert not torch.allclose(told, filler(first.flip(1), tokens, kept, wanted))
    assert not torch.allclose(told, filler(first, tokens, torch.tensor([[2]]), wanted))


def test_nothing_is_told_before_anything_is_learnt() -> None:
    filler = Filler(FillerPlan(), (2, 2), reads=6, tells=4)
    assert not filler(torch.randn(1, 1, 6), torch.tensor([[0]]), torch.tensor([[1]])).any()


def test_decoders_that_do_not_fit_are_told() -> None:
    with pytest.raises(BadInput, match="divisible by its heads"):
        Filler(FillerPlan(width=20, heads=3), (2, 2), reads=6, tells=4)
    with pytest.raises(BadInput, match="divisible by four"):
        Filler(FillerPlan(width=18, heads=3), (2, 2), reads=6, tells=4)


# --------------------------------------------------------------------------------------------------------------------
# I-JEPA


def test_ijepa_equals_the_number_of_the_formula() -> None:
    assert latent_loss(det((4, 3, 6), 11), det((2, 9, 6), 10), PLACES).item() == near(0.5917364417)


def test_ijepa_equals_plain_loops() -> None:
    predicted, tokens, total = det((4, 3, 6), 11), det((2, 9, 6), 10), 0.0
    for block in range(2):
        for image in range(2):
            for entry in range(3):
                token = tokens[image, int(PLACES[block, image, entry])].tolist()
                mean = sum(token) / 6
                deviation = math.sqrt(sum((value - mean) ** 2 for value in token) / 6 + 1e-5)
                for a, b in zip(predicted[2 * block + image, entry].tolist(), token, strict=True):
                    off = abs(a - (b - mean) / deviation)
                    total += off * off / 2 if off < 1 else off - 0.5
    assert latent_loss(predicted, tokens, PLACES).item() == near(total / 72)


# --------------------------------------------------------------------------------------------------------------------
# DINO


def pairs() -> Tensor:
    teacher = centred(TEACHER.reshape(2, 2, 8), CENTRE, 0.04)
    return pair_losses(teacher, (STUDENT.reshape(3, 2, 8) / 0.1).log_softmax(dim=-1))


def test_dino_equals_the_numbers_of_the_released_code() -> None:
    assert across(pairs()).item() == near(7.7454791792)
    assert pairs().sum().item() == near(43.8885536209)
    assert moved(CENTRE, TEACHER.mean(dim=0), 0.9)[0].item() == near(0.0117406826)


def test_dino_equals_plain_loops() -> None:
    total, terms = 0.0, 0
    for t in range(2):
        for v in (view for view in range(3) if view != t):
            for image in range(2):
                said = [math.exp((float(TEACHER[2 * t + image, k]) - float(CENTRE[k])) / 0.04) for k in range(8)]
                heard = [math.exp(float(STUDENT[2 * v + image, k]) / 0.1) for k in range(8)]
                total -= sum(s / sum(said) * math.log(h / sum(heard)) for s, h in zip(said, heard, strict=True)) / 2
            terms += 1
    assert across(pairs()).item() == near(total / terms)


def test_dinov2s_local_and_global_terms_sum_to_dinos_mean() -> None:
    both, views = torch.rand(2, 10), 8
    local, large = both[:, 2:].sum() / (2 + 2 * views), 2 * (both[0, 1] + both[1, 0]) / 2 / (2 + 2 * views)
    torch.testing.assert_close(across(both), local + large)


def test_saying_everything_of_all_pictures_costs_the_logarithm_of_the_prototypes() -> None:
    logits = torch.zeros(2, 3, 16)
    assert across(pair_losses(logits.softmax(-1), logits.log_softmax(-1))).item() == pytest.approx(math.log(16))


def test_a_head_compares_directions() -> None:
    head = Head(HeadPlan(hidden=8, bottleneck=4, prototypes=6), 5)
    rows = torch.randn(3, 5)
    logits = head(rows)
    assert logits.abs().max() <= 1.000001
    with torch.no_grad():
        head.prototypes.mul_(7)
    torch.testing.assert_close(head(rows), logits)
    head(rows, still=True).sum().backward()
    assert head.prototypes.grad is None
    assert head.layers[0].weight.grad is not None


def test_the_centre_is_the_mean_of_all_that_was_said_in_a_step_and_moves_after_it() -> None:
    centre, said = Centre(8, 0.9), torch.randn(2, 3, 8)
    torch.testing.assert_close(centre(said, 0.1), (said / 0.1).softmax(-1))
    centre(said[:, :1] + 1, 0.1)
    assert not centre.value.any()
    centre.step()
    torch.testing.assert_close(centre.value, 0.1 * torch.cat([said.flatten(0, 1), said[:, 0] + 1]).mean(dim=0))
    before = centre.value.clone()
    with torch.no_grad():
        centre(said, 0.1)  # whoever only looks teaches nothing
    centre.step()
    assert torch.equal(centre.value, before)


@pytest.mark.parametrize(("step", "momentum"), [(0, 0.996), (50, 0.998), (99, 0.99999901)])
def test_the_teacher_follows_at_the_pace_of_the_released_code(step: int, momentum: float) -> None:
    assert cosine(0.996, 1.0, step / 100) == pytest.approx(momentum, abs=1e-8)


@pytest.mark.parametrize(("step", "temperature"), [(0, 0.04), (15, 0.0555172), (29, 0.07), (30, 0.07), (99, 0.07)])
def test_the_temperature_warms_at_the_pace_of_the_released_code(step: int, temperature: float) -> None:
    clock = Clock()
    if step:
        clock.tick(step - 1, 100)
    assert clock.warm(0.04, 0.07, 0.3) == pytest.approx(temperature, abs=1e-7)


def test_a_teacher_is_a_mean_over_the_past_and_at_rest() -> None:
    student = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.BatchNorm1d(2))
    teacher = twin(student)
    assert not teacher.training
    assert not any(parameter.requires_grad for parameter in teacher.parameters())
    before = teacher[0].weight.clone()
    with torch.no_grad():
        student[0].weight.add_(1)
    student(torch.randn(4, 2))
    follow(teacher, student, 0.9)
    torch.testing.assert_close(teacher[0].weight, before + 0.1)
    torch.testing.assert_close(teacher[1].running_mean, student[1].running_mean)


# --------------------------------------------------------------------------------------------------------------------
# DINOv2


def test_sinkhorn_equals_the_number_of_the_released_code() -> None:
    assert sinkhorn(TEACHER, 0.07)[0, 0].item() == pytest.approx(6.58e-08, abs=0.005e-08)


def test_sinkhorn_equals_plain_loops() -> None:
    shares = [[math.exp(float(value) / 0.07) for value in row] for row in TEACHER]
    for _ in range(3):
        often = [sum(row[k] for row in shares) for k in range(8)]
        shares = [[value / often[k] / 8 for k, value in enumerate(row)] for row in shares]
        shares = [[value / sum(row) / 4 for value in row] for row in shares]
    found = sinkhorn(TEACHER, 0.07)
    assert found.flatten().tolist() == pytest.approx([4 * value for row in shares for value in row], abs=1e-12)
    assert found.sum(dim=1).tolist() == pytest.approx([1] * 4)


def test_sinkhorn_in_the_long_run_says_all_equally_often() -> None:
    often = sinkhorn(torch.rand(16, 8, dtype=torch.float64), 0.5, rounds=200).sum(dim=0)
    assert often.tolist() == pytest.approx([2.0] * 8)


def ibot() -> tuple[Tensor, Tensor]:
    return (det((3, 8), 16) / 0.07).softmax(dim=-1), (det((3, 8), 15) / 0.1).log_softmax(dim=-1)


def test_ibot_equals_the_number_of_the_released_code() -> None:
    assert masked_loss(*ibot(), HIDDEN).item() == near(4.6849954313)


def test_ibot_equals_plain_loops() -> None:
    teacher, student = ibot()
    total, place = 0.0, 0
    for row in HIDDEN.tolist():
        terms = []
        for _ in range(sum(row)):
            terms.append(-sum(float(teacher[place, k]) * float(student[place, k]) for k in range(8)))
            place += 1
        total += sum(terms) / len(terms) if terms else 0.0
    assert masked_loss(teacher, student, HIDDEN).item() == near(total / 3)


def test_ibot_of_no_hidden_patch_is_nothing() -> None:
    assert masked_loss(torch.zeros(0, 8), torch.zeros(0, 8), torch.zeros(2, 3, dtype=torch.bool)).item() == 0


def test_koleo_equals_the_number_of_the_released_code() -> None:
    assert koleo(det((5, 6), 17)).item() == near(2.6312195624)


def test_koleo_equals_plain_loops() -> None:
    rows = [[value / math.sqrt(sum(v * v for v in row)) for value in row] for row in det((5, 6), 17).tolist()]
    total = 0.0
    for i, row in enumerate(rows):
        total -= math.log(min(math.dist(row, other) for j, other in enumerate(rows) if j != i)) / 5
    assert koleo(det((5, 6), 17)).item() == pytest.approx(total, abs=1e-6)  # but for its two epsilons


def test_koleo_pushes_neighbours_apart_and_needs_one() -> None:
    rows = torch.tensor([[1.0, 0.0], [1.0, 0.1], [-1.0, 0.0]], requires_grad=True)
    koleo(rows).backward()
    assert rows.grad is not None
    assert rows.grad[1, 1] < 0 < rows.grad[0, 1]
    with pytest.raises(BadInput, match="a batch of one"):
        koleo(torch.ones(1, 3))
