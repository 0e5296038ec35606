"""What every language needs to know of a statement before it speaks: which parts say what, where and what not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace

from eyechart.errors import BadInput
from eyechart.world.language.statement import And, Exists, In, Mention, Not, Or, Related, Statement, With

# How a sentence is built, in any language; then what a picture is called that shows what is said.
WORDINGS = ("bare", "place first", "there is", "sentence")
MEDIA = ("photo", "picture", "drawing", "image")

ATTRIBUTES = tuple(field.name for field in fields(Mention))  # "concept" first
Claim = Exists | Related


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """One language: how statements and mentions are said in it."""

    say: Callable[[Statement, str], str]  # in one of WORDINGS, or as one of MEDIA
    ask: Callable[[Statement], str]  # whether it is so
    some: Callable[[Mention], str]  # "a red car"
    the: Callable[[Mention], str]  # "the red car"
    many: Callable[[Mention], str]  # "red cars"
    number: Callable[[int], str]
    place: Callable[[str], str]  # "in a park"
    words: Mapping[str, Mapping[str, str]]  # attribute → word → how it is given as an answer
    questions: Mapping[str, str]  # kind of question → its frame
    yes: str
    no: str


@dataclass(slots=True)
class Outline:
    """A statement sorted by what its parts are about; all of them are claimed."""

    claims: list[Claim] = field(default_factory=list)
    denied: list[Claim] = field(default_factory=list)
    choices: list[tuple[Claim, ...]] = field(default_factory=list)
    places: list[In] = field(default_factory=list)
    elsewhere: list[In] = field(default_factory=list)
    features: list[With] = field(default_factory=list)
    lacking: list[With] = field(default_factory=list)

    @property
    def things(self) -> bool:
        """Whether anything is said of things."""
        return bool(self.claims or self.denied or self.choices)

    @property
    def lone(self) -> Claim | None:
        """The claim, when it is the only thing said of things."""
        alone = len(self.claims) == 1 and not self.denied and not self.choices
        return self.claims[0] if alone else None

    def exception(self) -> tuple[Mention, str, str] | None:
        """What the only such thing is not: (the thing, attribute, word), when that is what is said."""
        if len(self.claims) != 1 or len(self.denied) != 1 or self.choices:
            return None
        one, no = self.claims[0], self.denied[0]
        if not isinstance(one, Exists) or not isinstance(no, Exists) or one.count != 1 or no.count:
            return None
        more = [name for name in ATTRIBUTES if getattr(one.subject, name) != getattr(no.subject, name)]
        if len(more) != 1 or getattr(one.subject, more[0]) or not one.subject.concept:
            return None
        return one.subject, more[0], getattr(no.subject, more[0])


def outline(statement: Statement) -> Outline | None:
    """The parts, or None when the statement is nested deeper than plain sentences go."""
    sorted_parts = Outline()
    parts = statement.parts if isinstance(statement, And) else (statement,)
    return sorted_parts if parts and all(_sort(part, sorted_parts) for part in parts) else None


def _sort(part: Statement, into: Outline) -> bool:
    match part:
        case Exists() | Related():
            into.claims.append(part)
        case In():
            into.places.append(part)
        case With():
            into.features.append(part)
        case Not(of=Exists() | Related() as claim):
            into.denied.append(claim)
        case Not(of=In() as place):
            into.elsewhere.append(place)
        case Not(of=With() as feature):
            into.lacking.append(feature)
        case Or(parts=parts):
            claims = tuple(choice for choice in parts if isinstance(choice, Exists | Related))
            if len(claims) < len(parts) or len(claims) < 2:
                return False
            into.choices.append(claims)
        case _:
            return False
    return True


def suited(wording: str, *statements: Statement) -> str:
    """The wording, or a bare one instead of "a photo of a sketch of a cat"."""
    return "bare" if wording in MEDIA and any(map(_of_a_style, statements)) else wording


def _of_a_style(statement: Statement) -> bool:
    match statement:
        case Exists(subject=said):
            return bool(said.style)
        case Related(subject=one, object=other):
            return bool(one.style or other.style)
        case Not(of=inner):
            return _of_a_style(inner)
        case And(parts=parts) | Or(parts=parts):
            return any(map(_of_a_style, parts))
        case _:
            return False


def known_wording(wording: str) -> str:
    """The wording itself, if there is such a one."""
    if wording not in WORDINGS + MEDIA:
        raise BadInput(f"no wording is called {wording!r}; known: {', '.join(WORDINGS + MEDIA)}.")
    return wording


def without(mention: Mention, *attributes: str) -> Mention:
    """The same with these left unsaid."""
    return replace(mention, **dict.fromkeys(attributes, ""))
