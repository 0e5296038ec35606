from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import nn

from eyechart.bench import Bench
from eyechart.core import Dataset, ImageEncoder, Preprocessing, Statistics
from eyechart.errors import BadInput, Refused
from eyechart.exams.finetune import Finetune
from eyechart.models.eye import Eye, eye_of
from eyechart.models.image_trunks import ImagePlan
from eyechart.models.towers import EyePlan, OneTower
from eyechart.run import objection
from eyechart.store.digest import of_state
from eyechart.testing import Constant, permuted, toy
from eyechart.transfer.tuning import Budget, rates

BRIEF = Finetune(epochs=1, batch=16, rates=(3e-3,), scratch=False)
QUICK = Statistics(resamples=50)


@pytest.fixture
def model() -> Eye:
    """It has learnt nothing yet."""
    torch.manual_seed(0)
    image = ImagePlan(family="vit", patch=4, widths=(16,), depths=(2,), heads=2)
    plan = EyePlan(image=image, preprocessing=Preprocessing(size=(8, 8), resize="squash"))
    return eye_of(OneTower(plan).eval().requires_grad_(requires_grad=False), "eye", {})


@pytest.fixture
def data() -> Dataset:
    return toy(60, 3)


class Distracted(nn.Module):
    """It could see colours, and has eyes for noise only."""

    def __init__(self) -> None:
        super().__init__()
        drawn = torch.randn(7, 8, generator=torch.Generator().manual_seed(0))
        drawn[:3] = 0.0
        self.weight = nn.Parameter(drawn, requires_grad=False)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        noise = 4 * (pixels[:, :, 0, 0] - pixels[:, :, 1, 1]).mean(1, keepdim=True)
        parts = [2 * pixels.mean((2, 3)) - 1, noise, noise**2, noise.sin(), noise.cos()]
        return torch.cat(parts, 1) @ self.weight


class Sleeper:
    """A model around a network, without taps."""

    device = "cpu"
    card = replace(Constant().card, name="sleeper", taps=("image",), width=8)
    preprocess = Constant().preprocess

    def __init__(self, network: nn.Module) -> None:
        self.network = network

    def encode_image(self, pixels: torch.Tensor) -> torch.Tensor:
        return self.network(pixels)


def test_tuning_finds_what_the_untouched_features_do_not_hold(data: Dataset, bench: Bench) -> None:
    exam = replace(BRIEF, rates=(1e-1,), epochs=12)
    found = exam.grade(exam.measure(Sleeper(Distracted()), data, bench), QUICK)
    assert found["untouched"].value < 0.6
    assert found["top1"].value > 0.9
    assert found["gain_of_tuning"].value == pytest.approx(found["top1"].value - found["untouched"].value)
    assert found["gain_of_tuning"].low > 0
    assert "from_scratch" not in found


def test_the_model_is_left_as_it_was_and_the_kept_features_are_its_own(model: Eye, data: Dataset, bench: Bench) -> None:
    before, modes = of_state(model.tower.state_dict()), [part.training for part in model.tower.modules()]
    features = bench.features(model, data.items, "pooled").tensor()
    kept = bench.forwarded
    replace(BRIEF, scratch=True).measure(model, data, bench)
    assert of_state(model.tower.state_dict()) == before
    assert [part.training for part in model.tower.modules()] == modes
    assert not any(value.requires_grad for value in model.tower.parameters())
    assert bench.forwarded == kept + len(data)  # the train pictures, once, by the untouched weights
    assert torch.equal(bench.features(model, data.items, "pooled").tensor(), features)
    assert torch.equal(Bench().features(model, data.items, "pooled").tensor(), features)


def test_labels_without_meaning_teach_nothing(model: Eye, data: Dataset, bench: Bench) -> None:
    exam = BRIEF
    found = exam.grade(exam.measure(model, permuted(data), bench), Statistics(level=0.999, resamples=50))
    assert found["top1"].low <= 1 / 3 <= found["top1"].high


