"""What of a scene can be seen, and what is surely not to be seen: the rest is not spoken of."""

from __future__ import annotations

from functools import cache

from eyechart.world.concepts import CONCEPTS, NAMES
from eyechart.world.language.statement import is_a
from eyechart.world.scene import LARGE, Scene, Thing

# What a place's own picture may show; there, nobody counts these or says that there are none.
_PAINTED: dict[str, tuple[str, ...]] = {
    "kitchen": ("door", "box"),
    "street": ("house", "castle", "door"),
    "park": ("tree", "flower", "leaf", "palm"),
    "forest": ("tree", "flower", "leaf", "palm"),
    "hills": ("tree", "flower", "leaf"),
    "river": ("tree", "flower", "leaf"),
    "snow": ("tree", "star"),
    "night": ("star",),
}
# What is also seen where such a thing is, as a part of it, or because it is one.
_BRINGS: dict[str, tuple[str, ...]] = {
    "person": ("shirt", "trousers", "shoe", "hat", "glasses"),
    "house": ("door",),
    "castle": ("door", "flag", "house"),
    "lighthouse": ("door", "lamp", "house"),
    "windmill": ("door", "house"),
    "tent": ("door",),
    "palm": ("tree", "leaf"),
    "tree": ("leaf", "apple"),
    "flower": ("leaf",),
    "cactus": ("flower",),
    "carrot": ("leaf",),
    "apple": ("leaf",),
    "pear": ("leaf",),
    "grapes": ("leaf",),
    "penguin": ("bird",),
    "boat": ("flag",),
    "cake": ("candle", "plate"),
    "candle": ("lamp",),
    "pizza": ("plate",),
    "cup": ("plate",),
    "sign": ("arrow",),
    "flag": ("star",),
    "truck": ("car", "box"),
    "bus": ("car",),
    "bowl": ("apple", "pear", "banana", "egg", "leaf", "plate"),
    "plate": ("egg", "carrot", "leaf", "bowl"),
}
# What a style does not let one see.
_HIDES = {
    "silhouette": ("texture", "material", "state", "facing", "text", "skin"),
    "sketch": ("material",),
}
# Lies or hangs at any angle: nobody speaks of its pose.
ANYHOW = ("plate", "pizza", "leaf", "key", "hammer", "scissors", "saw", "arrow", "star")
_AS_EVER = {"texture": "plain", "style": "outlined", "pose": "upright"}
_NEARLY = 0.01  # so close to the border between small and large, nothing is said of size


def visible(thing: Thing) -> dict[str, str]:
    """What can be said of the thing besides its concept: attribute → word."""
    concept = CONCEPTS[thing.concept]
    words = {
        "colour": "" if thing.skin else thing.colour,
        "texture": "" if thing.skin else thing.texture,
        "material": "" if thing.skin else thing.substance,
        "size": thing.size if abs(thing.side - LARGE) > _NEARLY else "",
        "state": thing.condition if len(concept.states) > 1 else "",
        "style": thing.style,
        "pose": thing.pose,
        "facing": thing.facing if thing.pose == "upright" else "",
        "text": thing.text,
        "skin": thing.skin,
    }
    hidden = _HIDES.get(thing.style, ())
    return {name: word for name, word in words.items() if word and name not in hidden}


def usual(thing: Thing, attribute: str) -> bool:
    """Whether the thing is in this respect as such things mostly are, which goes without saying."""
    if getattr(thing, attribute) == _AS_EVER.get(attribute):
        return True
    if attribute == "material":
        return thing.substance == CONCEPTS[thing.concept].material
    if attribute == "state":
        return thing.condition == CONCEPTS[thing.concept].states[0]
    return attribute == "pose" and thing.concept in ANYHOW


def natural(thing: Thing) -> bool:
    """Whether it is of the stuff that it grew of: nobody asks what that is."""
    grown = any(is_a(thing.concept, kind) for kind in ("living thing", "plant part", "food"))
    return grown and usual(thing, "material")


def absent(scene: Scene) -> tuple[str, ...]:
    """Concepts of which nothing is to be seen: no such thing, no part of a thing, nothing of the place."""
    return _absent(scene.place, tuple(sorted({thing.concept for thing in scene.things} | _skins(scene))))


def _skins(scene: Scene) -> set[str]:
    return {thing.skin for thing in scene.things if thing.skin}


@cache
def _absent(place: str, present: tuple[str, ...]) -> tuple[str, ...]:
    seen = {*_PAINTED.get(place, ()), *present, *(part for name in present for part in _BRINGS.get(name, ()))}
    return tuple(name for name in NAMES if name not in seen)


def countable(scene: Scene, concept: str) -> bool:
    """Whether all that looks like such a thing is one of the scene's things."""
    others = {thing.concept for thing in scene.things if thing.concept != concept} | _skins(scene)
    brought = {part for name in sorted(others) for part in _BRINGS.get(name, ())}
    return concept not in brought and concept not in _skins(scene) and concept not in _PAINTED.get(scene.place, ())
