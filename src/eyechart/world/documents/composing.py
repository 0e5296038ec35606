"""Setting one block of a document at the top of a column: where its lines and panels go, and the box around them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from eyechart.core import Box
from eyechart.world.documents.page import Panel, Placed, Run
from eyechart.world.documents.paperwork import Block
from eyechart.world.painting.palette import Rgb, brightness
from eyechart.world.text.fonts import advance, bounds

LEGIBLE = 8.0  # pixels: the smallest size of type of anything
SMALL = 96  # pixels: below this only large blocks are set
CHALK: Rgb = (252, 252, 250)
_THUMB = 18  # pixels: the side of the smallest picture
_LINE = 1.28  # from one baseline to the next, in sizes of type
_INK: Rgb = (38, 38, 46)
_GRAY: Rgb = (112, 114, 124)
_LINK: Rgb = (24, 82, 190)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """How a document is set: fonts, sizes of type and the column."""

    body: str
    head: str
    accent: Rgb
    size: float  # of body type
    left: int
    right: int
    top: int
    bottom: int
    centred: bool = False
    page: int = 0

    @property
    def wide(self) -> int:
        """Of the column."""
        return self.right - self.left

    @property
    def gap(self) -> int:
        """Between blocks."""
        return round(0.75 * self.size)


def set_block(block: Block, hand: Hand) -> Placed:
    """The block at the top of the column."""
    return _SETTERS[block.label](block, hand)


def _title(block: Block, hand: Hand) -> Placed:
    size = max(11.0, 1.75 * hand.size) if hand.page >= SMALL else 11.0
    while size > LEGIBLE and len(_broken(block.text, hand.wide / size, hand.head)) > 2:
        size -= 0.5
    return _text(block, replace(hand, size=size), hand.head, _INK, hand.centred)


def _paragraph(block: Block, hand: Hand) -> Placed:
    return _text(block, hand, hand.body, _INK, hand.centred)


def _greeting(block: Block, hand: Hand) -> Placed:
    return _text(block, replace(hand, size=(1.15 if hand.page >= SMALL else 1.3) * hand.size), hand.body, _INK, False)


def _aside(block: Block, hand: Hand) -> Placed:
    return _text(block, hand, hand.body, _GRAY, hand.centred)


def _link(block: Block, hand: Hand) -> Placed:
    placed = _text(block, hand, hand.body, _LINK, False)
    box = placed.box
    rule = Panel(box=Box(box.left, box.bottom + 1, box.right, box.bottom + 2), fill=_LINK)
    return replace(placed, box=Box(box.left, box.top, box.right, box.bottom + 2), panels=(rule,))


def _text(block: Block, hand: Hand, font: str, colour: Rgb, centred: bool) -> Placed:
    """Lines broken between words; sentences follow each other."""
    text = " ".join(block.text.split())
    runs = []
    for k, line in enumerate(_broken(text, hand.wide / hand.size, font)):
        wide = advance(line, font) * hand.size
        x = hand.left + (round((hand.wide - wide) / 2) if centred else 0)
        baseline = hand.top + round(0.8 * hand.size) + round(k * _LINE * hand.size)
        runs.append(Run(text=line, x=x, baseline=baseline, size=hand.size, font=font, colour=colour))
    return Placed(label=block.label, text=text, box=around(tuple(runs)), runs=tuple(runs))


def _broken(text: str, wide: float, font: str) -> list[str]:
    """Lines of at most that width, in sizes of type; a longer word has a line for itself."""
    lines: list[str] = []
    room, space = 0.0, advance(" ", font)
    for word in text.split():
        long = advance(word, font)
        if lines and space + long <= room:
            lines[-1] += f" {word}"
            room -= space + long
        else:
            lines.append(word)
            room = wide - long
    return lines


def _list(block: Block, hand: Hand) -> Placed:
    """A dot before each entry."""
    runs, panels = [], []
    dot = max(2, round(0.3 * hand.size))
    for k, (entry,) in enumerate(block.rows):
        baseline = hand.top + round(0.8 * hand.size) + round(k * 1.4 * hand.size)
        middle = baseline - round(0.28 * hand.size)
        x = hand.left + round(0.3 * hand.size)
        panels.append(Panel(box=Box(x, middle - dot // 2, x + dot, middle - dot // 2 + dot), fill=hand.accent))
        left = hand.left + round(1.2 * hand.size)
        runs.append(Run(text=entry, x=left, baseline=baseline, size=hand.size, font=hand.body, colour=_INK))
    box = around(tuple(runs), tuple(panels))
    text = "\n".join(entry for (entry,) in block.rows)
    return Placed(label="list", text=text, rows=block.rows, box=box, runs=tuple(runs), panels=tuple(panels))


def _table(block: Block, hand: Hand) -> Placed:
    """What at the left, how much at the right, a rule above and below."""
    runs = []
    step, first = round(1.45 * hand.size), hand.top + round(1.35 * hand.size)
    for k, (what, much) in enumerate(block.rows):
        right = hand.right - round(advance(much, hand.body) * hand.size)
        for text, x in ((what, hand.left), (much, right)):
            baseline = first + k * step
            runs.append(Run(text=text, x=x, baseline=baseline, size=hand.size, font=hand.body, colour=_INK))
    bottom = first + (len(block.rows) - 1) * step + round(0.6 * hand.size)
    ends = (hand.top, bottom)
    panels = tuple(Panel(box=Box(hand.left, y, hand.right, y + 1), fill=(176, 176, 182)) for y in ends)
    text = "\n".join(" ".join(row) for row in block.rows)
    return replace(
        Placed(label="table", text=text, rows=block.rows, box=around(tuple(runs), panels)),
        runs=tuple(runs),
        panels=panels,
    )


def _total(block: Block, hand: Hand) -> Placed:
    """Larger, the sum at the right."""
    word, much = block.text.split()
    size = 1.25 * hand.size
    baseline = hand.top + round(0.8 * size)
    right = hand.right - round(advance(much, hand.head) * size)
    one = Run(text=word, x=hand.left, baseline=baseline, size=size, font=hand.head, colour=_INK)
    runs = (one, replace(one, text=much, x=right))
    return Placed(label="total", text=block.text, box=around(runs), runs=runs)


def _field(block: Block, hand: Hand) -> Placed:
    """The name of the field, and a frame with what is filled in."""
    ((value,),) = block.rows
    share = round(0.3 * hand.wide)
    high = round(1.75 * hand.size)
    baseline = hand.top + round(1.22 * hand.size)
    frame = Box(hand.left + share, hand.top, hand.right, hand.top + high)
    name = Run(text=block.text, x=hand.left, baseline=baseline, size=hand.size, font=hand.body, colour=_GRAY)
    inside = replace(name, text=value, x=hand.left + share + round(0.5 * hand.size), colour=_INK)
    runs = (name, inside) if value else (name,)
    panel = Panel(box=frame, fill=(255, 255, 255), edge=(150, 156, 170), corner=2)
    text = f"{block.text} {value}".strip()
    return Placed(
        label="field", text=text, rows=((block.text, value),), box=around(runs, (panel,)), runs=runs, panels=(panel,)
    )


def button_width(block: Block, hand: Hand) -> float:
    """Its text and some room at both ends."""
    return (advance(block.text, hand.body) + 1.5) * hand.size


def set_button(block: Block, hand: Hand) -> Placed:
    """Filled with the accent, rounded."""
    wide, high = round(button_width(block, hand)), round(1.9 * hand.size)
    box = Box(hand.left, hand.top, hand.left + wide, hand.top + high)
    x = hand.left + round((wide - advance(block.text, hand.body) * hand.size) / 2)
    baseline = hand.top + round(high / 2 + 0.33 * hand.size)
    run = Run(text=block.text, x=x, baseline=baseline, size=hand.size, font=hand.body, colour=readable_on(hand.accent))
    panel = Panel(box=box, fill=hand.accent, corner=max(2, round(0.4 * hand.size)))
    return Placed(label="button", text=block.text, box=box, runs=(run,), panels=(panel,))


def set_picture(block: Block, hand: Hand) -> Placed:
    """Square: as wide as the column, but no higher than two fifths of the page, or than what is left of a small one."""
    left = hand.bottom - hand.top if hand.page < SMALL else hand.page
    side = max(_THUMB, min(hand.wide, round(0.4 * hand.page), left))
    box = Box(hand.left, hand.top, hand.left + side, hand.top + side)
    return Placed(label="picture", text="", scene=block.scene, box=box)


_SETTERS: dict[str, Callable[[Block, Hand], Placed]] = {
    "title": _title,
    "paragraph": _paragraph,
    "list": _list,
    "table": _table,
    "total": _total,
    "field": _field,
    "button": set_button,
    "link": _link,
    "picture": set_picture,
    "date": _aside,
    "greeting": _greeting,
    "signature": _greeting,
    "byline": _aside,
}


def around(runs: tuple[Run, ...], panels: tuple[Panel, ...] = ()) -> Box:
    """The smallest box around ink and panels, in whole pixels."""
    boxes = [panel.box for panel in panels]
    for run in runs:
        left, top, right, bottom = bounds(run.text, run.size, run.font)
        boxes.append(Box(run.x + left, run.baseline + top, run.x + right, run.baseline + bottom))
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))


def readable_on(colour: Rgb) -> Rgb:
    """What can be read on a colour."""
    return _INK if brightness(colour) > 0.6 else CHALK
