"""What training never shows, how often each concept is met, and a digest of all that decides it.

Every rule hangs on names alone: a concept that is added to the world leaves what is withheld of the others as it is.
"""

from __future__ import annotations

from functools import cache
from hashlib import blake2b

from eyechart.world.concepts import CONCEPTS, NAMES, TAXONOMY
from eyechart.world.painting.palette import COLOURS, MATERIALS, STYLES, TEXTURES
from eyechart.world.places import FEATURES, PLACES, VARIANTS
from eyechart.world.scene import Scene, Thing
from eyechart.world.text.words import shares

SPLITS = ("train", "valid", "test")
DRAWS = ("balanced", "long-tailed")
WITHHELD = ("colour", "place", "state", "concept")  # of which combinations, or whole concepts, are withheld
_STATEFUL = 0.25  # share of the concepts that are never seen in their unusual state
_NEW = 0.13  # share of the concepts that are new when concepts are withheld


@cache
def lot(text: str) -> float:
    """A number in [0, 1) that depends on nothing but the text."""
    return int.from_bytes(blake2b(text.encode(), digest_size=6).digest(), "big") / 2.0**48


@cache
def unseen_colour(concept: str) -> str:
    """The colour in which training never shows the concept; never its first natural one."""
    natural = CONCEPTS[concept].colours[:1]
    return _drawn(f"colour of {concept}", tuple(name for name in COLOURS if name not in natural))


@cache
def unseen_place(concept: str) -> str:
    """The place where training never shows the concept: one of its homes if it has several, else a strange one."""
    homes = CONCEPTS[concept].homes
    strange = tuple(name for name in PLACES if name not in homes)
    return _drawn(f"place of {concept}", homes if len(homes) > 1 else strange)


@cache
def unseen_state(concept: str) -> str:
    """The state in which training never shows the concept; empty for most."""
    unusual = CONCEPTS[concept].states[1:]
    return unusual[0] if unusual and lot(f"state of {concept}") < _STATEFUL else ""


@cache
def unseen_concept(concept: str) -> bool:
    """Whether the concept is new to a model that was trained with concepts withheld: about one in eight."""
    return lot(f"concept of {concept}") < _NEW


def unseen(thing: Thing, place: str) -> tuple[str, ...]:
    """In which respects, of WITHHELD, the thing is one that training does not show there."""
    checks = (
        thing.colour == unseen_colour(thing.concept),
        place == unseen_place(thing.concept),
        thing.condition == unseen_state(thing.concept),
        unseen_concept(thing.concept),
    )
    return tuple(kind for kind, holds in zip(WITHHELD, checks, strict=True) if holds)


def shows(scene: Scene, kind: str) -> bool:
    """Whether anything in the scene is withheld in this respect."""
    return any(kind in unseen(thing, scene.place) for thing in scene.things)


@cache
def by_rank() -> tuple[str, ...]:
    """The concepts, the most frequent of a long-tailed draw first."""
    return tuple(sorted(NAMES, key=lambda name: lot(f"rank of {name}")))


@cache
def frequency(draw: str) -> dict[str, float]:
    """Concept → how often it is the main thing: all alike, or by Zipf's law over `by_rank`. They add up to 1."""
    if draw == "balanced":
        return dict.fromkeys(NAMES, 1 / len(NAMES))
    return dict(zip(by_rank(), shares(len(NAMES)), strict=True))


@cache
def vocabulary() -> str:
    """A digest of all that there is: concepts with their drawings, places, looks, and what is withheld of them."""
    known = blake2b(digest_size=16)
    for name, concept in CONCEPTS.items():
        row = (name, concept.parent, concept.homes, concept.stance, concept.colours, concept.material, concept.faces)
        rules = (unseen_colour(name), unseen_place(name), unseen_state(name), unseen_concept(name))
        known.update(repr((row, rules)).encode())
        for state, drawing in concept.drawings.items():
            spots = (drawing.top, drawing.inside, drawing.hand, drawing.page)
            known.update(repr((state, drawing.fills, [_coarse(spot) for spot in spots])).encode())
            known.update((drawing.points * 1e6).round().astype("<i8").tobytes())
    places = [(place.name, place.ground, place.surface, place.water, place.air) for place in PLACES.values()]
    rest = (places, VARIANTS, FEATURES, COLOURS, TEXTURES, MATERIALS, STYLES, sorted(TAXONOMY.items()), by_rank())
    known.update(repr(rest).encode())
    return known.hexdigest()


def digest(*parts: str | int) -> str:
    """Of these and of the vocabulary."""
    return blake2b(repr((vocabulary(), *parts)).encode(), digest_size=16).hexdigest()


def _drawn(text: str, options: tuple[str, ...]) -> str:
    return options[int(lot(text) * len(options))]


def _coarse(spot: tuple[float, ...] | None) -> tuple[int, ...] | None:
    return None if spot is None else tuple(round(value * 1e6) for value in spot)
