"""Random scenes of everything there is, and a reader of English that knows nothing of the code that wrote it."""

import re
from dataclasses import dataclass, field, replace
from itertools import permutations

import pytest

from eyechart.world.concepts import CONCEPTS, NAMES, TAXONOMY
from eyechart.world.dice import Dice
from eyechart.world.painting.palette import COLOURS, MATERIALS, STYLES, TEXTURES
from eyechart.world.places import PLACES
from eyechart.world.scene import Scene, Thing

# --------------------------------------------------------------------------------------------------------------------
# Scenes


def _thing(dice, kinds):
    known = CONCEPTS[dice.pick(kinds)]
    state = dice.pick(("", *known.states))
    drawing = known.drawings[state] if state else known.drawing
    return Thing(
        concept=known.name,
        colour=dice.pick(tuple(COLOURS)[:4] if dice.chance(0.5) else tuple(COLOURS)),
        texture=dice.pick(TEXTURES) if dice.chance(0.4) else "plain",
        side=dice.between(0.15, 0.75),
        x=dice.unit(),
        y=dice.unit(),
        turn=dice.pick((0.0, 0.0, 5.0, -12.0, 180.0, 90.0)),
        flipped=dice.chance(0.5),
        depth=dice.unit(),
        state=state,
        material=dice.pick(MATERIALS) if dice.chance(0.3) else "",
        style=dice.pick(STYLES) if dice.chance(0.3) else "outlined",
        skin=dice.pick(NAMES) if dice.chance(0.05) else "",
        text=dice.pick(("OPEN", "beware of the dog", "no entry")) if drawing.page and dice.chance(0.7) else "",
    )


def _touching(one, other, dice):
    """The other on, in or in the hand of the one, where it has a place for it."""
    one, other = replace(one, turn=0.0), replace(other, side=0.4 * one.side, turn=0.0)
    spots = one.drawing
    if spots.top and dice.chance(0.5):
        x, y = one.at(((spots.top[0] + spots.top[1]) / 2, spots.top[2]))
        return one, replace(other, x=x, y=y - (other.bounds[3] - other.y))
    if spots.inside:
        x, y = one.at(((spots.inside[0] + spots.inside[2]) / 2, (spots.inside[1] + spots.inside[3]) / 2))
        return one, replace(other, x=x, y=y, side=0.2 * one.side)
    if spots.hand:
        x, y = one.at(spots.hand)
        return one, replace(other, x=x, y=y)
    return one, other


def random_scene(seed):
    """With one to six things of up to four concepts, some of them touching; now and then nothing but the place."""
    dice = Dice(seed, 1)
    kinds = dice.shuffled(NAMES)[: 1 + dice.below(4)]
    things = [_thing(dice, kinds) for _ in range(0 if dice.chance(0.03) else 1 + dice.below(6))]
    if len(things) > 1 and dice.chance(0.5):
        things[:2] = _touching(things[0], things[1], dice)
    place = dice.pick(tuple(PLACES))
    features = tuple(sorted(name for name in PLACES[place].features if dice.chance(0.5)))
    return Scene(place=place, variant=dice.below(8), things=tuple(things), features=features)


# --------------------------------------------------------------------------------------------------------------------
# Words

