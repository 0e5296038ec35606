"""Claims that are judged model by model, on planted records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from eyechart.claims.claim import Claim
from eyechart.claims.listed import CLAIMS
from eyechart.claims.verdicts import Judged, judge

BY_ID: Mapping[str, Claim] = {claim.id: claim for claim in CLAIMS}
SURE, LOW, HIGH, MAYBE = (0.9, 0.85, 0.95), (0.1, 0.05, 0.15), (0.9, 0.86, 0.94), (0.5, 0.3, 0.7)


def asked(claim: str, *witnesses: Any, told: Callable[..., Any]) -> Judged:
    (found,) = judge([BY_ID[claim]], told(*witnesses))
    return found


def elephant(away: tuple[float, ...], notices: tuple[float, ...], others: tuple[float, ...]) -> dict[str, Any]:
    return {"notices": (*notices, 0.5), "found_home": SURE, "found_away": away, "others_away": others}


def scores(overlap: tuple[float, ...], recall: tuple[float, ...], false: tuple[float, ...]) -> dict[str, Any]:
    return {"auroc": (0.9, 0.8, 1.0, 0.5), "overlap": overlap, "recall": recall, "false_accepts": false}


def order(near: tuple[float, ...]) -> dict[str, Any]:
    shares = {"linear": (0.9, 0.8, 0.95, 0.1), "purity": (0.4, 0.3, 0.5, 0.1)}
    return {"order": (*near, 0.0), "near_10": (*near, 0.0), **shares}


def pair(hard: str, easy: str, chance: tuple[float, float]) -> dict[str, dict[str, Any]]:
    """Numbers under which less than half is left, more than half, and one that cannot be told."""
    good = (0.95, 0.92, 0.98, chance[1])
    return {
        "supported": {easy: good, hard: (chance[0] + 0.05, chance[0] - 0.02, chance[0] + 0.1, chance[0])},
        "contradicted": {easy: good, hard: (0.9, 0.87, 0.93, chance[0])},
        "undecided": {easy: good, hard: ((1 + chance[0]) / 2, chance[0], 1.0, chance[0])},
    }


WORDS = {"auroc": (0.8, 0.7, 0.9, 0.5)}
KNOWN: dict[str, tuple[str, dict[str, dict[str, Any]], dict[str, Any]]] = {
    "S3": (
        "attack",
        {
            "supported": {"clean": (0.8, 0.75, 0.85, 0.1), "robust_at_4/255": (0.02, 0.0, 0.05, 0.1)},
            "contradicted": {"clean": (0.8, 0.75, 0.85, 0.1), "robust_at_4/255": (0.7, 0.65, 0.75, 0.1)},
            "undecided": {"clean": (0.8, 0.75, 0.85, 0.1), "robust_at_4/255": (0.4, 0.3, 0.5, 0.1)},
        },
        {"doubts": []},
    ),
    "S4": (
        "elephant",
        {
            "supported": elephant(SURE, (0.5, 0.45, 0.55), MAYBE),
            "contradicted": elephant(SURE, (0.9, 0.8, 1.0), MAYBE),
            "undecided": elephant(SURE, (0.7, 0.6, 0.8), MAYBE),
        },
        {"look": "detections"},
    ),
    "S5": (
        "order",
        {"supported": order((0.0, -0.1, 0.1)), "contradicted": order(HIGH), "undecided": order(MAYBE)},
        {},
    ),
    "S7": ("logic", pair("choice", "auroc_and", (0.25, 0.5)), {}),
    "S8": ("gzsl", pair("tree_harmonic", "harmonic", (0.01, 0.01)), {"tree_unseen_at_best": 1.0}),
    "S9": ("lookalikes", pair("accuracy", "easy", (0.5, 0.5)), {}),
    "S10": (
        "scores",
        {
            "supported": scores((0.8, 0.7, 0.9), (0.6, 0.55, 0.65), (0.4, 0.35, 0.45)),
            "contradicted": scores((0.1, 0.05, 0.2), HIGH, LOW),
            "undecided": scores(MAYBE, (0.7, 0.65, 0.75), (0.2, 0.1, 0.3)),
        },
        {},
    ),
    "S11": ("wording", pair("same_words", "concept_replaced", (0.5, 0.5)), {}),
    "S12": (
        "vocabulary",
        {
            "supported": {**WORDS, "learnt": (0.2, 0.1, 0.3, 0.05)},
            "contradicted": {**WORDS, "learnt": (0.9, 0.8, 0.95, 0.05)},
            "undecided": {**WORDS, "learnt": (0.5, 0.4, 0.6, 0.05)},
        },
        {},
    ),
    "S13": ("compounds", pair("unseen", "seen", (0.25, 0.25)), {}),
}


@pytest.mark.parametrize("claim", KNOWN)
@pytest.mark.parametrize("verdict", ["supported", "contradicted", "undecided"])
def test_planted_numbers_get_their_verdict(claim: str, verdict: str, plant: Any, told: Any) -> None:
    exam, numbers, facts = KNOWN[claim]
    found = asked(claim, plant(exam, numbers[verdict], facts=facts), told=told)
    assert [finding.verdict for finding in found.findings] == [verdict]
    assert found.verdict == verdict
    assert found.findings[0].asked
    assert all(len(part.norm) == 32 for part in found.findings[0].parts)


@pytest.mark.parametrize("claim", KNOWN)
def test_models_that_disagree_leave_it_undecided(claim: str, plant: Any, told: Any) -> None:
    exam, numbers, facts = KNOWN[claim]
    both = [plant(exam, numbers[verdict], facts=facts, model=verdict) for verdict in ("supported", "contradicted")]
    found = asked(claim, *both, told=told)
    assert (found.verdict, found.count) == ("undecided", "holds for 1 of 2, fails for 1")


@pytest.mark.parametrize("claim", KNOWN)
def test_a_model_that_guesses_says_nothing_and_does_not_count(claim: str, plant: Any, told: Any) -> None:
    exam, numbers, facts = KNOWN[claim]
    dead = {}
    for name, number in numbers["supported"].items():
        chance = number[3] if len(number) == 4 else 0.0
        dead[name] = (chance, max(chance - 0.01, 0.0), chance + 0.01, *number[3:])
    found = asked(claim, plant(exam, dead, facts=facts), told=told)
    assert (found.verdict, found.count) == ("undecided", "1 could not be asked")
    alive = plant(exam, numbers["supported"], facts=facts, model="b")
    assert asked(claim, plant(exam, dead, facts=facts), alive, told=told).verdict == "supported"


@pytest.mark.parametrize("claim", [claim.id for claim in CLAIMS])
def test_without_records_nothing_is_judged_and_a_command_is_given(claim: str, plant: Any, told: Any) -> None:
    found = asked(claim, plant("corruption", {"accuracy": SURE}), told=told)
    assert (found.verdict, found.findings, found.present) == ("not examined", (), 0)
    assert any(exam in found.commands[-1] for exam in BY_ID[claim].asks)


def test_hidden_gradients_are_no_robustness(plant: Any, told: Any) -> None:
    numbers = KNOWN["S3"][1]
    facts = {"doubts": ["no gradient: 3 images"]}
    hidden = asked("S3", plant("attack", numbers["contradicted"], facts=facts), told=told)
    assert hidden.verdict == "undecided"
    assert "no gradient" in hidden.findings[0].sentence
    assert asked("S3", plant("attack", numbers["supported"], facts=facts), told=told).verdict == "supported"


def test_an_embedding_is_not_asked_for_the_elephant(plant: Any, told: Any) -> None:
    found = asked("S4", plant("elephant", KNOWN["S4"][1]["supported"], facts={"look": "drift"}), told=told)
    assert (found.verdict, found.present) == ("not examined", 1)


def test_who_finds_little_at_home_is_not_asked_for_the_elephant(plant: Any, told: Any) -> None:
    numbers = {**KNOWN["S4"][1]["supported"], "found_home": (0.13, 0.09, 0.2)}
    found = asked("S4", plant("elephant", numbers, facts={"look": "patches"}), told=told)
    assert (found.verdict, found.findings[0].asked) == ("undecided", False)


def test_characters_and_things_that_look_alike_are_judged_apart(plant: Any, told: Any) -> None:
    good, bad = (0.95, 0.92, 0.98, 0.5), (0.52, 0.48, 0.56, 0.5)
    numbers = {"accuracy": bad, "easy": good, "characters_alone": bad, "characters_alone_easy": good}
    numbers |= {"things_far_in_meaning": good, "things_far_in_meaning_easy": good}
    found = asked("S9", plant("lookalikes", numbers), told=told)
    assert [finding.verdict for finding in found.findings] == ["supported", "contradicted"]


def test_a_model_without_text_is_held_to_its_own_seen_classes(plant: Any, told: Any) -> None:
    numbers = {"harmonic": (0.2, 0.1, 0.3, 0.01), "seen": (0.8, 0.7, 0.9, 0.02), "unseen": (0.1, 0.05, 0.15, 0.05)}
    found = asked("S8", plant("gzsl", numbers, facts={"tree_unseen_at_best": 0.75}), told=told)
    assert [finding.verdict for finding in found.findings] == ["supported"]


def test_strangers_are_asked_for_compounds_by_probes(plant: Any, told: Any) -> None:
    numbers = {**KNOWN["S13"][1]["contradicted"], **pair("probe_0", "probe_0_seen", (0.25, 0.25))["supported"]}
    assert asked("S13", plant("compounds", numbers), told=told).verdict == "contradicted"
    assert asked("S13", plant("compounds", numbers, trained_on="the web"), told=told).verdict == "supported"


def test_rules_are_logic_too(plant: Any, told: Any) -> None:
    numbers = pair("new", "seen", (0.5, 0.5))
    assert asked("S7", plant("rules", numbers["contradicted"]), told=told).verdict == "contradicted"


def top1(value: float) -> dict[str, Any]:
    return {"top1": (value, value - 0.01, value + 0.01, 0.1)}


@pytest.mark.parametrize(
    ("by", "verdict"),
    [
        ({"knn": 0.5, "linear": 0.7}, "supported"),
        ({"knn": 0.5, "linear": 0.51, "attentive": 0.7}, "supported"),
        ({"knn": 0.7, "linear": 0.71}, "contradicted"),
        ({"knn": 0.65, "linear": 0.7}, "undecided"),
    ],
)
def test_probes_that_disagree_support_s6(by: dict[str, float], verdict: str, plant: Any, told: Any) -> None:
    found = asked("S6", *(plant(exam, top1(value)) for exam, value in by.items()), told=told)
    assert found.verdict == verdict


def test_probes_of_a_model_that_holds_nothing_are_not_asked(plant: Any, told: Any) -> None:
    found = asked("S6", plant("knn", top1(0.1)), plant("linear", top1(0.12)), told=told)
    assert not found.findings[0].asked


def test_a_probe_that_turns_the_order_of_two_models_is_told(plant: Any, told: Any) -> None:
    table = {"a": {"knn": 0.7, "linear": 0.71}, "b": {"knn": 0.6, "linear": 0.8}}
    every = [plant(exam, top1(value), model=model) for model, by in table.items() for exam, value in by.items()]
    found = asked("S6", *every, told=told)
    assert [(finding.of, finding.verdict) for finding in found.findings] == [
        ("a", "contradicted"),
        ("b", "supported"),
        ("a against b", "supported"),
    ]


def test_probes_on_other_pictures_are_not_held_beside_each_other(plant: Any, told: Any) -> None:
    every = plant("knn", top1(0.5)), plant("linear", top1(0.7), seed=1)
    assert asked("S6", *every, told=told).findings == ()


def test_one_model_under_two_norms_has_two_findings(plant: Any, told: Any) -> None:
    exam, numbers, facts = KNOWN["S3"]
    both = [plant(exam, numbers["supported"], facts=facts, seed=seed) for seed in (0, 1)]
    found = asked("S3", *both, told=told)
    assert len(found.findings) == 2
    assert len({finding.parts[0].norm for finding in found.findings}) == 2
