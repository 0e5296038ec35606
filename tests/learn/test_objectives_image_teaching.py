"""The objectives that only see pictures: they teach, they do not collapse, and no layout of a batch changes them."""

import math
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from eyechart.core import PatchEncoder, Preprocessing
from eyechart.errors import BadInput
from eyechart.learn.blocks import Blocks
from eyechart.learn.chance import Chance
from eyechart.learn.health import deviation
from eyechart.learn.objective import Batch, Objective
from eyechart.learn.objectives.dino import DINO, Pace, Views
from eyechart.learn.objectives.dinov2 import DINOv2, Terms
from eyechart.learn.objectives.ijepa import IJEPA
from eyechart.learn.objectives.mae import MAE
from eyechart.learn.objectives.siammae import SiamMAE
from eyechart.learn.pieces import part
from eyechart.learn.selves import HeadPlan, koleo, sinkhorn
from eyechart.learn.views import View
from eyechart.models.filling import FillerPlan
from eyechart.models.towers import EyePlan, ImagePlan, OneTower
from eyechart.testing.circle import together
from eyechart.testing.objectives import check_objective

VIT = ImagePlan(family="vit", patch=4, widths=(16,), depths=(1,), heads=2)
CNN = ImagePlan(family="convnext", patch=2, widths=(8, 8, 8, 16), depths=(1, 1, 1, 1))
WIDER = replace(VIT, widths=(32,), depths=(2,))
WIDER_CNN = replace(CNN, widths=(16, 16, 16, 32))
FILLER = FillerPlan(width=16, depth=1, heads=2)
HEAD = HeadPlan(hidden=32, bottleneck=64, prototypes=32)
MILD = View(area=(0.6, 1.0))
FEW = Views(first=View(area=(0.4, 1.0)), second=View(area=(0.4, 1.0)), small=View(area=(0.1, 0.4)), count=1)
BLOCKS = Blocks(least=3)
SPREADING = Terms(balance="sinkhorn")
SHARP = HeadPlan(hidden=64, bottleneck=32, prototypes=32)
SLOW = Pace(momentum=0.99)


def tower(plan: ImagePlan = VIT) -> OneTower:
    seen = Preprocessing(size=(16, 16), resize="crop", mean=(0.5,) * 3, std=(0.25,) * 3)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return OneTower(EyePlan(image=plan, preprocessing=seen))


def seeded(make: Callable[[], Objective]) -> Callable[[], Objective]:
    def made() -> Objective:
        with torch.random.fork_rng():
            torch.manual_seed(1)
            return make()

    return made


MAKERS = {
    name: seeded(make)
    for name, make in {
        "mae": lambda: MAE(tower(), filler=FILLER, view=MILD),
        "siammae": lambda: SiamMAE(tower(), hidden=0.8, filler=FILLER, view=MILD),
        "ijepa": lambda: IJEPA(tower(), filler=FILLER, blocks=BLOCKS),
        "ijepa, official": lambda: IJEPA(tower(), filler=FILLER, blocks=replace(BLOCKS, sampler="official")),
        "dino": lambda: DINO(tower(), head=HEAD, views=FEW, pace=Pace(momentum=0.98)),
        "dino on a cnn": lambda: DINO(tower(CNN), head=HEAD, views=FEW, pace=Pace(momentum=0.98)),
        "dinov2": lambda: DINOv2(tower(), head=replace(HEAD, gains=True), views=FEW, pace=Pace(momentum=0.98)),
        "dinov2, sinkhorn": lambda: DINOv2(tower(), head=HEAD, views=FEW, terms=SPREADING),
    }.items()
}
JOINED = ("dino", "dinov2", "dinov2, sinkhorn")
makers = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


def shapes(step: int, count: int = 8) -> Batch:
    """Ramps, bowls and checks of any colour; a moment later they have moved to the right."""
    generator = torch.Generator().manual_seed(step)
    kind = torch.randint(4, (count,), generator=generator)
    y, x = torch.meshgrid(torch.linspace(-1, 1, 16), torch.linspace(-1, 1, 16), indexing="ij")
    drawn = torch.stack([x, y, x * x + y * y - 1, torch.sin(12 * x) * torch.sin(12 * y)])[kind]
    colour = 0.2 + 0.8 * torch.rand(count, 3, 1, 1, generator=generator)
    pixels = (0.5 + 0.45 * drawn[:, None] * colour).clamp(0, 1)
    return Batch(pixels=pixels, later=pixels.roll(1, 3))