_ODD = {
    "person": "people",
    "fish": "fish",
    "leaf": "leaves",
    "cactus": "cacti",
    "butterfly": "butterflies",
    "bus": "buses",
    "box": "boxes",
    "scissors": "scissors",
    "glasses": "glasses",
    "trousers": "trousers",
    "grapes": "grapes",
    "food": "food",
    "furniture": "furniture",
    "clothing": "clothing",
    "": "things",
}
_PAIRS = ("scissors", "glasses", "trousers")
_NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_KINDS = (*NAMES, *TAXONOMY.values(), *TAXONOMY)
_SINGULAR = {name: name for name in _KINDS} | {"thing": ""}
_PLURAL = {_ODD.get(name, name + "s"): name for name in (*_KINDS, "")}
_STYLES = {
    "sketch": "sketch",
    "silhouette": "silhouette",
    "outlined drawing": "outlined",
    "flat drawing": "flat",
    "textured drawing": "textured",
}
_ADJECTIVES = {
    **{word: ("colour", word) for word in COLOURS},
    **{word: ("texture", word) for word in TEXTURES},
    **{word: ("material", word) for word in MATERIALS},
    **{word: ("size", word) for word in ("small", "large")},
    **{state: ("state", state) for concept in CONCEPTS.values() for state in concept.states},
    "wide-awake": ("state", "awake"),
    "sleeping": ("state", "asleep"),
    "upright": ("pose", "upright"),
    "upside-down": ("pose", "upside down"),
    "tilted": ("pose", "tilted"),
}
_RELATION = r"left of|right of|above|below|in front of|behind|on|under|inside|holding|held by"
_RELATED = re.compile(rf" (?:is )?({_RELATION}) (?=an? )")
_OPENING = re.compile(r"^(?:an? (?:photo|picture|drawing|image) of (?=an? |no |neither |\w+ )|there (?:is|are) )")
_FEATURE = r"(?:a river|a path|a rainbow|the moon|rain)"
_FEATURES = rf"{_FEATURE}(?:, {_FEATURE})*(?: (?:and|or) {_FEATURE})?"
_WHERE = rf"(?P<place>{'|'.join(place.phrase for place in PLACES.values())})" + (
    rf"(?: with (?P<has>{_FEATURES}))?(?:(?: but)? without (?P<lacks>{_FEATURES}))?"
)


@dataclass
class Reading:
    """A caption taken apart."""

    claims: list = field(default_factory=list)  # (description, count) or (description, relation, description)
    denied: list = field(default_factory=list)
    choices: list = field(default_factory=list)
    place: str = ""
    features: tuple = ()
    lacking: tuple = ()


def read(text):
    """What an English sentence says."""
    quoted = re.findall(r'"([^"]*)"', text)
    text = re.sub(r'"[^"]*"', '"§"', text)
    said = Reading()
    text = _read_where(text, said)
    exception = re.fullmatch(r"the (.+) is not (?:in |facing )?(\S+(?: down)?)", text)
    if exception:
        only, word = _describe("a " + exception[1], quoted, strict=False), exception[2]
        named = {"left": "facing", "right": "facing"}.get(word) or _ADJECTIVES[word.replace(" ", "-")][0]
        said.claims, said.denied = [(only, 1)], [(only | {named: word}, 0)]
        return said
    text = _read_where(_OPENING.sub("", text), said).removesuffix(" is").removesuffix(" are")
    if text == "a place":
        return said
    there, _, missing = text.partition(" but ")
    if there.startswith(("no ", "neither ", "nothing")):
        there, missing = "", there
    if missing == "nothing":
        said.denied.append(({"concept": ""}, 0))
    elif missing.startswith("neither "):
        said.denied = [_claim(part, quoted) for part in missing.removeprefix("neither ").split(" nor ")]
    elif missing:
        assert missing.startswith("no "), missing
        said.denied = [_claim("a " + missing.removeprefix("no "), quoted, strict=False)]
    for part in filter(None, there.split(", and ")):
        if " or " in part:
            said.choices.append([_claim(choice, quoted) for choice in part.split(" or ")])
        elif _RELATED.search(part):
            said.claims.append(_claim(part, quoted))
        else:
            said.claims += [_claim(one, quoted) for one in re.split(r", | and ", part)]
    return said


def _read_where(text, said):
    found = re.match(rf"{_WHERE}, ", text) or re.search(rf"(?:^| ){_WHERE}$", text)
    if not found or said.place:
        return text
    said.place = next(name for name, place in PLACES.items() if place.phrase == found["place"])
    said.features, said.lacking = (
        tuple(name.split()[-1] for name in re.findall(_FEATURE, found[kind] or "")) for kind in ("has", "lacks")
    )
    return text[: found.start()] + text[found.end() :]


