"""Pictures made by rule, by kind: scenes, writing, people and documents, and what each of them calls its classes.

A `Reel` is one kind of picture in one split. It holds no picture, and travels to other processes as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol, TypeAlias

from eyechart.core import Box, Fact
from eyechart.errors import BadInput, UnknownName
from eyechart.world import NAMES, TAXONOMY, View, World
from eyechart.world.documents.documents import Documents, DocumentView
from eyechart.world.documents.paperwork import KINDS as PAPERS
from eyechart.world.documents.paperwork import LABELS
from eyechart.world.language import LANGUAGES
from eyechart.world.language.chinese_words import NOUNS
from eyechart.world.painting.render import Mask, Pixels, box_of
from eyechart.world.persons.names import NAMES_OF_PEOPLE
from eyechart.world.persons.people import DRAWS as MEETINGS
from eyechart.world.persons.people import People, PersonView
from eyechart.world.splits import DRAWS, SPLITS, WITHHELD
from eyechart.world.stream import Falsehood
from eyechart.world.text.inscription import KINDS as WRITTEN
from eyechart.world.text.writing import Writing, WrittenView

Answers: TypeAlias = tuple[Mapping[str, Any], ...]
AnyWorld: TypeAlias = World | Writing | People | Documents

_PICTURED = ("a photo of a {}", "a picture of a {}", "a drawing of a {}", "an image of a {}", "there is a {}", "a {}")
_PICTURED_ZH = ("一张{}的照片", "一幅{}的画", "一张{}的图片", "图中有{}", "{}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Which pictures are wanted; what is left empty is as the kind has it."""

    of: str = "scenes"  # one of KINDS
    seed: int = 0
    size: int = 0  # pixels, both sides
    draw: str = ""
    hold_out: tuple[str, ...] | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What the pictures of a kind are about."""

    classes: tuple[str, ...]
    templates: tuple[str, ...]
    parts: tuple[str, ...] = ()  # every name that a region may have
    taxonomy: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A picture and its regions; without masks there are boxes alone."""

    pixels: Pixels
    boxes: tuple[Box, ...] = ()
    masks: Mask | None = None


class Shown(Protocol):
    """One picture and all that is known of it, in one language."""

    @property
    def label(self) -> int: ...
    @property
    def captions(self) -> tuple[str, ...]: ...
    @property
    def falsehoods(self) -> tuple[Falsehood, ...]: ...
    @property
    def questions(self) -> Answers:
        """Each with its text and answer, and what else there is to it."""

    @property
    def facts(self) -> Mapping[str, Fact]: ...
    @property
    def names(self) -> tuple[str, ...]:
        """Of its regions; nothing is drawn."""

    def drawn(self) -> Drawn: ...


@dataclass(frozen=True, slots=True)
class ShownScene:
    """A scene; its regions are the things, the main one first."""

    view: View
    language: str

    @property
    def label(self) -> int:
        return self.view.label

    @property
    def captions(self) -> tuple[str, ...]:
        return self.view.captions if self.language == "en" else self.view.told(self.language).captions

    @property
    def falsehoods(self) -> tuple[Falsehood, ...]:
        return self.view.falsehoods if self.language == "en" else self.view.told(self.language).falsehoods

    @property
    def questions(self) -> Answers:
        asked = self.view.questions if self.language == "en" else self.view.told(self.language).questions
        return tuple(asdict(question) for question in asked)

    @property
    def facts(self) -> Mapping[str, Fact]:
        return self.view.facts

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(noun(thing.concept, self.language) for thing in self.view.scene.things)

    def drawn(self) -> Drawn:
        pixels, masks = self.view.pixels_and_masks
        return Drawn(pixels=pixels, boxes=tuple(box_of(mask) for mask in masks), masks=masks)

    def later(self) -> Pixels:
        """The scene a moment later."""
        return self.view.later.pixels


@dataclass(frozen=True, slots=True)
class ShownWriting:
    """Something written; its one region is the text."""

    view: WrittenView

    @property
    def label(self) -> int:
        return WRITTEN.index(self.view.inscription.kind)

    @property
    def captions(self) -> tuple[str, ...]:
        return self.view.captions

    @property
    def falsehoods(self) -> tuple[Falsehood, ...]:
        return self.view.falsehoods

    @property
    def questions(self) -> Answers:
        return ()

    @property
    def facts(self) -> Mapping[str, Fact]:
        return self.view.facts

    @property
    def names(self) -> tuple[str, ...]:
        return ("text",)

    def drawn(self) -> Drawn:
        return Drawn(pixels=self.view.pixels, boxes=(self.view.box,))


@dataclass(frozen=True, slots=True)
class ShownPerson:
    """A portrait, without regions; the label is the person."""

    view: PersonView

    @property
    def label(self) -> int:
        return self.view.label

    @property
    def captions(self) -> tuple[str, ...]:
        return self.view.captions

    @property
    def falsehoods(self) -> tuple[Falsehood, ...]:
        return self.view.falsehoods

    @property
    def questions(self) -> Answers:
        return ()

    @property
    def facts(self) -> Mapping[str, Fact]:
        return self.view.facts

    @property
    def names(self) -> tuple[str, ...]:
        return ()

    def drawn(self) -> Drawn:
        return Drawn(pixels=self.view.pixels)


