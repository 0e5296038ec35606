from __future__ import annotations

from eyechart.bench import Bench
from eyechart.core import Statistics
from eyechart.exams.attentive import Attentive
from eyechart.testing import Oracle, toy

LIGHT = Attentive(epochs=4, rates=(5e-3,), decays=(0.01,))


def test_the_budget_and_the_choice_stand_in_the_facts(bench: Bench) -> None:
    data = toy(60, 3)
    exam = Attentive(epochs=2, heads=3)
    facts = exam.measure(Oracle(data), data, bench).facts
    assert (facts["tokens"], facts["heads"]) == (4, 1)  # three heads do not divide 256 features
    assert len(facts["grid"]) == 4
    best = min(facts["grid"], key=lambda point: point["loss"])
    assert (facts["rate"], facts["decay"]) == (best["rate"], best["decay"])


def test_grades_carry_the_prior_as_chance(bench: Bench) -> None:
    data = toy(60, 3)
    found = LIGHT.grade(LIGHT.measure(Oracle(data), data, bench), Statistics())
    assert found["top1"].value == 1
    assert found["top1"].chance == 1 / 3
