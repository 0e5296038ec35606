"""What documents hold: letters, receipts, articles, web pages and forms as values, drawn with dice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from eyechart.world.concepts import NAMES
from eyechart.world.dice import Dice
from eyechart.world.persons.names import NAMES_OF_PEOPLE
from eyechart.world.places import PLACES, VARIANTS
from eyechart.world.scene import Scene, Thing
from eyechart.world.text import words
from eyechart.world.text.fonts import UNSEEN_FONTS
from eyechart.world.text.words import listed

KINDS = ("letter", "receipt", "article", "web page", "form")
LABELS = (
    "title",
    "paragraph",
    "list",
    "table",
    "total",
    "field",
    "button",
    "link",
    "brand",
    "picture",
    "date",
    "greeting",
    "signature",
    "byline",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One part of a document."""

    label: str  # one of LABELS
    text: str = ""  # of a paragraph: sentences, parted by line breaks
    rows: tuple[tuple[str, ...], ...] = ()  # of a table; of a list one entry each; of a field the value
    scene: Scene | None = None  # what a picture shows
    spare: int = 0  # how easily it can be missed: what is less so finds room first
    bar: bool = False  # in the bar at the top of a web page


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document, before it is laid out: its blocks in the order in which they are read."""

    kind: str  # one of KINDS
    blocks: tuple[Block, ...]
    accent: str  # name of the colour of buttons and rules
    body: str  # fonts
    head: str

    def having(self, label: str) -> tuple[Block, ...]:
        """The blocks of a label."""
        return tuple(block for block in self.blocks if block.label == label)


_ACCENTS = ("blue", "red", "green", "purple", "brown", "black")
_SITES = listed(
    "Garden News,City Library,Music Shop,Train Times,Bike Club,Sea Museum,Tea House,Book Corner,Farm Market,Star Watch,"
    "Cook Book,Film Night",
    ",",
)
_SHOPS = listed(
    "Corner Bakery,Green Market,Harbour Cafe,Old Bookshop,Tea Room,Lemon Bar,Toy Shop,Fish House,Fruit Stand,Bike Shop,"
    "Paper Shop,River Inn",
    ",",
)
_HEADLINES = (
    "New {thing} opens",
    "Lost {thing} found",
    "The {quality} {thing}",
    "A {thing} for all",
    "Who has the {thing}?",
    "{thing} day",
    "Save the {thing}",
    "My {quality} {thing}",
)
_FORMS = listed("Sign up,Your order,New card,Travel form,Lost and found,Book a room,Join the club,Contact us", ",")
_GOODS = listed("bread milk tea coffee cake apples soup honey cheese rice plums juice salt eggs butter paper soap rope")
_LINKS = listed("news map shop help about photos music books events travel weather recipes")
_DEEDS = listed("log in,sign up,read more,buy,search,save,send,print,share,submit,cancel,reply", ",")
_ENTRIES = listed(
    "buy bread,feed the cat,call Nils,water plants,read a book,mend the bike,bake a cake,post a letter", ","
)
_CITIES = listed("Lisbon Oslo Nairobi Kyoto Lima Bergen Porto Accra Hanoi Quito Riga Tunis")
_MONTHS = listed("January February March April May June July August September October November December")


def document(dice: Dice, *, hold_out: bool) -> Document:
    """Some document. With `hold_out` in none of UNSEEN_FONTS."""
    kind = dice.pick(KINDS)
    body, head = dice.pick(_FONTS[kind])
    if not hold_out and dice.chance(0.4):
        head = dice.pick(UNSEEN_FONTS)
    blocks = _CONTENTS[kind](dice)
    return Document(kind=kind, blocks=blocks, accent=dice.pick(_ACCENTS), body=body, head=head)


# Of each kind: fonts of body and headings.
_FONTS = {
    "letter": (("serif", "serif"), ("hand", "hand"), ("mono", "mono"), ("italic", "italic")),
    "receipt": (("mono", "mono"), ("mono", "condensed"), ("sans", "bold")),
    "article": (("serif", "bold"), ("serif", "condensed"), ("sans", "bold")),
    "web page": (("sans", "bold"), ("sans", "condensed"), ("serif", "bold")),
    "form": (("sans", "bold"), ("serif", "bold"), ("sans", "condensed")),
}


def _letter(dice: Dice) -> tuple[Block, ...]:
    """With writer and reader, and a date."""
    writer, reader = dice.shuffled(NAMES_OF_PEOPLE)[:2]
    return (
        Block(label="date", text=_date(dice), spare=2),
        Block(label="greeting", text=f"Dear {reader.split(maxsplit=1)[0]},"),
        Block(label="paragraph", text=_sentences(dice, 4), spare=4),
        Block(label="paragraph", text=_sentences(dice, 3), spare=5),
        Block(label="signature", text=writer, spare=1),
    )


def _receipt(dice: Dice) -> tuple[Block, ...]:
    """Two to four goods and what they cost together."""
    goods = dice.shuffled(_GOODS)[: 2 + dice.below(3)]
    cents = [10 * (5 + dice.below(90)) for _ in goods]
    rows = tuple((name, price(cost)) for name, cost in zip(goods, cents, strict=True))
    return (
        Block(label="title", text=dice.pick(_SHOPS)),
        Block(label="date", text=_date(dice), spare=3),
        Block(label="table", rows=rows, spare=1),
        Block(label="total", text=f"Total {price(sum(cents))}"),
        Block(label="paragraph", text=dice.pick(("Thank you!", "See you again!", "Have a good day!")), spare=4),
    )


def _article(dice: Dice) -> tuple[Block, ...]:
    """With a picture and perhaps a list."""
    entries = tuple((entry,) for entry in dice.shuffled(_ENTRIES)[: 2 + dice.below(3)])
    extra = (Block(label="list", rows=entries, spare=5),) if dice.chance(0.5) else ()
    return (
        Block(label="title", text=_headline(dice)),
        Block(label="byline", text=f"by {dice.pick(NAMES_OF_PEOPLE)}", spare=6),
        Block(label="picture", scene=_scene(dice), spare=1),
        Block(label="paragraph", text=_sentences(dice, 4), spare=2),
        *extra,
        Block(label="paragraph", text=_sentences(dice, 5), spare=7),
    )


def _web_page(dice: Dice) -> tuple[Block, ...]:
    """A bar with links, a headline, something to see and something to click."""
    links, deeds = dice.shuffled(_LINKS)[: 2 + dice.below(3)], dice.shuffled(_DEEDS)[: 1 + dice.below(3)]
    picture = (Block(label="picture", scene=_scene(dice), spare=3),) if dice.chance(0.7) else ()
    return (
        Block(label="brand", text=dice.pick(_SITES), bar=True, spare=4),
        *(Block(label="link", text=link, bar=True, spare=9 + k) for k, link in enumerate(links)),
        Block(label="title", text=_headline(dice)),
        *picture,
        Block(label="paragraph", text=_sentences(dice, 5), spare=5),
        *(Block(label="button", text=deed.capitalize(), spare=5 + k if k else 0) for k, deed in enumerate(deeds)),
        Block(label="link", text=f"more {dice.pick(_LINKS)}", spare=8),
    )


def _form(dice: Dice) -> tuple[Block, ...]:
    """Fields that are filled in, or not yet."""
    values = {
        "name": dice.pick(NAMES_OF_PEOPLE),
        "city": dice.pick(_CITIES),
        "age": str(18 + dice.below(60)),
        "date": _date(dice),
        "code": str(1000 + dice.below(9000)),
    }
    names = dice.shuffled(tuple(values))[: 2 + dice.below(3)]
    filled = {name: values[name] if dice.chance(0.75) else "" for name in names}
    deeds = dice.pick((("submit",), ("send", "cancel"), ("save", "cancel"), ("sign up",)))
    return (
        Block(label="title", text=dice.pick(_FORMS)),
        *(Block(label="field", text=name, rows=((filled[name],),), spare=2 + k) for k, name in enumerate(names)),
        *(Block(label="button", text=deed.capitalize(), spare=k) for k, deed in enumerate(deeds)),
    )


_CONTENTS: dict[str, Callable[[Dice], tuple[Block, ...]]] = {
    "letter": _letter,
    "receipt": _receipt,
    "article": _article,
    "web page": _web_page,
    "form": _form,
}


def another_text(label: str, text: str, dice: Dice) -> str:
    """What a block of that label could say as well, but does not."""
    if label == "title":
        options = next((names for names in (_SHOPS, _FORMS) if text in names), None)
        while options is None:
            other = _headline(dice)
            if other != text:
                return other
        return dice.pick([name for name in options if name != text])
    if label == "brand":
        return dice.pick([name for name in _SITES if name != text])
    name = text.removeprefix("Dear ").removeprefix("by ").removesuffix(",")
    others = [other for other in NAMES_OF_PEOPLE if name not in (other, other.split(maxsplit=1)[0])]
    other = dice.pick(others)
    return f"Dear {other.split(maxsplit=1)[0]}," if label == "greeting" else text.replace(name, other)


def price(cents: int) -> str:
    """As it is written."""
    return f"{cents // 100}.{cents % 100:02d}"


def _date(dice: Dice) -> str:
    return f"{1 + dice.below(28)} {dice.pick(_MONTHS)} {1990 + dice.below(60)}"


def _headline(dice: Dice) -> str:
    text = dice.pick(_HEADLINES).format(thing=dice.pick(words.THINGS), quality=dice.pick(words.QUALITIES))
    return text[0].upper() + text[1:]


def _sentences(dice: Dice, count: int) -> str:
    said = [words.sentence(dice) for _ in range(count)]
    return "\n".join(f"{text[0].upper()}{text[1:]}{'' if text[-1] in '?!' else '.'}" for text in said)


def _scene(dice: Dice) -> Scene:
    """One thing somewhere."""
    place = dice.pick(tuple(PLACES))
    thing = Thing(concept=dice.pick(NAMES), colour=dice.pick(PLACES[place].colours), side=0.74, x=0.5, y=0.52)
    return Scene(place=place, variant=dice.below(VARIANTS), things=(thing,))