def jolted(objective: Objective) -> Objective:
    """With no weight at zero, so that a gradient flows through all."""
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for parameter in objective.parameters():
            parameter.add_(0.05 * torch.randn(parameter.shape, generator=generator))
    return objective.train()


def learnt(objective: Objective, steps: int, rate: float = 3e-3, warmup: int = 1) -> list[float]:
    """The losses of so many steps of AdamW."""
    optimiser = torch.optim.AdamW([p for p in objective.train().parameters() if p.requires_grad])
    losses = []
    for step in range(steps):
        optimiser.param_groups[0]["lr"] = rate * min(1.0, (step + 1) / warmup)
        loss = objective.loss(shapes(step, 16), Chance(0, step)).total
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        objective.after_step(step, steps)
        losses.append(loss.item())
    return losses


@makers
def test_conforms(make: Callable[[], Objective]) -> None:
    check_objective(make, shapes)


def scattered(objective: Objective) -> float:
    """How far the product's features of many pictures are from being one."""
    product = objective.product()
    assert isinstance(product, PatchEncoder)
    with torch.no_grad():
        return deviation(product.encode_image(shapes(999, 64).pixels))


@pytest.mark.parametrize("name", ["mae", "siammae", "ijepa", "ijepa, official"])
def test_what_is_told_gets_better_and_features_stay_apart(name: str) -> None:
    objective = MAKERS[name]()
    losses = learnt(objective, 40)
    assert sum(losses[-5:]) < 0.95 * sum(losses[:5])
    assert scattered(objective) > 0.3


LEARNERS = {
    "dino": lambda: DINO(tower(WIDER), head=SHARP, views=FEW, pace=SLOW),
    "dino on a cnn": lambda: DINO(tower(WIDER_CNN), head=SHARP, views=FEW, pace=SLOW),
    "dinov2": lambda: DINOv2(tower(WIDER), head=SHARP, views=FEW, pace=SLOW),
    "dinov2, sinkhorn": lambda: DINOv2(tower(WIDER), head=SHARP, views=FEW, pace=SLOW, terms=SPREADING),
}


@pytest.mark.parametrize("make", LEARNERS.values(), ids=LEARNERS)
def test_views_are_recognised_and_nothing_collapses(make: Callable[[], Objective]) -> None:
    """Neither onto one prototype, for which the loss would be 0, nor onto all, for which it would be at its prior."""
    objective = seeded(make)()
    losses = learnt(objective, 60, rate=2e-3, warmup=10)
    assert sum(losses[-5:]) < 0.95 * sum(losses[:5])
    assert scattered(objective) > 0.3
    with torch.no_grad():
        logits = objective.teacher_head(objective.teacher.depths(shapes(999, 64).pixels).pooled)
        said = ((logits - objective.centre.value) / 0.04).softmax(dim=-1)
    entropy = torch.special.entr(said).sum(dim=-1).mean()
    assert entropy < 0.8 * math.log(32)
    assert torch.special.entr(said.mean(dim=0)).sum() > entropy + 0.5


def graded(objective: Objective, batch: Batch, chance: Chance) -> tuple[float, Tensor]:
    loss = objective.loss(batch, chance).total
    loss.backward()
    return loss.item(), torch.cat([p.grad.flatten() for p in objective.parameters() if p.grad is not None])


@makers
def test_two_halves_of_a_batch_are_the_whole(make: Callable[[], Objective]) -> None:
    batch, (one, two) = shapes(0), (jolted(make()), jolted(make()))
    loss, gradient = graded(jolted(make()), batch, Chance(3, 4, first=0, total=8))
    halves = together(
        [
            lambda: one.loss(part(batch, 0, 4), Chance(3, 4, first=0, total=8)).total,
            lambda: two.loss(part(batch, 4, 4), Chance(3, 4, first=4, total=8)).total,
        ]
    )
    sum(halves).backward()
    assert sum(half.item() for half in halves) / 2 == pytest.approx(loss, rel=1e-5)
    grads = [torch.cat([p.grad.flatten() for p in o.parameters() if p.grad is not None]) for o in (one, two)]
    torch.testing.assert_close((grads[0] + grads[1]) / 2, gradient, atol=1e-5, rtol=1e-3)


@makers
def test_the_loss_is_drawn_anew_each_step_and_told_twice_the_same(make: Callable[[], Objective]) -> None:
    objective, batch = jolted(make()), shapes(0)
    once, again, later = (objective.loss(batch, Chance(0, step)).total.item() for step in (0, 0, 1))
    assert once == again != later


