"""For `compounds`: things in a colour or a state in which the world never shows them to those who learn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

from eyechart.core import Dataset, Fact
from eyechart.data.staged.stage import Stage
from eyechart.data.staged.tableau import Backdrop, Telling, Unfit, backdrop, dataset, items, looks, scene, spots, thrown
from eyechart.world import CONCEPTS, NAMES
from eyechart.world.dice import Dice
from eyechart.world.language import say
from eyechart.world.language.sights import visible
from eyechart.world.language.statement import Exists, Mention
from eyechart.world.scene import Scene
from eyechart.world.splits import SPLITS, unseen_colour, unseen_state
from eyechart.world.staging.looks import Look

_FEW, _MANY = 2, 6  # scenes of a pair, of a pair that is also learnt from
_PURPOSE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two concepts and two words: the first is never seen as the first word says.

    Colours: nor the second as the second says, and the crossed combinations are seen. States: everything else is seen.
    """

    kind: str  # colour or state
    concepts: tuple[str, str]
    words: tuple[str, str]

    @property
    def unseen(self) -> tuple[tuple[str, str], ...]:
        """Concepts with their words."""
        crossed = tuple(zip(self.concepts, self.words, strict=True))
        return crossed if self.kind == "colour" else crossed[:1]


def stage(stage: Stage) -> Dataset:
    """Pairs of concepts, each in some scenes, which are shown twice: with an unseen compound, and with its match.

    Colours: the match is the same thing in the colour that is unseen of the other thing, so that over a pair both have
    the same concepts and the same colours. States: it is the other thing in that state. To learn from, of some pairs:
    pictures of both concepts in seen compounds, and of the unseen ones, which are marked as such.
    """
    pairs = tuple(_pairs(stage))
    colours, states = max(2, 8 * stage.test // 1000), max(1, 4 * stage.test // 1000)
    taught = (*_of(pairs, "colour")[:colours], *_of(pairs, "state")[:states])
    examined = tuple((pair, turn) for pair in pairs for turn in range(_MANY if pair in taught else _FEW))
    lessons = tuple(_lessons(stage, taught))
    train = replace(stage, split="train")
    return dataset(
        stage,
        "compounds",
        items(stage, "compounds", (len(examined), 2), partial(_examined, stage, examined)),
        items(train, "compounds", (len(lessons), 1), partial(_learnt, train, lessons)),
    )


def _of(pairs: Sequence[Pair], kind: str) -> tuple[Pair, ...]:
    return tuple(pair for pair in pairs if pair.kind == kind)


def _pairs(stage: Stage) -> Iterator[Pair]:
    """As many as there are test items for."""
    dice = Dice(stage.seed * len(SPLITS) + SPLITS.index(stage.split), 0, _PURPOSE)
    names = dice.shuffled(NAMES)
    yield from islice(_of_colours(list(names)), max(2, stage.test // 25))
    yield from islice(_of_states(names), max(1, stage.test // 50))


def _of_colours(free: list[str]) -> Iterator[Pair]:
    while free:
        one = free.pop(0)
        other = next((name for name in free if unseen_colour(name) != unseen_colour(one)), None)
        if other is not None:
            free.remove(other)
            yield Pair(kind="colour", concepts=(one, other), words=(unseen_colour(one), unseen_colour(other)))


def _of_states(names: Sequence[str]) -> Iterator[Pair]:
    taken: set[str] = set()
    for one in (name for name in names if unseen_state(name)):
        usual, unusual = CONCEPTS[one].states
        match = (name for name in names if CONCEPTS[name].states == (usual, unusual) and not unseen_state(name))
        other = next((name for name in match if name not in taken), None)
        if other is not None:
            taken.add(other)
            yield Pair(kind="state", concepts=(one, other), words=(unusual, usual))


def _examined(stage: Stage, plan: Sequence[tuple[Pair, int]], number: int) -> tuple[Telling, ...]:
    """A scene with an unseen compound, and with its match."""
    pair, turn = plan[number]
    side = turn % len(pair.unseen)
    wanted = pair.unseen[side]
    match = (wanted[0], pair.words[1 - side]) if pair.kind == "colour" else (pair.concepts[1], wanted[1])
    shown = thrown(partial(_shown, pair.kind, (wanted, match)), stage, "compounds", number)
    return tuple(
        _telling(stage, pair, compound, picture) for compound, picture in zip((wanted, match), shown, strict=True)
    )


def _telling(stage: Stage, pair: Pair, compound: tuple[str, str], shown: Scene) -> Telling:
    concept, word = compound
    other_concept = pair.concepts[pair.concepts[0] == concept]
    other_word = pair.words[pair.words[0] == word]
    foils = (concept, other_word), (other_concept, word), (other_concept, other_word)
    facts = _facts(pair, compound) | {"other_concept": other_concept, "other_attribute": other_word}
    return Telling(
        scene=shown,
        captions=(_said(pair.kind, compound, stage.language),),
        distractors=tuple(_said(pair.kind, foil, stage.language) for foil in foils),
        facts=facts | {"language": stage.language},
        group=f"{pair.kind} of {' and '.join(pair.concepts)}",
    )


def _facts(pair: Pair, compound: tuple[str, str]) -> dict[str, Fact]:
    return {
        "kind": pair.kind,
        "concept": compound[0],
        "attribute": compound[1],
        "unseen": compound in pair.unseen,
    }


def _said(kind: str, compound: tuple[str, str], language: str) -> str:
    concept, word = compound
    return say(Exists(subject=replace(Mention(concept=concept), **{kind: word})), "bare", language)


def _lessons(stage: Stage, pairs: Sequence[Pair]) -> Iterator[tuple[Pair, tuple[str, str]]]:
    """Of each concept so many pictures in all seen compounds alike, and so many of each unseen one."""
    seen, unseen = max(2, 3 * stage.train // 1000), max(1, stage.train // 250)
    colours = sorted({word for pair in _of(pairs, "colour") for word in pair.words})
    for pair in pairs:
        for concept in pair.concepts:
            options = colours if pair.kind == "colour" else pair.words
            known = [word for word in options if (concept, word) not in pair.unseen]
            yield from ((pair, (concept, known[k % len(known)])) for k in range(seen))
        yield from ((pair, compound) for compound in pair.unseen for _ in range(unseen))


def _learnt(stage: Stage, plan: Sequence[tuple[Pair, tuple[str, str]]], number: int) -> tuple[Telling]:
    pair, compound = plan[number]
    (shown,) = thrown(partial(_shown, pair.kind, (compound,)), stage, "compounds", number)
    return (Telling(scene=shown, captions=(_said(pair.kind, compound, stage.language),), facts=_facts(pair, compound)),)


def _shown(kind: str, compounds: Sequence[tuple[str, str]], dice: Dice) -> tuple[Scene, ...]:
    """One thing alone, in the same scene once for each compound."""
    there = backdrop(dice)
    if not all(concept in there.concepts for concept, _ in compounds):
        raise Unfit
    (look,), (spot,) = looks((compounds[0][0],), there, dice), spots(1, dice)
    made = (scene(there, ((_changed(look, kind, compound), spot),)) for compound in compounds)
    scenes = tuple(each for each, compound in zip(made, compounds, strict=True) if _fits(each, kind, compound, there))
    if len(scenes) < len(compounds):
        raise Unfit
    return scenes


def _changed(look: Look, kind: str, compound: tuple[str, str]) -> Look:
    concept, word = compound
    if kind == "colour":
        return look._replace(colour=word)
    return look._replace(concept=concept, state="" if word == CONCEPTS[concept].states[0] else word)


def _fits(shown: Scene, kind: str, compound: tuple[str, str], there: Backdrop) -> bool:
    """Whether the compound can be seen, and nothing else about the thing is unseen."""
    main = shown.main
    other = (unseen_colour(main.concept), main.colour) if kind == "state" else (unseen_state(main.concept), main.state)
    return visible(main).get(kind) == compound[1] and main.colour in there.colours and other[0] != other[1]


PUBLIC = stage
