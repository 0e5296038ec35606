"""What can be asked and said of a page: questions with answers, captions true and false."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from eyechart.core import Box
from eyechart.world.concepts import NAMES
from eyechart.world.dice import Dice
from eyechart.world.documents.page import Page, Placed
from eyechart.world.documents.paperwork import KINDS, another_text, price
from eyechart.world.language.english import phrase, with_article
from eyechart.world.language.statement import Mention
from eyechart.world.stream import Falsehood

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageQuestion:
    """A question about a page and its answer."""

    text: str
    answer: str
    box: Box | None = None  # what to point at, in pixels


def questions(page: Page) -> tuple[PageQuestion, ...]:
    """All that can be asked of what is seen, no question twice."""
    asked: dict[str, PageQuestion] = {}
    for block in page.blocks:
        for question in _ASKERS.get(block.label, _nothing)(block, page):
            asked.setdefault(question.text, question)
    for label in ("button", "link", "field"):
        if count := len(page.having(label)):
            text = f"how many {label}s are there?"
            asked[text] = PageQuestion(text=text, answer=str(count))
    text = "what kind of document is this?"
    asked[text] = PageQuestion(text=text, answer=page.kind)
    return tuple(asked.values())


def _nothing(_block: Placed, _page: Page) -> Iterator[PageQuestion]:
    return iter(())


def _title(block: Placed, page: Page) -> Iterator[PageQuestion]:
    text = "what is the name of the shop?" if page.kind == "receipt" else "what is the title?"
    yield PageQuestion(text=text, answer=block.text, box=block.box)


def _brand(block: Placed, _page: Page) -> Iterator[PageQuestion]:
    yield PageQuestion(text="what is the name of the site?", answer=block.text, box=block.box)


def _button(block: Placed, _page: Page) -> Iterator[PageQuestion]:
    yield PageQuestion(text=f"where do you click to {block.text.lower()}?", answer=block.text, box=block.box)


def _link(block: Placed, _page: Page) -> Iterator[PageQuestion]:
    yield PageQuestion(text=f'where is the link "{block.text}"?', answer=block.text, box=block.box)


def _picture(block: Placed, _page: Page) -> Iterator[PageQuestion]:
    if block.scene is not None:
        thing = block.scene.main
        yield PageQuestion(text="what is in the picture?", answer=thing.concept, box=block.box)
        if thing.concept != "person":  # whose clothes have the colour
            what = phrase(Mention(concept=thing.concept), lead="the")
            yield PageQuestion(text=f"what colour is {what}?", answer=thing.colour)


def _table(block: Placed, _page: Page) -> Iterator[PageQuestion]:
    for what, much in block.rows:
        yield PageQuestion(text=f'what is the price of "{what}"?', answer=much)
    yield PageQuestion(text="how many things were bought?", answer=str(len(block.rows)))
    yield PageQuestion(text="what was bought first?", answer=block.rows[0][0])


def _total(block: Placed, _page: Page) -> Iterator[PageQuestion]:
    yield PageQuestion(text="what is the total?", answer=block.text.split()[-1], box=block.box)


def _list(block: Placed, _page: Page) -> Iterator[PageQuestion]:
    yield PageQuestion(text="what is the first entry of the list?", answer=block.rows[0][0])
    yield PageQuestion(text="how many entries has the list?", answer=str(len(block.rows)))


def _field(block: Placed, _page: Page) -> Iterator[PageQuestion]:
    name, value = block.rows[0]
    yield PageQuestion(text=f'what is written in the field "{name}"?', answer=value or "nothing", box=block.box)


def _date(block: Placed, page: Page) -> Iterator[PageQuestion]:
    yield PageQuestion(text=f"of what date is the {page.kind}?", answer=block.text, box=block.box)


def _greeting(block: Placed, _page: Page) -> Iterator[PageQuestion]:
    yield PageQuestion(text="to whom is the letter?", answer=_reader(block), box=block.box)


def _signature(block: Placed, _page: Page) -> Iterator[PageQuestion]:
    yield PageQuestion(text="who wrote the letter?", answer=block.text, box=block.box)


def _byline(block: Placed, _page: Page) -> Iterator[PageQuestion]:
    yield PageQuestion(text="who wrote the article?", answer=block.text.removeprefix("by "), box=block.box)


_ASKERS: dict[str, Callable[[Placed, Page], Iterator[PageQuestion]]] = {
    "title": _title,
    "brand": _brand,
    "button": _button,
    "link": _link,
    "picture": _picture,
    "table": _table,
    "total": _total,
    "list": _list,
    "field": _field,
    "date": _date,
    "greeting": _greeting,
    "signature": _signature,
    "byline": _byline,
}


def _reader(greeting: Placed) -> str:
    return greeting.text.removeprefix("Dear ").removesuffix(",")


# --------------------------------------------------------------------------------------------------------------------
# Captions: each says one thing of one block, so that it can be turned false by changing that block


def captions(page: Page) -> tuple[str, ...]:
    """Two to five true captions, the fullest first."""
    said = [_said(block, page) for label in _SAYABLE for block in page.having(label)[:1]]
    counted = [_counted(page, label, len(page.having(label))) for label in ("button", "field") if page.having(label)]
    bare = f"a picture of {with_article(page.kind)}"
    told = dict.fromkeys([*said, *counted, bare])
    return tuple(told)[:5]


def falsehoods(page: Page, dice: Dice) -> tuple[Falsehood, ...]:
    """At least two false captions, each a true one but for a single fact."""
    told: dict[str, str] = {}
    for label in _SAYABLE:
        for block in page.having(label)[:1]:
            told.setdefault(_said(_changed(block, dice), page), label)
    for label in ("button", "field"):
        if count := len(page.having(label)):
            wrong = count + 1 if count == 1 or dice.chance(0.5) else count - 1
            told.setdefault(_counted(page, label, wrong), "count")
    other = dice.pick([kind for kind in KINDS if kind != page.kind])
    told.setdefault(f"a picture of {with_article(other)}", "kind")
    if len(page.having("title")) == 1:
        told.setdefault(_said(page.having("title")[0], replace(page, kind=other)), "kind")
    return tuple(Falsehood(text, change) for text, change in told.items())


_SAYABLE = ("title", "total", "signature", "greeting", "picture", "byline", "brand")


def _said(block: Placed, page: Page) -> str:
    kind = with_article(page.kind)
    if block.scene is not None:
        thing = block.scene.main
        shown = phrase(Mention(concept=thing.concept, colour=thing.colour))
        return f"{kind} with a picture of {shown}"
    if block.label == "title":
        return f'{kind} {"from" if page.kind == "receipt" else "titled"} "{block.text}"'
    if block.label == "total":
        return f"{kind} for {block.text.split()[-1]}"
    if block.label == "greeting":
        return f"{kind} to {_reader(block)}"
    if block.label == "brand":
        return f'{kind} of "{block.text}"'
    return f"{kind} by {block.text.removeprefix('by ')}"


def _counted(page: Page, label: str, count: int) -> str:
    return f"{with_article(page.kind)} with {_NUMBERS[count]} {label}{'' if count == 1 else 's'}"


def _changed(block: Placed, dice: Dice) -> Placed:
    """The block with another text, or another thing in its picture."""
    if block.scene is not None:
        main = block.scene.main
        other = replace(main, concept=dice.pick([name for name in NAMES if name != main.concept]), state="")
        return replace(block, scene=replace(block.scene, things=(other, *block.scene.others)))
    if block.label == "total":
        cents = round(float(block.text.split()[-1]) * 100)
        return replace(block, text=f"Total {price(cents + dice.pick((-10, 10, 100, 300)))}")
    return replace(block, text=another_text(block.label, block.text, dice))
