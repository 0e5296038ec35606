"""Laying documents out: what fits is placed in a column from the top, as large as it fits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import ceil

from eyechart.core import Box
from eyechart.world.documents.composing import (
    CHALK,
    LEGIBLE,
    SMALL,
    Hand,
    around,
    button_width,
    readable_on,
    set_block,
    set_button,
    set_picture,
)
from eyechart.world.documents.page import Page, Panel, Placed, Run
from eyechart.world.documents.paperwork import Block, Document
from eyechart.world.painting.palette import COLOURS, Rgb
from eyechart.world.text.fonts import advance

_SIZES = (0.066, 0.062, 0.058, 0.054, 0.05, 0.046, 0.042, 0.038, 0.034, 0.03)  # of type, of the page


def typeset(document: Document, size: int) -> Page:
    """The document on a page of `size` pixels, as large as it fits.

    What does not fit at the smallest legible size of type is left out: spare blocks, and last sentences.
    """
    blocks = [block for block in document.blocks if size >= SMALL or block.label in _LARGE[document.kind]]
    hands = [_hand(document, size, share * size) for share in _SIZES if share * size > LEGIBLE]
    hands.append(_hand(document, size, LEGIBLE))
    hand = next((hand for hand in hands if _fits(blocks, hand)), hands[-1])
    bar, placed = _laid(blocks if _fits(blocks, hand) else _chosen(blocks, hand), hand)
    paper = (232, 230, 226) if document.kind == "receipt" else _PAPERS[document.kind]
    ground = _ground(document.kind, hand, bar, placed)
    return Page(kind=document.kind, size=size, paper=paper, ground=ground, blocks=(*bar, *placed))


def _laid(blocks: list[Block], hand: Hand) -> tuple[list[Placed], list[Placed]]:
    """What is in the bar, and what is under it."""
    bar = _bar([block for block in blocks if block.bar], hand)
    top = round(max(block.box.bottom for block in bar)) + 2 * hand.gap if bar else hand.top
    return bar, _flow([block for block in blocks if not block.bar], replace(hand, top=top))


def _fits(blocks: list[Block], hand: Hand) -> bool:
    """Whether nothing leaves the column."""
    _, placed = _laid(blocks, hand)
    return all(block.box.bottom <= hand.bottom and block.box.right <= hand.right + 1 for block in placed)


_PAPERS: dict[str, Rgb] = {
    "letter": (253, 250, 240),
    "receipt": (253, 253, 250),
    "article": (252, 252, 250),
    "web page": (255, 255, 255),
    "form": (246, 248, 252),
}
# What is still legible on the smallest pages.
_LARGE = {
    "letter": ("greeting", "signature"),
    "receipt": ("title", "total"),
    "article": ("title", "picture"),
    "web page": ("title", "picture", "button"),
    "form": ("title", "button"),
}


def _hand(document: Document, size: int, type_size: float) -> Hand:
    margin = round((0.1 if document.kind == "letter" else 0.07) * size)
    across = round(0.17 * size) if document.kind == "receipt" and size >= SMALL else margin
    return Hand(
        body=document.body,
        head=document.head,
        accent=COLOURS[document.accent],
        size=type_size,
        left=across,
        right=size - across,
        top=margin,
        bottom=size - margin,
        centred=document.kind == "receipt",
        page=size,
    )


def _lowest(placed: list[Placed]) -> float:
    return max(block.box.bottom for block in placed)


def _chosen(blocks: list[Block], hand: Hand) -> list[Block]:
    """What finds room when the least spare comes first; of a paragraph as many sentences as fit."""
    kept: dict[int, Block] = {}
    for k in sorted(range(len(blocks)), key=lambda k: (blocks[k].spare, k)):
        for block in _shorter(blocks[k]):
            tried = {**kept, k: block}
            if _fits([tried[number] for number in sorted(tried)], hand):
                kept = tried
                break
    return [kept[number] for number in sorted(kept)]


def _shorter(block: Block) -> Iterator[Block]:
    """The block; of a paragraph then without its last sentences, one by one."""
    yield block
    while block.label == "paragraph" and "\n" in block.text:
        block = replace(block, text=block.text.rpartition("\n")[0])
        yield block


# --------------------------------------------------------------------------------------------------------------------
# From the top down


def _flow(blocks: list[Block], hand: Hand) -> list[Placed]:
    """One under the other; buttons side by side, a picture beside its paragraph where there is room."""
    placed: list[Placed] = []
    top, k = hand.top, 0
    while k < len(blocks):
        row = _row(blocks[k:], hand)
        set_ = (
            _side_by_side(row, replace(hand, top=top)) if len(row) > 1 else [set_block(row[0], replace(hand, top=top))]
        )
        placed += set_
        top = ceil(max(block.box.bottom for block in set_)) + _after(row[0], hand)
        k += len(row)
    return placed


def _after(block: Block, hand: Hand) -> int:
    """The gap under a block."""
    if block.label == "title":
        return round(1.1 * hand.gap)
    return hand.gap


def _row(blocks: list[Block], hand: Hand) -> list[Block]:
    """The blocks that share the next row."""
    first = blocks[0]
    if first.label == "picture" and hand.wide >= 150 and len(blocks) > 1 and blocks[1].label == "paragraph":
        return blocks[:2]
    if first.label != "button":
        return blocks[:1]
    count, room = 0, float(hand.wide)
    for block in blocks:
        room -= button_width(block, hand) + hand.gap
        if block.label != "button" or (room + hand.gap < 0 and count):
            break
        count += 1
    return blocks[:count]


def _side_by_side(row: list[Block], hand: Hand) -> list[Placed]:
    if row[0].label == "picture":
        picture = set_picture(row[0], replace(hand, right=hand.left + round(0.4 * hand.wide)))
        beside = replace(hand, left=round(picture.box.right) + round(1.4 * hand.gap))
        return [picture, set_block(row[1], beside)]
    placed: list[Placed] = []
    left = hand.left
    for block in row:
        placed.append(set_button(block, replace(hand, left=left)))
        left = round(placed[-1].box.right) + hand.gap
    return placed


def _bar(blocks: list[Block], hand: Hand) -> list[Placed]:
    """The name of the site at the left, links at the right as far as there is room."""
    if not blocks:
        return []
    size, baseline = hand.size, round(0.45 * hand.size + hand.size)
    size_of_brand = 1.1 * size
    colour = readable_on(hand.accent)
    placed: list[Placed] = []
    x = float(hand.left)
    for block in blocks:
        font, type_size = (hand.head, size_of_brand) if block.label == "brand" else (hand.body, size)
        wide = advance(block.text, font) * type_size
        if x + wide > hand.right:
            break
        run = Run(text=block.text, x=round(x), baseline=baseline, size=type_size, font=font, colour=colour)
        placed.append(Placed(label=block.label, text=block.text, box=around((run,)), runs=(run,)))
        x += wide + (2.0 if block.label == "brand" else 1.2) * size
    return placed


def _ground(kind: str, hand: Hand, bar: list[Placed], placed: list[Placed]) -> tuple[Panel, ...]:
    """The bar, the strip of a receipt, the rule of a letter."""
    if kind == "web page" and bar:
        return (Panel(box=Box(0, 0, hand.page, round(2.0 * hand.size)), fill=hand.accent),)
    if kind == "receipt":
        edge = round(0.55 * hand.size) + 2
        end = min(hand.page, ceil(_lowest(placed)) + round(1.2 * hand.size)) if placed else hand.page
        strip = Box(hand.left - edge, 0, hand.right + edge, end)
        shadow = Box(strip.left + 2, 0, min(hand.page, strip.right + 2), min(hand.page, end + 2))
        return (Panel(box=shadow, fill=(206, 203, 198)), Panel(box=strip, fill=_PAPERS["receipt"]))
    if kind == "letter":
        return (Panel(box=Box(0, 0, hand.page, max(2, hand.page // 40)), fill=hand.accent),)
    if kind == "form":
        inset = max(1, hand.page // 40)
        frame = Box(inset, inset, hand.page - inset, hand.page - inset)
        return (Panel(box=frame, fill=CHALK, edge=(206, 212, 224), corner=max(2, hand.page // 40)),)
    return ()
