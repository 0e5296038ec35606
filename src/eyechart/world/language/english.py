"""English by rule: noun phrases, plurals and articles, and the few sentences that a statement can become."""

from __future__ import annotations

import re
from dataclasses import replace

from eyechart.world.language.outline import MEDIA, Outline, Tongue, known_wording, outline
from eyechart.world.language.statement import And, Exists, In, Mention, Not, Or, Related, Statement, With
from eyechart.world.places import PLACES

# Only what is not as the rules have it; a name that ends in -s or -sh and has no entry takes -es.
_PLURALS = {
    "person": "people",
    "fish": "fish",
    "leaf": "leaves",
    "cactus": "cacti",
    "fungus": "fungi",
    "aircraft": "aircraft",
}
# Spoken of by a unit, which is counted in their stead.
_UNITS = {
    "scissors": "pair",
    "glasses": "pair",
    "trousers": "pair",
    "grapes": "bunch",
    "food": "piece",
    "furniture": "piece",
    "clothing": "piece",
    "tableware": "piece",
    "baked goods": "piece",
}
# Features that are not one of many.
_FEATURES = {"rain": "rain", "moon": "the moon"}
_AN = re.compile(r"hour|honest|heir|(?!eu|ew|one\b|once|uni(?![mn])|us[ae]|uten|util|ukul)[aeiou]")

# As adjectives before the noun; what has no entry is its own adjective.
_ADJECTIVES = {
    "awake": "wide-awake",
    "asleep": "sleeping",
    "upside down": "upside-down",
}
_ANYTHING = Mention()
_BEFORE = ("size", "pose", "state", "texture", "colour", "material")
_STYLES = {
    "outlined": "outlined drawing",
    "flat": "flat drawing",
    "textured": "textured drawing",
    "sketch": "sketch",
    "silhouette": "silhouette",
}
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_STUFF = {
    "painted": "painted material",
    "wooden": "wood",
    "metal": "metal",
    "glass": "glass",
    "stone": "stone",
    "woollen": "wool",
}


def plural(noun: str) -> str:
    """Of the last word of a name."""
    *front, last = noun.split(" ")
    return " ".join((*front, _PLURALS.get(last) or _regular_plural(last)))


def _regular_plural(word: str) -> str:
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"


def with_article(words: str) -> str:
    """After "a" or "an", by how the first word sounds."""
    return f"{'an' if _AN.match(words) else 'a'} {words}"


def number(count: int) -> str:
    """As a word up to twelve."""
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


def phrase(mention: Mention, count: int = 0, *, lead: str = "") -> str:
    """Such as "a small red car" or "two red cars"; a `lead` goes in front instead ("the"; "many": a bare plural)."""
    if mention == _ANYTHING and not (count or lead):
        return "something"
    many = count > 1 or lead == "many"
    head, tail = _noun(mention, many=many)
    core = f"{head} {tail}".strip()
    if lead:
        return core if lead == "many" else f"{lead} {core}"
    return f"{number(count)} {core}" if count else with_article(core)


def _noun(mention: Mention, *, many: bool) -> tuple[str, str]:
    """Everything but the article, and what follows the noun."""
    if mention.style:
        art = _STYLES[mention.style]
        shown = phrase(replace(mention, style=""), lead="many" if many else "")
        return plural(art) if many else art, f"of {shown}"
    said = [_ADJECTIVES.get(word, word) for name in _worn(mention) if (word := getattr(mention, name))]
    noun, unit = mention.concept or "thing", _UNITS.get(mention.concept)
    if unit:
        head = f"{plural(unit) if many else unit} of {' '.join((*said, noun))}"
    else:
        head = " ".join((*said, plural(noun) if many else noun))
    return head, _after(mention, many=many)


def _worn(mention: Mention) -> tuple[str, ...]:
    """The attributes that stand before the noun: a person wears colour and texture."""
    return tuple(name for name in _BEFORE if not (mention.concept == "person" and name in ("texture", "colour")))


def _after(mention: Mention, *, many: bool) -> str:
    said = []
    if mention.concept == "person" and (mention.colour or mention.texture):
        said.append(" ".join(word for word in ("in", mention.texture, mention.colour or "clothes") if word))
    if mention.skin:
        said.append(f"covered with little {_many_of(mention.skin)}")
    if mention.facing:
        said.append(f"facing {mention.facing}")
    if mention.text:
        said.append(f'that {"say" if many else "says"} "{mention.text}"')
    return " ".join(said)


def _many_of(concept: str) -> str:
    return phrase(Mention(concept=concept), lead="many")


# --------------------------------------------------------------------------------------------------------------------
# Parts of sentences


def _claim(claim: Exists | Related, *, lead: str = "") -> str:
    if isinstance(claim, Exists):
        return phrase(claim.subject, claim.count, lead=lead)
    return f"{phrase(claim.subject, lead=lead)} {claim.relation} {phrase(claim.object)}"


def _denial(claim: Exists | Related) -> str:
    if isinstance(claim, Exists) and claim.count:
        return f"not exactly {_claim(claim)}"
    if isinstance(claim, Related) and claim.relation == "and":
        return f"not both {_claim(claim)}"
    return _nothing(_claim(claim, lead="no"))


def _nothing(words: str) -> str:
    return "nothing" + words.removeprefix("no thing") if re.match(r"no thing\b", words) else words


