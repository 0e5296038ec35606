"""Numbers and verdicts as a person would say them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import Formatter
from typing import TYPE_CHECKING

from eyechart.core import Estimate
from eyechart.stats import RankInterval
from eyechart.stats.intervals import SINGLE

if TYPE_CHECKING:
    from eyechart.reporting.comparison import Pair, Ranking, Standing

# How much of the way from chance to perfection a score has gone, and what that is called.
MORE, NO_MORE = "more than by chance", "no more than by chance"  # of what there should be little
LEVELS = (
    (0.95, "nearly perfect"),
    (0.75, "far above guessing"),
    (0.5, "well above guessing"),
    (0.2, "above guessing"),
    (0.0, "little above guessing"),
)

FEW = 4  # names up to which a sentence lists all


def number(value: float) -> str:
    """Three places, without the leading zero that says nothing; large values with fewer."""
    if abs(value) >= 100:
        return f"{value:,.0f}".replace(",", " ")
    text = f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"
    return text.replace("0.", ".", 1) if abs(value) < 1 else text


def count(number: int, noun: str) -> str:
    """``1 model``, ``20 models``."""
    return f"{number} {noun}" if number == 1 else f"{number:,} {noun}s".replace(",", "\u202f")


def interval(estimate: Estimate) -> str:
    """``.712 [.684, .740]``."""
    return f"{number(estimate.value)} [{number(estimate.low)}, {number(estimate.high)}]"


def share(estimate: Estimate) -> bool:
    """It is a share of rows (or of pairs of rows), and is told in percent."""
    return estimate.method.startswith(SINGLE)


def amount(value: float, of: Estimate) -> str:
    """A value on the scale of an estimate: ``71.2 %`` for shares, three places otherwise."""
    return f"{100 * value:.1f} %" if share(of) else number(value)


def ends(estimate: Estimate) -> str:
    """``68.4 – 74.0 %``."""
    if share(estimate):
        return f"{100 * estimate.low:.1f} – {100 * estimate.high:.1f} %"
    return f"{number(estimate.low)} – {number(estimate.high)}"


def gap(low: float, high: float, of: Estimate) -> str:
    """The interval of a difference: ``+1.2 … +4.0``, in points for shares."""
    return f"{_step(low, of)} … {_step(high, of)}"


def step(value: float, of: Estimate) -> str:
    """A difference with its sign: ``+2.6 points`` for shares."""
    return f"{_step(value, of)} points" if share(of) else _step(value, of)


def _step(value: float, of: Estimate) -> str:
    sign = "+" if value > 0 else "−" if value < 0 else "±"
    return f"{sign}{abs(100 * value):.1f}" if share(of) else signed(value)


def signed(value: float) -> str:
    """With its sign, and a true minus."""
    return ("+" if value > 0 else "−" if value < 0 else "±") + number(abs(value))


def p_value(p: float) -> str:
    """Three places, or that it is less."""
    return "<\u00a0.001" if p < 0.001 else number(p)


def ranks(found: RankInterval) -> str:
    """``1`` or ``1–2``."""
    return str(found.best) if found.best == found.worst else f"{found.best}–{found.worst}"


def large(count: float) -> str:
    """``1.3 M``, ``4.2 G``."""
    for size, letter in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if count >= size:
            return f"{count / size:.3g} {letter}"
    return f"{count:g}"


def duration(seconds: float) -> str:
    """``0.4 s``, ``12 s``, ``3 min 20 s``, ``2 h 5 min``."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    whole = round(seconds)
    return f"{whole // 60} min {whole % 60} s" if whole < 3600 else f"{whole // 3600} h {whole % 3600 // 60} min"


def level(estimate: Estimate) -> str:
    """How good one estimate is, seen from chance: ``like guessing``, ``far above guessing`` …

    Where less is better a dead model does well for nothing, so that is told and not judged.
    """
    if estimate.better == "neither":
        return "described, not judged"
    if estimate.chance is None:
        return "no chance level to hold it against"
    if estimate.better == "lower":
        return MORE if estimate.low > estimate.chance else NO_MORE
    if estimate.low <= estimate.chance <= estimate.high:
        return "like guessing"
    if not estimate.chance < estimate.value <= 1:
        return "better than guessing" if estimate.value > 1 else "worse than guessing"
    gained = (estimate.value - estimate.chance) / (1 - estimate.chance)
    return next(word for bound, word in LEVELS if gained >= bound)


def named(text: str) -> list[str]:
    """The estimates that a sentence tells of."""
    return [name for _, name, _, _ in Formatter().parse(text) if name]


def told(text: str, estimates: Mapping[str, Estimate]) -> str:
    """The sentence with its numbers: ``It names 71.2 % (68.4 – 74.0 %) rightly.``; empty where one is missing."""
    if not text or not set(named(text)) <= set(estimates):
        return ""
    found = {name: estimates[name] for name in named(text)}
    return text.format_map({name: f"{amount(one.value, one)} ({ends(one)})" for name, one in found.items()})


def scale() -> str:
    """What the levels mean, in a sentence."""
    steps = ", ".join(f"{name} from {100 * bound:.0f}\u00a0%" for bound, name in LEVELS[:-1])
    return f"Levels say how much of the way from guessing to perfection a model has gone: {steps}."


def verdict(ranking: Ranking) -> str:
    """One sentence on who leads, as far as the tests can tell."""
    standings = ranking.standings
    if standings[0].estimate.better == "neither":
        return "Neither high nor low is better here, so nobody is ranked."
    if len(standings) == 1:
        return f"One model took it; it is {level(standings[0].estimate)}."
    first = [standing for standing in standings if standing.ranks.best == 1]
    if len(first) == 1:
        return f"{first[0].model} is best: {_margin(ranking, first[0], standings)}."
    if len(first) == len(standings):
        return f"No difference can be told between {few([standing.model for standing in first])}."
    return f"{few([standing.model for standing in first])} share the first place; the tests cannot part them."


def listed(names: Sequence[str]) -> str:
    """``a, b and c``."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def few(names: Sequence[str]) -> str:
    """``a, b and c``; of many the first two and how many more there are."""
    return listed(names) if len(names) <= FEW else f"{names[0]}, {names[1]} and {len(names) - 2} more"


def _margin(ranking: Ranking, first: Standing, standings: Sequence[Standing]) -> str:
    rival = next(standing for standing in standings if standing is not first)
    pair, value, low, high = between(ranking.pairs, first.model, rival.model)
    unit = first.estimate
    return (
        f"{step(value, unit)} ({gap(low, high, unit)}) against {rival.model}, p\u00a0{_equal(p_value(pair.adjusted))}"
    )


def _equal(text: str) -> str:
    return text if text.startswith("<") else f"=\u00a0{text}"


def between(pairs: Sequence[Pair], first: str, second: str) -> tuple[Pair, float, float, float]:
    """The pair of two models with its difference as first − second."""
    for pair in pairs:
        found = pair.difference
        if (pair.first, pair.second) == (first, second):
            return pair, found.value, found.low, found.high
        if (pair.first, pair.second) == (second, first):
            return pair, -found.value, -found.high, -found.low
    raise KeyError((first, second))