def _claim(text, quoted, *, strict=True):
    one, *rest = _RELATED.split(text)
    if rest:
        return _describe(one, quoted, strict=strict), rest[0], _describe(rest[1], quoted)
    number, _, words = text.partition(" ")
    if number in _NUMBERS:
        return _describe(words, quoted, many=number != "one"), _NUMBERS.index(number)
    return _describe(text, quoted, strict=strict), 0


def _describe(text, quoted, *, many=None, strict=True):
    """ "a small red car facing left" as {attribute: word}; with `many` there is no article."""
    if text == "something":
        return {"concept": ""}
    if many is None:
        article, text = text.split(" ", 1)
        assert article in ("a", "an"), text
        assert not strict or (article == "an") == (text[0] in "aeiou"), (article, text)
    said = {}
    style = re.match(rf"({'|'.join(_STYLES)})(?:s|es)? of ", text)
    if style:
        article = "" if many else "an? "
        shown = re.fullmatch(f"{article}(.*)", text[style.end() :])[1]
        return _describe(shown, quoted, many=bool(many)) | {"style": _STYLES[style[1]]}
    for name, ending in (("text", r' that says? "(§)"'), ("facing", r" facing (left|right)")):
        text, said[name] = _cut(text, ending)
    text, skin = _cut(text, r" covered with little ([\w ]+)")
    skin = re.sub(r"^(?:pairs|bunches) of ", "", skin)
    text, worn = _cut(text, r" in ([\w ]+)")
    said |= dict(_ADJECTIVES[word] for word in worn.split() if word != "clothes")
    said |= {"skin": _PLURAL[skin] if skin else "", "text": quoted.pop(0) if said["text"] else ""}
    unit = re.match(r"(pair|bunch|piece)(s|es)? of ", text)
    if unit:
        assert bool(unit[2]) == bool(many)
        text = text[unit.end() :]
    nouns = _PLURAL if many or (unit and text.split()[-1] not in _SINGULAR) else _SINGULAR
    words = text.split()
    size = 2 if " ".join(words[-2:]) in nouns else 1
    said["concept"] = nouns[" ".join(words[-size:])]
    assert bool(unit) == (said["concept"] in (*_PAIRS, "grapes", "food", "furniture", "clothing")), text
    for word in words[:-size]:
        name, value = _ADJECTIVES[word]
        assert name not in said or not said[name], text
        said[name] = value
    return {name: word for name, word in said.items() if word or name == "concept"}


def _cut(text, ending):
    found = re.search(ending + "$", text)
    return (text[: found.start()], found[1]) if found else (text, "")


# --------------------------------------------------------------------------------------------------------------------
# Truth, from the coordinates


def facts_of(thing):
    """Every word that is true of a thing; colour and texture are not seen under a skin."""
    known = CONCEPTS[thing.concept]
    turn = thing.turn % 360
    mirrored = {"left": "right", "right": "left", "": ""}
    return {
        "colour": "" if thing.skin else thing.colour,
        "texture": "" if thing.skin else thing.texture,
        "material": thing.material or known.material,
        "size": "large" if thing.side >= 0.58 else "small",
        "state": thing.state or next(iter(known.drawings)),
        "style": thing.style,
        "pose": "upright" if turn <= 25 or turn >= 335 else "upside down" if 155 <= turn <= 205 else "tilted",
        "facing": mirrored[known.faces] if thing.flipped else known.faces,
        "text": thing.text,
        "skin": thing.skin,
    }


def fits(said, thing):
    """Whether a description is of this thing."""
    kinds = [thing.concept]
    while kinds[-1] in TAXONOMY:
        kinds.append(TAXONOMY[kinds[-1]])
    facts = facts_of(thing)
    return said["concept"] in ("", *kinds) and all(facts[name] == said[name] for name in said if name != "concept")


