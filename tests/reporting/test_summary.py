"""In two minutes: what is said of a model follows from its levels and from nothing else."""

from __future__ import annotations

from eyechart.core import Estimate
from eyechart.reporting import words
from eyechart.reporting.comparison import compare
from eyechart.reporting.summary import PARTS, Finding, portraits


def found(handmade, value: float, low: float, high: float, **given):
    estimate = Estimate(value=value, low=low, high=high, units=200, method="wilson-jeffreys", **{"chance": 0.1} | given)
    (ranking,) = compare([handmade.result(estimates={"top1": estimate})]).rankings
    return Finding(f"at-{value}", "naming on world", ranking, {"zoo:a": f"It names {value}."})


def test_every_level_has_its_part():
    assert {name for _, name in words.LEVELS} <= set(PARTS)


def test_exams_stand_under_what_their_level_means_strongest_first(handmade):
    findings = [
        found(handmade, 0.70, 0.6, 0.8),
        found(handmade, 0.12, 0.05, 0.2),
        found(handmade, 0.99, 0.97, 1.0),
        found(handmade, 0.40, 0.3, 0.5, better="neither"),
        found(handmade, 0.40, 0.3, 0.5),
        found(handmade, 0.05, 0.0, 0.2, better="lower"),
    ]
    (portrait,) = portraits(["zoo:a"], findings, {})
    told = {part: [remark.text for remark in remarks] for part, remarks in portrait.parts}
    assert told == {
        "Can": ["It names 0.99.", "It names 0.7."],
        "In part": ["It names 0.4."],
        "Breaks": ["It names 0.12."],
        "Leans": ["It names 0.4."],
        "Measured": ["It names 0.05."],
    }


def test_an_exam_that_says_nothing_is_told_by_its_question(handmade):
    (portrait,) = portraits(["zoo:a"], [found(handmade, 0.7, 0.6, 0.8)._replace(says={})], {})
    ((_, (remark,)),) = portrait.parts
    assert remark.text == "Can it name what it sees, from names alone? 70.0 %"


def test_what_was_refused_is_told_with_its_reason(handmade):
    refusals = [handmade.refusal(), handmade.refusal(exam="*", data="*", reason="no weights")]
    (portrait,) = portraits(["zoo:a"], [], {"zoo:a": refusals})
    assert [where for where, _ in portrait.refused] == ["retrieval on world", "all exams"]
    assert portrait.refused[1][1] == "no weights"
