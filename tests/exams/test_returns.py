from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from eyechart import draw
from eyechart.bench import Bench
from eyechart.core import Estimate, ImageEncoder, Machine, Norm, Record, Request, Result, Sheet, Statistics
from eyechart.errors import BadInput
from eyechart.exams.knn import KNN
from eyechart.exams.returns import Returns
from eyechart.marking.costs import made
from eyechart.models.pace import held, pace
from eyechart.testing import Oracle, check_exam, toy


def test_holds_to_the_rules_of_every_exam() -> None:
    check_exam(Returns(looks=0))


def test_the_score_is_that_of_the_exam_knn(bench: Bench, eye: ImageEncoder) -> None:
    data = toy(60, 3)
    assert np.array_equal(Returns(looks=0).measure(eye, data, bench)["score"], KNN().measure(eye, data, bench)["score"])


def test_taking_the_time_changes_no_estimate(bench: Bench, eye: ImageEncoder) -> None:
    data = toy(30, 3)
    timed, untimed = (Returns(looks=looks).measure(eye, data, bench) for looks in (2, 0))
    assert timed.facts["seconds_one"] > 0
    assert "seconds_one" not in untimed.facts
    grades = [Returns().grade(sheet, Statistics(resamples=10)) for sheet in (timed, untimed)]
    assert grades[0] == grades[1]


def test_what_nobody_tells_is_not_guessed(bench: Bench, eye: ImageEncoder) -> None:
    told = made(eye)
    unknown = ("parameters", "flops", "samples_seen", "tokens_per_picture", "tokens_seen", "epochs", "training_flops")
    assert all(told[name] is None for name in unknown)


def test_the_arithmetic_of_the_essay() -> None:
    data = toy(6, 3)

    class Taught(Oracle):
        facts = {"pictures": 100, "flops_in_all": 1e9, "study": "s", "objective": "o"}  # noqa: RUF012

        @property
        def card(self):
            return replace(super().card, samples_seen=300, params=7, flops=11)

    told = made(Taught(data))
    assert (told["epochs"], told["tokens_per_picture"], told["tokens_seen"]) == (3.0, 4, 1200)
    assert (told["parameters"], told["flops"], told["training_flops"], told["objective"]) == (7, 11, 1e9, "o")


def test_the_memory_of_a_look_is_what_it_holds_at_once() -> None:
    def chain(pixels: torch.Tensor) -> torch.Tensor:
        for _ in range(5):
            pixels = pixels + 1  # the one before is let go of
        return pixels[:, 0, 0]

    one = held(chain, (8, 8), "cpu", pictures=1)
    assert one == 2 * 4 * 3 * 64
    assert held(chain, (8, 8), "cpu", pictures=4) == 4 * one


def test_the_median_lies_between_the_quartiles() -> None:
    found = pace(lambda pixels: pixels * 2, (4, 4), "cpu", pictures=2, looks=5)
    assert 0 < found.low <= found.seconds <= found.high


@pytest.mark.parametrize("wrong", [{"k": 0}, {"batch": 0}, {"looks": -1}])
def test_settings_that_make_no_sense_are_refused(bench: Bench, eye: ImageEncoder, wrong: dict) -> None:
    with pytest.raises(BadInput, match="returns asks one neighbour"):
        Returns(**wrong).measure(eye, toy(6, 3), bench)


def taken(eye: ImageEncoder, size: float, score: float, start: int, **facts: object) -> Result:
    statistics = Statistics(resamples=60)
    norm = Norm(
        exam="returns", version=1, settings={}, data="toy", split="test", revision="1", items="", count=200,
        learnt_from="", preprocessing="own", statistics=statistics,
    )  # fmt: skip
    request = Request(
        model="", data="", exam="returns", settings={}, preprocessing="own", precision="fp32", statistics=statistics
    )
    right = (np.random.default_rng(0).random(200) < score).astype(float)
    share = float(right.mean())
    ids = np.arange(200).astype(str)
    told = {"parameters": size, "flops": 90 * size, "samples_seen": 1000, "trained_on": "w", "objective": "o", **facts}
    found = Estimate(value=share, low=share - 0.05, high=share + 0.05, units=200, method="", chance=0.1)
    record = Record(
        norm=norm, card=replace(eye.card, name=f"{size}-{start}"), question="?", headline="top1",
        estimates={"top1": found}, sheet="", facts=told, request=request,
        machine=Machine(system="", processor="", device="cpu", cores=1, memory_gib=0.0, python="", packages={}),
        made="", seconds={},
    )  # fmt: skip
    return Result(record, Sheet(columns={"id": ids, "group": ids, "score": right}, facts=told))


def test_the_figure_draws_dots_rings_and_a_law_where_there_is_one(eye: ImageEncoder) -> None:
    ladder = [taken(eye, 10.0**place, 0.3 + 0.1 * place, 0) for place in (3, 4, 5)]
    drawn = json.dumps(Returns().figure(ladder).to_dict())
    assert drawn.count('"band"') + drawn.count('"type": "area"') == 2
    lawless = Returns().figure(ladder[:2])
    assert "parameters" in draw.to_svg(lawless, "returns")
    assert "top-1" in draw.to_svg(Returns().figure([taken(eye, 10.0, 0.5, 0, parameters=None, flops=None)]), "returns")