def _span(thing):
    (left, top), (right, bottom) = thing.points.min(axis=0), thing.points.max(axis=0)
    return left, top, right, bottom


def stands(one, relation, other):
    """Whether the one stands so to the other, worked out anew from corners and spots."""
    turned = {"right of": "left of", "below": "above", "behind": "in front of", "under": "on", "held by": "holding"}
    if relation in turned:
        return stands(other, turned[relation], one)
    a, b = _span(one), _span(other)
    across, down = other.x - one.x, other.y - one.y
    spots = other.drawing
    if relation == "left of":
        return 2 * across > 0.8 * (a[2] - a[0] + b[2] - b[0]) and abs(down) < 0.8 * across
    if relation == "above":
        return 2 * down > 0.8 * (a[3] - a[1] + b[3] - b[1]) and abs(across) < 0.8 * down
    if relation == "in front of":
        shared = [max(0.0, min(a[k + 2], b[k + 2]) - max(a[k], b[k])) for k in (0, 1)]
        areas = [(span[2] - span[0]) * (span[3] - span[1]) for span in (a, b)]
        return one.depth < other.depth and shared[0] * shared[1] >= 0.4 * min(areas)
    if relation == "on":
        if spots.top is None or {facts_of(thing)["pose"] for thing in (one, other)} != {"upright"}:
            return False
        ends = [other.matrix @ (x, spots.top[2]) + (other.x, other.y) for x in spots.top[:2]]
        between = min(ends[0][0], ends[1][0]) <= one.x <= max(ends[0][0], ends[1][0])
        return between and abs(a[3] - (ends[0][1] + ends[1][1]) / 2) <= 0.03
    if relation == "inside":
        if spots.inside is None:
            return False
        frame = [other.matrix @ (spots.inside[i], spots.inside[j]) + (other.x, other.y) for i in (0, 2) for j in (1, 3)]
        left, right = min(x for x, _ in frame), max(x for x, _ in frame)
        top, bottom = min(y for _, y in frame), max(y for _, y in frame)
        small = a[2] - a[0] <= 1.1 * (right - left) and a[3] - a[1] <= 1.6 * (bottom - top)
        return small and left <= one.x <= right and top <= one.y <= bottom
    assert relation == "holding"
    if one.drawing.hand is None or other.side >= 0.75 * one.side:
        return False
    x, y = one.matrix @ one.drawing.hand + (one.x, one.y)
    return b[0] <= x <= b[2] and b[1] <= y <= b[3]


def _is_so(claim, scene):
    if len(claim) == 2:
        number = sum(fits(claim[0], thing) for thing in scene.things)
        return number == claim[1] if claim[1] else number > 0
    one, relation, other = claim
    pairs = permutations(scene.things, 2)
    return any(fits(one, a) and fits(other, b) and stands(a, relation, b) for a, b in pairs)


def true_of(said, scene):
    """Whether what was read is so."""
    return (
        said.place in ("", scene.place)
        and all(_is_so(claim, scene) for claim in said.claims)
        and not any(_is_so(claim, scene) for claim in said.denied)
        and all(any(_is_so(claim, scene) for claim in choice) for choice in said.choices)
        and set(said.features) <= set(scene.features)
        and not set(said.lacking) & set(scene.features)
    )


@dataclass(frozen=True)
class Reader:
    """The functions above, for the tests."""

    read = staticmethod(read)
    true_of = staticmethod(true_of)
    fits = staticmethod(fits)
    facts_of = staticmethod(facts_of)
    stands = staticmethod(stands)
    plural = staticmethod(lambda word: _PLURAL[re.sub(r"^(?:pairs|bunches) of ", "", word)])


@pytest.fixture(scope="session")
def reader():
    return Reader()


@pytest.fixture(scope="session")
def scene_of():
    return random_scene