def _what(plan: Outline) -> str:
    """The things, as a list: "a red car, two cats and a tree but no dog"."""
    said = [_claim(claim) for claim in plan.claims]
    said += [" or ".join(map(_claim, choice)) for choice in plan.choices]
    long = len(said) > 1 and (plan.choices or any(isinstance(claim, Related) for claim in plan.claims))
    there = ", and ".join(said) if long else listed(said, "and")
    if not plan.denied:
        return there or "a place"
    missing = _denial(plan.denied[0]) if len(plan.denied) == 1 else _neither(plan.denied)
    return f"{there} but {missing}" if there else missing


def _neither(claims: list[Exists | Related]) -> str:
    said = [("exactly " if isinstance(claim, Exists) and claim.count else "") + _claim(claim) for claim in claims]
    return "neither " + " nor ".join(said)


def listed(words: list[str], last: str) -> str:
    """Such as "a, b and c"; `last` is the word before the last one."""
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def _where(plan: Outline) -> str:
    """Such as "in a park with a river but without a rainbow", or nothing."""
    said = [f"not {PLACES[place.place].phrase}" for place in plan.elsewhere]
    said = [*(PLACES[place.place].phrase for place in plan.places), *said]
    where = listed(said, "and")
    features = listed([_feature(part.feature) for part in plan.features], "and")
    lacking = listed([_feature(part.feature) for part in plan.lacking], "or")
    if features:
        where += f" with {features}"
    if lacking:
        where += f"{' but' if features else ''} without {lacking}"
    return where.strip()


def _feature(feature: str) -> str:
    return _FEATURES.get(feature) or with_article(feature)


def _placed(words: str, plan: Outline) -> str:
    """With where it is; what is said of no place is set apart."""
    where = _where(plan)
    return f"{words}{' ' if plan.places else ', '}{where}" if where else words


def _are(plan: Outline) -> str:
    if not plan.claims:
        counted = plan.denied and isinstance(plan.denied[0], Exists) and plan.denied[0].count
        return "are" if counted and len(plan.denied) == 1 and not plan.choices else "is"
    first = plan.claims[0]
    several = len(plan.claims) > 1 and all(isinstance(claim, Exists) for claim in plan.claims)
    together = isinstance(first, Related) and first.relation == "and"
    return "are" if several or together or (isinstance(first, Exists) and first.count > 1) else "is"


# --------------------------------------------------------------------------------------------------------------------
# Whole sentences


def say(statement: Statement, wording: str) -> str:
    """The statement in English, without capital and full stop."""
    known_wording(wording)
    plan = outline(statement)
    if plan is None:
        return _clause(statement)
    if (exception := plan.exception()) and (denial := _is_not(*exception)):
        where = _where(plan)
        return f"{where}, {denial}" if where else denial
    if wording == "place first" and plan.things and _where(plan):
        return f"{_where(plan)}, {_what(plan)}"
    openings = {"there is": f"there {_are(plan)} "} | {medium: f"{with_article(medium)} of " for medium in MEDIA}
    if wording in openings:
        return openings[wording] + _placed(_what(plan), plan)
    return _sentence(plan) if wording == "sentence" else _placed(_what(plan), plan)


def _sentence(plan: Outline) -> str:
    claim = plan.lone
    if isinstance(claim, Related) and claim.relation != "and":
        return _placed(f"{phrase(claim.subject)} is {claim.relation} {phrase(claim.object)}", plan)
    if isinstance(claim, Exists) and plan.places:
        return f"{_claim(claim)} {_are(plan)} {_where(plan)}"
    return _placed(_what(plan), plan)


def _is_not(mention: Mention, attribute: str, word: str) -> str:
    """Such as "the car is not red"; empty where English has no such predicate."""
    if attribute in ("colour", "texture") and mention.concept == "person":
        return f"{phrase(mention, lead='the')} is not in {word}" if attribute == "colour" else ""
    if attribute == "facing":
        return f"{phrase(mention, lead='the')} is not facing {word}"
    return f"{phrase(mention, lead='the')} is not {word}" if attribute in _BEFORE else ""


def _clause(statement: Statement) -> str:
    """Any statement, however deep."""
    match statement:
        case Not(of=inner):
            return f"it is not true that {_clause(inner)}"
        case And(parts=parts) | Or(parts=parts):
            pair, word = ("both", "and") if isinstance(statement, And) else ("either", "or")
            return f"{pair} {f', {word} '.join(map(_clause, parts))}"
        case In(place=place):
            return f"it is {PLACES[place].phrase}"
        case With(feature=feature):
            return f"there is {_feature(feature)}"
        case _:
            return say(statement, "there is")


def ask(statement: Statement) -> str:
    """Whether it is so, for a statement about what there is."""
    there, _, rest = say(statement, "there is").partition(" ")
    verb, _, what = rest.partition(" ")
    return f"{verb} {there} {what}?"


ENGLISH = Tongue(
    say=say,
    ask=ask,
    some=phrase,
    the=lambda mention: phrase(mention, lead="the"),
    many=lambda mention: phrase(mention, lead="many"),
    number=lambda count: number(count) if count else "none",
    place=lambda place: PLACES[place].phrase,
    words={"material": _STUFF},
    questions={
        "what": "what is in the picture?",
        "colour": "what colour is {the}?",
        "texture": "what pattern does {the} have?",
        "colour of clothes": "what colour does {the} wear?",
        "texture of clothes": "what pattern does {the} wear?",
        "material": "what is {the} made of?",
        "state": "is {the} {one} or {other}?",
        "count": "how many {many} are there?",
        "place": "where is this?",
        "compare": "are there more {one} than {other}?",
        "text": "what does {the} say?",
        "relation": "what is {relation} {the}?",
    },
    yes="yes",
    no="no",
)
