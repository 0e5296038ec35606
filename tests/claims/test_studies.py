"""Claims that compare ways of teaching, on planted records of studies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from eyechart.claims.claim import Claim
from eyechart.claims.contrasts import Contrast, Pupils, headline
from eyechart.claims.listed import CLAIMS
from eyechart.claims.verdicts import judge
from eyechart.errors import NormMismatch

BY_ID: Mapping[str, Claim] = {claim.id: claim for claim in CLAIMS}
NOISE = (0.0, 0.01, -0.01)


@pytest.fixture
def course(plant: Any, taught: Any) -> Any:
    """One way of teaching before one exam: three seeds around a value."""

    def planted(exam: str, name: str, value: float, way: tuple[str, str], **changes: Any) -> list[Any]:
        seeds = changes.pop("seeds", (0, 1, 2))
        samples = changes.pop("samples", 64)
        beside = changes.pop("beside", {})
        return [
            plant(
                exam,
                {name: (value + NOISE[seed], 0.0, 1.0, 0.1), **beside},
                taught=taught(*way, seed=seed, samples=samples),
                **changes,
            )
            for seed in seeds
        ]

    return planted


def judged(claim: str, told: Any, *courses: Sequence[Any]) -> Any:
    (found,) = judge([BY_ID[claim]], told(*(witness for course in courses for witness in course)))
    return found


def ladder(course: Any, scores: Sequence[float], **changes: Any) -> list[Any]:
    return [
        witness
        for rung, score in enumerate(scores)
        for witness in course("returns", "top1", score, ("clip", f"vit-{rung}"), params=1000 * 4**rung, **changes)
    ]


@pytest.mark.parametrize(
    ("scores", "first", "second"),
    [
        ((0.2, 0.5, 0.6, 0.62), "supported", "supported"),
        ((0.2, 0.22, 0.3, 0.6), "contradicted", "supported"),
        ((0.2, 0.4, 0.6, 0.8), "undecided", "supported"),
        ((0.2, 0.5, 0.6, 0.4), "supported", "contradicted"),
    ],
)
def test_a_ladder_says_what_the_next_parameter_buys(
    scores: Sequence[float], first: str, second: str, course: Any, told: Any
) -> None:
    rungs = ladder(course, scores)
    assert judged("S1", told, rungs).verdict == first
    assert judged("V2", told, rungs).verdict == second


def test_two_sizes_are_no_ladder(course: Any, told: Any) -> None:
    assert judged("S1", told, ladder(course, (0.2, 0.5))).verdict == "not examined"


def test_sizes_that_hardly_differ_are_one(course: Any, told: Any) -> None:
    alike = [
        witness
        for rung in range(4)
        for witness in course("returns", "top1", 0.5, ("clip", f"vit-{rung}"), params=1000 + rung)
    ]
    assert judged("S1", told, alike).verdict == "not examined"


def test_two_seeds_leave_a_ladder_open(course: Any, told: Any) -> None:
    found = judged("S1", told, ladder(course, (0.2, 0.5, 0.6), seeds=(0, 1)))
    assert found.verdict == "undecided"
    assert "Fewer than 3 seeds" in found.findings[0].sentence


def test_towers_of_two_kinds_are_no_ladder(course: Any, told: Any) -> None:
    mixed = [
        witness
        for rung, tower in enumerate(("vit-0", "convnext-1", "resnet-2"))
        for witness in course("returns", "top1", 0.2 * rung + 0.2, ("clip", tower), params=1000 * 4**rung)
    ]
    assert judged("S1", told, mixed).verdict == "not examined"


def test_more_pictures_are_judged_beside_larger_towers(course: Any, told: Any) -> None:
    short = course("returns", "top1", 0.3, ("clip", "vit"))
    for value, verdict in ((0.5, "supported"), (0.1, "contradicted"), (0.3, "undecided")):
        long = course("returns", "top1", value, ("clip", "vit"), samples=640)
        assert judged("V2", told, short, long).verdict == verdict


@pytest.mark.parametrize(("large", "verdict"), [(0.8, "supported"), (0.3, "contradicted"), (0.5, "undecided")])
def test_the_largest_tower_is_asked_for_its_leaning(large: float, verdict: str, course: Any, told: Any) -> None:
    beside = {"coverage": (0.6, 0.5, 0.7, 0.1)}
    few, many = (
        course("cue_conflict", "shape_over_texture", value, ("clip", tower), params=params, beside=beside)
        for value, tower, params in ((0.5, "vit-s", 10), (large, "vit-l", 100))
    )
    assert judged("S2", told, few, many).verdict == verdict


def test_a_leaning_of_who_names_nothing_is_none(course: Any, told: Any) -> None:
    beside = {"coverage": (0.1, 0.05, 0.2, 0.1)}
    few, many = (
        course("cue_conflict", "shape_over_texture", value, ("clip", tower), params=params, beside=beside)
        for value, tower, params in ((0.5, "vit-s", 10), (0.8, "vit-l", 100))
    )
    found = judged("S2", told, few, many)
    assert (found.verdict, found.count) == ("undecided", "1 could not be asked")


@pytest.mark.parametrize(("locked", "verdict"), [(0.8, "supported"), (0.2, "contradicted"), (0.5, "undecided")])
def test_a_locked_tower_is_held_against_both_ways_of_teaching_it(
    locked: float, verdict: str, course: Any, told: Any
) -> None:
    rivals = [course("zero_shot", "top1", 0.5, (name, "vit")) for name in ("clip", "siglip")]
    found = judged("S14", told, course("zero_shot", "top1", locked, ("lit", "vit")), *rivals)
    assert found.verdict == verdict
    assert [finding.of for finding in found.findings] == [
        "zero_shot: lit − clip on vit, 64 pictures (s)",
        "zero_shot: lit − siglip on vit, 64 pictures (s)",
    ]
    assert found.findings[0].seeds == (0, 1, 2)


def test_other_towers_budgets_and_norms_of_learning_are_no_rivals(course: Any, told: Any, taught: Any) -> None:
    lit = course("zero_shot", "top1", 0.8, ("lit", "vit"))
    for rival in (
        course("zero_shot", "top1", 0.5, ("clip", "convnext")),
        course("zero_shot", "top1", 0.5, ("clip", "vit"), samples=640),
        course("zero_shot", "top1", 0.5, ("clip", "vit"), seed=1),
    ):
        assert judged("S14", told, lit, rival).findings == ()


def test_two_norms_of_an_exam_refuse_to_be_compared(course: Any) -> None:
    one, other = (
        Pupils(objective="clip", tower="vit", samples=64, by_seed=dict(enumerate(witnesses)))
        for witnesses in (course("knn", "top1", 0.5, ("clip", "vit"), seed=seed) for seed in (0, 1))
    )
    with pytest.raises(NormMismatch, match=r"statistics\.seed: 0 against 1"):
        Contrast(first=one, second=other).gap(headline)


def trade(course: Any, order: float, linear: float, notices: float | None = None) -> list[list[Any]]:
    exams = [("order", "order", (order, 0.1)), ("linear", "top1", (linear, 0.6))]
    exams += [("elephant", "notices", (notices, 0.5))] if notices is not None else []
    return [
        course(exam, name, value, (objective, "vit"))
        for exam, name, values in exams
        for objective, value in zip(("ijepa", "supervised"), values, strict=True)
    ]


def test_a_trade_needs_both_its_sides(course: Any, told: Any) -> None:
    assert judged("S17", told, *trade(course, 0.5, 0.3)).verdict == "supported"
    assert judged("S17", told, *trade(course, 0.5, 0.3, 0.8)).verdict == "supported"
    assert judged("S17", told, *trade(course, 0.5, 0.3, 0.2)).verdict == "contradicted"
    assert judged("S17", told, *trade(course, 0.5, 0.9)).verdict == "contradicted"
    assert judged("S17", told, *trade(course, 0.1, 0.3)).verdict == "undecided"
    assert judged("S17", told, *trade(course, 0.5, 0.3)[:2]).verdict == "not examined"


def test_two_budgets_are_two_trades(course: Any, told: Any) -> None:
    short = trade(course, 0.5, 0.3)
    long = [
        course(exam, name, value, (objective, "vit"), samples=640)
        for exam, name, values in (("order", "order", (0.05, 0.5)), ("linear", "top1", (0.9, 0.6)))
        for objective, value in zip(("ijepa", "supervised"), values, strict=True)
    ]
    found = judged("S17", told, *short, *long)
    assert {finding.of: finding.verdict for finding in found.findings} == {
        "ijepa − supervised on vit, 64 pictures (s)": "supported",
        "ijepa − supervised on vit, 640 pictures (s)": "contradicted",
    }


def two_kinds(course: Any, cnn: float, vit: float, clean: float = 0.5) -> list[list[Any]]:
    beside = {"clean": (clean, clean - 0.1, clean + 0.1, 0.1)}
    exams = {"detail_over_form": "locality", "top1": "linear"}
    return [
        course(exam, name, value, ("clip", tower), **({"beside": beside} if exam == "locality" else {}))
        for name, exam in exams.items()
        for tower, value in (("convnext", cnn), ("vit", vit))
    ]


def certain(found: Any, exam: str) -> Any:
    return next(finding for finding in found.findings if finding.witnesses[0].record.norm.exam == exam)


@pytest.mark.parametrize(("cnn", "verdict"), [(0.8, "supported"), (0.2, "contradicted"), (0.5, "undecided")])
def test_convolutions_are_held_against_patches(cnn: float, verdict: str, course: Any, told: Any) -> None:
    found = judged("L2", told, *two_kinds(course, cnn, 0.5)[:2])
    assert found.verdict == verdict


def test_who_always_gives_one_answer_is_not_equivariant(course: Any, told: Any) -> None:
    found = judged("L2", told, *two_kinds(course, 0.8, 0.5, clean=0.1)[:2])
    assert (found.verdict, found.count) == ("undecided", "1 could not be asked")


@pytest.mark.parametrize(("free", "verdict"), [(0.6, "supported"), (0.3, "contradicted"), (0.55, "undecided")])
def test_labels_are_not_missed_where_nearly_all_is_reached_without(
    free: float, verdict: str, course: Any, told: Any
) -> None:
    labelled = course("linear", "top1", 0.6, ("supervised", "vit"))
    found = judged("L3", told, course("linear", "top1", free, ("mae", "vit"), seeds=(2, 0, 1)), labelled)
    assert found.verdict == verdict
    other = course("linear", "top1", free, ("mae", "convnext"))
    assert judged("L3", told, other, course("linear", "top1", 0.6, ("supervised", "convnext"))).findings == ()


def test_labels_that_taught_nothing_are_not_missed_either(course: Any, told: Any) -> None:
    labelled = course("linear", "top1", 0.1, ("supervised", "vit"))
    found = judged("L3", told, course("linear", "top1", 0.1, ("mae", "vit")), labelled)
    assert (found.verdict, found.count) == ("undecided", "1 could not be asked")


def both_kinds(course: Any, lags: tuple[float, float], detail: float = 0.5, **changes: Any) -> list[list[Any]]:
    """`dino` and `supervised` before the exam `depths`: how much deeper form lies, and what is left with detail."""
    beside = {"retained_detail": (detail, detail, detail), "retained_form": (0.4, 0.3, 0.5)}
    return [
        course("depths", "form_deeper", lag, (objective, "vit"), beside=beside, **changes)
        for objective, lag in zip(("dino", "supervised"), lags, strict=True)
    ]


@pytest.mark.parametrize(
    ("lags", "verdict"),
    [
        ((0.4, 0.2), "supported"),
        ((-0.4, 0.2), "supported"),  # whichever comes first
        ((0.3, 0.5), "contradicted"),
        ((0.04, 0.0), "contradicted"),
        ((0.3, 0.3), "undecided"),
    ],
)
def test_detail_and_form_complement_each_other_when_they_lie_further_apart_than_by_labels(
    lags: tuple[float, float], verdict: str, course: Any, told: Any
) -> None:
    found = judged("L4", told, *both_kinds(course, lags))
    assert found.verdict == verdict
    assert [finding.of for finding in found.findings] == ["dino − supervised on vit, 64 pictures (s)"]


def test_what_is_not_held_complements_nothing(course: Any, told: Any) -> None:
    assert judged("L4", told, *both_kinds(course, (0.4, 0.2), detail=0.02)).verdict == "contradicted"


def test_kinds_that_lie_nowhere_and_two_seeds_leave_it_open(course: Any, told: Any) -> None:
    nowhere = [
        course("depths", "retained_detail", 0.5, (objective, "vit"), beside={"retained_form": (0.4, 0.3, 0.5)})
        for objective in ("dino", "supervised")
    ]
    assert judged("L4", told, *nowhere).verdict == "undecided"
    found = judged("L4", told, *both_kinds(course, (0.4, 0.2), seeds=(0, 1)))
    assert found.verdict == "undecided"
    assert "Fewer than 3 seeds" in found.findings[0].sentence


def test_a_network_of_convolutions_says_nothing_of_patches(course: Any, told: Any) -> None:
    beside = {"retained_detail": (0.5, 0.4, 0.6), "retained_form": (0.4, 0.3, 0.5)}
    cnn = [course("depths", "form_deeper", 0.4, (name, "convnext"), beside=beside) for name in ("dino", "supervised")]
    assert judged("L4", told, *cnn).verdict == "not examined"