def test_a_network_that_sees_nothing_scores_chance(data: Dataset, bench: Bench) -> None:
    class Blind(Distracted):
        def forward(self, pixels: torch.Tensor) -> torch.Tensor:
            return torch.ones(len(pixels), 7) @ self.weight

    sheet = BRIEF.measure(Sleeper(Blind()), data, bench)
    found = BRIEF.grade(sheet, Statistics(level=0.999, resamples=50))
    assert found["top1"].low <= 1 / 3 <= found["top1"].high


def test_the_examined_pictures_decide_nothing(model: Eye, data: Dataset, bench: Bench) -> None:
    brief = BRIEF
    whole, part = brief.measure(model, data, bench), brief.measure(model, data.keep(data.items[:9]), bench)
    assert whole.facts["held_out_losses"] == part.facts["held_out_losses"]
    assert whole["confidence"][:9] == pytest.approx(part["confidence"], abs=1e-5)


def test_the_order_in_which_items_are_listed_and_the_batch_of_the_bench_change_nothing(
    model: Eye, data: Dataset
) -> None:
    assert data.train is not None
    brief = BRIEF
    turned = replace(data, items=data.items[::-1], train=data.train.keep(data.train.items[::-1]))
    first, again = brief.measure(model, data, Bench(batch=32)), brief.measure(model, turned, Bench(batch=7))
    assert again["confidence"][::-1] == pytest.approx(first["confidence"], abs=1e-4)


def test_the_rate_is_the_one_of_least_loss_on_the_held_out_part(model: Eye, data: Dataset, bench: Bench) -> None:
    exam = replace(BRIEF, rates=(3e-3, 1e-2))
    facts = exam.measure(model, data, bench).facts
    losses = facts["held_out_losses"]
    assert facts["rate"] == exam.rates[losses.index(min(losses))]
    assert (facts["fitted_on"], facts["chosen_on"]) == (54, 6)


def test_low_ranks_learn_beside_matrices_that_stay(model: Eye, data: Dataset, bench: Bench) -> None:
    exam = replace(BRIEF, lora=2)
    sheet = exam.measure(model, data, bench)
    whole = replace(exam, lora=0).measure(model, data, bench)
    assert sheet.facts["learnt_parameters"] < whole.facts["learnt_parameters"] / 2
    assert sheet["score"].mean() > 0.6


def test_fewer_pictures_are_learnt_from_when_asked(model: Eye, data: Dataset, bench: Bench) -> None:
    facts = replace(BRIEF, pictures=30).measure(model, data, bench).facts
    assert facts["fitted_on"] + facts["chosen_on"] == 30


def test_lower_layers_learn_more_slowly(model: Eye) -> None:
    budget = Budget(epochs=1, batch=2, rates=(1.0,), layer_decay=0.5, decay=0.0)
    assert [share for _, share in rates(model.network, budget)] == [0.25, 0.5, 1.0]


def test_who_has_no_weights_is_refused(model: Eye, eye: ImageEncoder, data: Dataset, bench: Bench) -> None:
    assert "needs a Trainable" in str(objection(Finetune(), eye, data))

    class Foreign:
        network = None
        device, preprocess = "cpu", eye.preprocess
        card = eye.card

        def encode_image(self, pixels: torch.Tensor) -> torch.Tensor:
            return pixels.mean((2, 3))

    with pytest.raises(Refused, match="another library than torch"):
        Finetune().measure(Foreign(), data, bench)


@pytest.mark.parametrize("wrong", [{"epochs": 0}, {"rates": ()}, {"layer_decay": 1.5}, {"lora": -1}])
def test_settings_that_make_no_sense_are_refused(model: Eye, data: Dataset, bench: Bench, wrong: dict) -> None:
    with pytest.raises(BadInput, match="finetune needs"):
        Finetune(**wrong).measure(model, data, bench)


def test_rates_that_break_it_are_refused(model: Eye, data: Dataset, bench: Bench) -> None:
    with pytest.raises(Refused, match="cannot be tuned"):
        replace(BRIEF, rates=(1e30,)).measure(model, data, bench)