@dataclass(frozen=True, slots=True)
class ShownDocument:
    """A document; its regions are the blocks."""

    view: DocumentView

    @property
    def label(self) -> int:
        return PAPERS.index(self.view.page.kind)

    @property
    def captions(self) -> tuple[str, ...]:
        return self.view.captions

    @property
    def falsehoods(self) -> tuple[Falsehood, ...]:
        return self.view.falsehoods

    @property
    def questions(self) -> Answers:
        return tuple(asdict(question) for question in self.view.questions)

    @property
    def facts(self) -> Mapping[str, Fact]:
        return self.view.facts

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(region.label for region in self.view.regions)

    def drawn(self) -> Drawn:
        return Drawn(pixels=self.view.pixels, boxes=self.view.boxes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of picture: how its worlds are opened, its views shown, and what they are about."""

    open: Callable[[Order, str], AnyWorld]
    show: Callable[[Any, str], Shown]
    subject: Callable[[str], Subject]
    size: int = 64  # where none is asked for
    draws: tuple[str, ...] = ()  # the usual one first; none: there is but one way
    languages: tuple[str, ...] = ("en",)
    holds_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reel:
    """One kind of picture in one split, seed, size and language."""

    kind: str
    world: AnyWorld
    language: str

    @property
    def digest(self) -> str:
        """Of everything that decides a pixel."""
        return self.world.digest

    @property
    def subject(self) -> Subject:
        return KINDS[self.kind].subject(self.language)

    def __getitem__(self, index: int) -> Shown:
        return KINDS[self.kind].show(self.world[index], self.language)


def open_reel(order: Order, split: str) -> Reel:
    """The pictures that are wanted, of one split.

    Raises:
        UnknownName: there is no such kind, split, draw, language or combination to hold out.
        BadInput: the kind has no such choice; the size or the seed is out of range.
    """
    for what, name, known in (
        ("kind of picture", order.of, KINDS),
        ("split of the world", split, SPLITS),
        ("language", order.language, LANGUAGES),
        *(("combination to hold out", name, WITHHELD) for name in order.hold_out or ()),
    ):
        if name not in known:
            raise UnknownName(what, name, known)
    kind = KINDS[order.of]
    if order.draw and order.draw not in kind.draws:
        if not kind.draws:
            raise BadInput(f"there is but one way to draw {order.of}; leave out draw={order.draw}")
        raise UnknownName("draw of the world", order.draw, kind.draws)
    if order.language not in kind.languages:
        raise BadInput(f"{order.of} are told in {', '.join(kind.languages)} only; leave out language={order.language}")
    if order.hold_out is not None and not kind.holds_out:
        raise BadInput(f"of {order.of} nothing is held out by name; leave out hold_out")
    return Reel(kind=order.of, world=kind.open(order, split), language=order.language)


def noun(concept: str, language: str) -> str:
    """A concept, or a node of the tree, in a language."""
    return concept if language == "en" else NOUNS[concept][1]


def _scenes(order: Order, split: str) -> World:
    size, draw = order.size or KINDS["scenes"].size, order.draw or DRAWS[0]
    if order.hold_out is None:
        return World(seed=order.seed, size=size, split=split, draw=draw)
    return World(seed=order.seed, size=size, split=split, draw=draw, hold_out=order.hold_out)


def _scene_subject(language: str) -> Subject:
    names = tuple(noun(name, language) for name in NAMES)
    return Subject(
        classes=names,
        templates=_PICTURED if language == "en" else _PICTURED_ZH,
        parts=names,
        taxonomy={noun(child, language): noun(parent, language) for child, parent in TAXONOMY.items()},
    )


def _writing(order: Order, split: str) -> Writing:
    return Writing(seed=order.seed, size=order.size or KINDS["writing"].size, split=split)


def _people(order: Order, split: str) -> People:
    size, draw = order.size or KINDS["people"].size, order.draw or MEETINGS[0]
    return People(seed=order.seed, size=size, split=split, draw=draw)


def _documents(order: Order, split: str) -> Documents:
    return Documents(seed=order.seed, size=order.size or KINDS["documents"].size, split=split)


KINDS: dict[str, Kind] = {
    "scenes": Kind(
        open=_scenes,
        show=ShownScene,
        subject=_scene_subject,
        draws=DRAWS,
        languages=tuple(LANGUAGES),
        holds_out=True,
    ),
    "writing": Kind(
        open=_writing,
        show=lambda view, _: ShownWriting(view),
        subject=lambda _: Subject(
            classes=WRITTEN, templates=("a picture of a {}", "a written {}", "a {}"), parts=("text",)
        ),
    ),
    "people": Kind(
        open=_people,
        show=lambda view, _: ShownPerson(view),
        subject=lambda _: Subject(
            classes=NAMES_OF_PEOPLE, templates=("a portrait of {}", "a picture of {}", "a photo of {}", "{}")
        ),
        draws=MEETINGS,
    ),
    "documents": Kind(
        open=_documents,
        show=lambda view, _: ShownDocument(view),
        subject=lambda _: Subject(
            classes=PAPERS, templates=("a picture of a {}", "a scan of a {}", "a {}"), parts=LABELS
        ),
        size=256,
    ),
}
