"""What `eyechart returns` prints. Layout only; the facts come from `eyechart.marking.ladders`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from eyechart.core import Estimate, Result
from eyechart.errors import BadInput, EyechartError
from eyechart.listing import print_json
from eyechart.marking.ladders import COSTS, Choice, Rise, best_under, on_front, rises, unlearned
from eyechart.reporting.comparison import by_norm
from eyechart.reporting.words import interval, large, number
from eyechart.store.codec import plain
from eyechart.store.shelf import Shelf
from eyechart.terminal import collect, console

FITTED = ("parameters", "flops")
SOURCE = "returns"  # the exam that knows the costs


def tell(names: Sequence[str], shelf: str, exam: str, budget: Mapping[str, float], *, as_json: bool) -> None:
    """Norm by norm: the laws, the front, and the best under the budget.

    Raises:
        BadInput: there are no records of the exam, or none of `returns` beside them.
    """
    results, _ = collect(names, Shelf(shelf))
    norms = by_norm(_priced(results, exam))
    if as_json:
        print_json([_plain(group, budget) for group in norms.values()])
        return
    for group in norms.values():
        _print(group, budget)


def _priced(results: Sequence[Result], exam: str) -> list[Result]:
    """The results of an exam, each with the costs that `returns` found for the same weights."""
    costs = {_weights(one): one.record.facts for one in results if one.record.norm.exam == SOURCE}
    found = [one for one in results if one.record.norm.exam == exam and _weights(one) in costs]
    if not found:
        raise BadInput(
            f"there are no records of {exam!r} by models that took {SOURCE!r} too; run "
            f"`eyechart examine MODEL… --exam {SOURCE}{'' if exam == SOURCE else f' --exam {exam}'}` first"
        )
    return [Result(replace(one.record, facts=costs[_weights(one)]), one.sheet) for one in found]


def _weights(result: Result) -> tuple[str, str]:
    return result.record.card.name, result.record.card.digest


def _print(group: Sequence[Result], budget: Mapping[str, float]) -> None:
    """In lines, not in columns: names of models are long, and intervals are not to be cut."""
    norm = group[0].record.norm
    _line(f"{norm.data} · {norm.exam} · {len(group)} models", style="bold")
    for cost in FITTED:
        for rise in rises(group, cost, norm.statistics):
            _line(f"over {COSTS[cost]}: {rise.upbringing}: {_law(rise)}")
    for name in unlearned(group):
        _line(f"{name} is in no law: nothing tells what it learnt from and for how many samples", style="yellow")
    for cost, words in COSTS.items():
        _line(f"not beaten at {words}:")
        for result in on_front(group, cost):
            _line(f"  {_price(result, cost):>8}  {interval(_score(result))}  {result.record.card.name}")
    if budget:
        _line(_said(group, budget))
    _line("")


def _line(text: str, style: str = "") -> None:
    console.print(text, style=style or None, markup=False, highlight=False, soft_wrap=True)


def _law(rise: Rise) -> str:
    """The law in a sentence, or why there is none."""
    fit = rise.found
    if fit is None:
        return rise.refused
    rest = f"{fit.starts} models of {fit.sizes} sizes; a doubling brought {interval(fit.per_doubling)}"
    if fit.verdict == "undecided":
        return f"undecided, size is not seen to matter ({rest})"
    law = f"a − b·x^(−c) with a {interval(fit.limit)}, c {interval(fit.power)}"
    return f"{fit.verdict}, {law}; the next doubling would bring {interval(fit.gain)} ({rest})"


def _price(result: Result, cost: str) -> str:
    price = float(result.record.facts[cost])
    return f"{1e3 * price:.3g} ms" if cost == "seconds_one" else large(price)


def _score(result: Result) -> Estimate:
    return result.record.estimates[result.record.headline]


def _said(group: Sequence[Result], budget: Mapping[str, float]) -> str:
    """The best under the budget in a sentence, or why there is none."""
    try:
        choice = best_under(group, budget, group[0].record.norm.statistics)
    except BadInput as error:
        return str(error)
    told = ", ".join(f"{COSTS[cost]} ≤ {number(most) if most < 1 else large(most)}" for cost, most in budget.items())
    return f"best with {told}: {choice.best}{_beside(choice)}"


def _beside(choice: Choice) -> str:
    parts = []
    if choice.level:
        parts.append(f"not surely worse: {', '.join(choice.level)}")
    if choice.beyond:
        parts.append(f"{choice.beyond} cost more")
    if choice.unknown:
        parts.append(f"of {choice.unknown} a cost is unknown")
    return f" ({'; '.join(parts)})" if parts else ""


def _plain(group: Sequence[Result], budget: Mapping[str, float]) -> dict[str, Any]:
    norm = group[0].record.norm
    told: dict[str, Any] = {
        "norm": plain(norm),
        "laws": {
            cost: [
                {**plain(rise), "upbringing": rise.upbringing._asdict()} for rise in rises(group, cost, norm.statistics)
            ]
            for cost in FITTED
        },
        "unlearned": unlearned(group),
        "front": {cost: [one.record.card.name for one in on_front(group, cost)] for cost in COSTS},
    }
    if budget:
        try:
            told["best"] = plain(best_under(group, budget, norm.statistics))
        except EyechartError as error:
            told["best"] = {"refused": str(error)}
    return told