@pytest.mark.parametrize("name", ["ijepa", "dino", "dinov2"])
def test_teachers_follow_and_remain(name: str) -> None:
    objective = MAKERS[name]()
    before = objective.product().encode_image(shapes(0).pixels)
    learnt(objective, 2)
    after = objective.product().encode_image(shapes(0).pixels)
    student = objective.tower.depths(shapes(0).pixels).pooled
    assert 0 < (after - before).norm() < (student - before).norm()


def test_siammae_tells_more_when_the_first_frame_is_the_right_one() -> None:
    objective = MAKERS["siammae"]()
    learnt(objective, 60)
    batch = shapes(999, 32)
    wrong = replace(batch, pixels=batch.pixels.roll(1, 0))
    with torch.no_grad():
        right, other = (objective.loss(frames, Chance(0, 0)).total.item() for frames in (batch, wrong))
    assert right < other


def test_siammae_without_later_frames_says_so() -> None:
    with pytest.raises(BadInput, match="pairs of frames; the batch has no later ones"):
        MAKERS["siammae"]().loss(replace(shapes(0), later=None), Chance(0, 0))


@pytest.mark.parametrize("kind", [MAE, SiamMAE, IJEPA, DINOv2])
def test_those_that_leave_out_tokens_say_so_when_given_a_cnn(kind: type[Objective]) -> None:
    with pytest.raises(BadInput, match=f"{kind.__name__.lower()} leaves out tokens, which only a plain"):
        kind(tower(CNN))


def test_leaving_out_all_or_nothing_is_told() -> None:
    for hidden in (0.0, 0.99):
        with pytest.raises(BadInput, match="nothing to see or nothing to tell"):
            MAE(tower(), hidden=hidden)


def test_small_views_that_are_large_are_told() -> None:
    with pytest.raises(BadInput, match="no wider than large ones"):
        DINO(tower(), views=replace(FEW, width=1.5))


def test_prototypes_rest_while_they_are_still() -> None:
    objective = DINO(tower(), head=HEAD, views=FEW, pace=Pace(still=2))
    before = objective.head.prototypes.clone()
    learnt(objective, 2)
    assert torch.equal(objective.head.prototypes, before)
    learnt_more = objective.loss(shapes(0), Chance(0, 0)).total
    learnt_more.backward()
    assert objective.head.prototypes.grad is not None


def _process(rank: int, folder: str) -> None:
    """One of two that gloo joins: a step of DINO and of DINOv2, a Sinkhorn over unequal rows, and KoLeo."""
    torch.set_num_threads(1)
    torch.distributed.init_process_group("gloo", init_method=f"file://{folder}/meet", rank=rank, world_size=2)
    rows = torch.randn(7, 6, generator=torch.Generator().manual_seed(5))
    found = {"sinkhorn": sinkhorn(rows[:3] if rank == 0 else rows[3:], 0.1), "koleo": koleo(rows[3 * rank :][:3])}
    for name in JOINED:
        objective = jolted(MAKERS[name]())
        chance = Chance(3, 4, first=4 * rank, total=8)
        found[name] = objective.loss(part(shapes(0), 4 * rank, 4), chance).total.detach()
        objective.after_step(0, 10)
        found[f"{name} centre"] = objective.centre.value
    torch.save(found, f"{folder}/{rank}.pt")
    torch.distributed.destroy_process_group()


def test_two_processes_find_what_one_does(tmp_path: Path) -> None:
    started = [subprocess.Popen([sys.executable, __file__, str(rank), str(tmp_path)]) for rank in range(2)]
    assert [process.wait(timeout=120) for process in started] == [0, 0]
    one, two = (torch.load(tmp_path / f"{rank}.pt", weights_only=True) for rank in range(2))
    rows = torch.randn(7, 6, generator=torch.Generator().manual_seed(5))
    expected = sinkhorn(rows, 0.1)
    torch.testing.assert_close(torch.cat([one["sinkhorn"], two["sinkhorn"]]), expected)
    torch.testing.assert_close((one["koleo"] + two["koleo"]) / 2, koleo(rows[:6]))
    for name in JOINED:
        objective = jolted(MAKERS[name]())
        whole = objective.loss(shapes(0), Chance(3, 4, first=0, total=8)).total.detach()
        objective.after_step(0, 10)
        torch.testing.assert_close((one[name] + two[name]) / 2, whole)
        torch.testing.assert_close(one[f"{name} centre"], objective.centre.value)
        assert torch.equal(one[f"{name} centre"], two[f"{name} centre"])


if __name__ == "__main__":
    _process(int(sys.argv[1]), sys.argv[2])
