"""Where scenes come from: one main thing, up to three others, somewhere; all drawn with the same dice.

About half are composed by habit: what belongs there, standing as it does. In a quarter something does not belong. A
quarter are free arrangements.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from eyechart.world.concepts import CONCEPTS
from eyechart.world.dice import Dice
from eyechart.world.places import PLACES, VARIANTS
from eyechart.world.scene import Scene
from eyechart.world.splits import unseen_colour, unseen_place, unseen_state
from eyechart.world.staging import company, freely, habits
from eyechart.world.staging.company import Plan
from eyechart.world.staging.crowding import Placed, shown
from eyechart.world.staging.looks import Fashion, Look, main_look, other_look, style, thing, upended

MANNERS = ("habit", "habit", "intruder", "free")
_UPENDED = 0.24  # of the free scenes
_ALIKE = 0.12  # of all scenes: several of the same
_TOUCHING = 0.75  # of those in which things can be on, inside or held by another
_WITH_HOLDER = 0.25  # of the scenes by habit in which nothing touches the main thing, if any holder is at home there
_STEEP = 90.0  # degrees
_LOADS = (habits.inside, habits.on_top, habits.held)
_IN_HAND = 2
_MAIN_INTRUDES = 0.6  # of the scenes with an intruder


def compose(dice: Dice, plan: Plan) -> Scene:
    """A scene that the plan allows."""
    manner = dice.pick(MANNERS)
    concept = company.drawn(plan, company.allowed(plan), dice)
    strange = manner == "intruder" and dice.chance(_MAIN_INTRUDES)
    place = _place(concept, "free" if manner == "free" else "strange" if strange else "home", plan, dice)
    fashion = Fashion(place, style(dice), plan.withheld)
    main = _tilted(_sought(main_look(concept, fashion, dice), fashion, plan, dice), manner, dice)
    if dice.chance(_ALIKE):
        placed = _alike(main, place, manner, dice)
    elif manner == "free":
        placed = _free(main, fashion, plan, dice)
    elif manner == "intruder":
        placed = _with_intruder(main, fashion, plan, dice, strange=strange)
    else:
        placed = _habitual(main, fashion, plan, dice)
    scene = Scene(
        place=place,
        variant=dice.below(VARIANTS),
        things=tuple(thing(look, spot) for look, spot in placed),
        features=features_of(place, dice),
    )
    return replace(scene, features=tuple(name for name in scene.features if shown(scene, name)))


def features_of(place: str, dice: Dice) -> tuple[str, ...]:
    """None half of the time, else one, seldom two."""
    known = PLACES[place].features
    if not known or dice.chance(0.5):
        return ()
    count = 2 if len(known) > 1 and dice.chance(0.15) else 1
    return tuple(sorted(dice.shuffled(known)[:count]))


def _place(concept: str, manner: str, plan: Plan, dice: Dice) -> str:
    if "place" in plan.sought and dice.chance(0.03):
        return unseen_place(concept)
    if manner == "free":
        return dice.pick((*company.places(plan, concept, at_home=True), *company.places(plan, concept, at_home=False)))
    return company.somewhere(company.places(plan, concept, at_home=manner == "home"), dice)


def _sought(look: Look, fashion: Fashion, plan: Plan, dice: Dice) -> Look:
    """With a colour or a state that training does not show, more often than by chance."""
    colour, state = unseen_colour(look.concept), unseen_state(look.concept)
    if "colour" in plan.sought and dice.chance(0.045) and colour in PLACES[fashion.place].showing(fashion.style):
        look = look._replace(colour=colour)
    if "state" in plan.sought and state and dice.chance(0.3) and fashion.style != "silhouette":
        page = CONCEPTS[look.concept].drawings[state].page
        look = look._replace(state=state, text=look.text if page else "")
    return look


def _tilted(look: Look, manner: str, dice: Dice) -> Look:
    """By a few degrees, hardly where it stands, and seldom upside down where it is free."""
    if look.text:
        return look
    if manner != "free":
        return look._replace(turn=float(dice.below(5) - 2))
    look = look._replace(turn=float(dice.below(19) - 9))
    return upended(look) if dice.chance(_UPENDED) else look


def _alike(main: Look, place: str, manner: str, dice: Dice) -> list[Placed]:
    count = 2 + dice.below(3)
    return freely.many(main, count, dice) if manner == "free" else habits.in_rows(main, count, place, dice)


def _free(main: Look, fashion: Fashion, plan: Plan, dice: Dice) -> list[Placed]:
    placed = _touching(main, fashion, plan, dice) if main.turn < _STEEP and dice.chance(_TOUCHING / 4) else []
    if len(placed) > 1:
        return placed
    count = (0, 1, 1, 1, 2)[dice.below(5)]
    names = _several(company.allowed(plan, fashion.place), count, main.concept, plan, dice)
    looks = _bystanders(names, fashion, dice, (main.colour,))
    looks = [look if look.text else look._replace(turn=float(dice.below(19) - 9)) for look in looks]
    return freely.arranged([main, *looks], dice)


def _with_intruder(main: Look, fashion: Fashion, plan: Plan, dice: Dice, *, strange: bool) -> list[Placed]:
    """The main thing among things that belong there, or the other way round."""
    count = (0, 1, 1, 2)[dice.below(4)] if strange else (0, 0, 1)[dice.below(3)]
    placed = _touching(main, fashion, plan, dice) if strange and dice.chance(_TOUCHING / 2) else []
    if len(placed) > 1:
        return placed
    others = _several(company.residents(plan, fashion.place), count, main.concept, plan, dice)
    if not strange:
        others = [*_several(company.strangers(plan, fashion.place), 1, main.concept, plan, dice), *others]
    return habits.together([main, *standing(others, fashion, dice, (main.colour,))], fashion.place, dice)


def _habitual(main: Look, fashion: Fashion, plan: Plan, dice: Dice) -> list[Placed]:
    placed = _touching(main, fashion, plan, dice) if dice.chance(_TOUCHING) else []
    neighbours = company.neighbours(plan, fashion.place, main.concept)
    if len(placed) > 1:
        more = _several(neighbours, (0, 0, 1)[dice.below(3)], main.concept, plan, dice)
        taken = tuple(look.colour for look, _ in placed)
        return habits.joined_by(placed, standing(more, fashion, dice, taken), fashion.place, dice)
    count = (0, 1, 1, 2, 2, 3)[dice.below(6)]
    names = _several(neighbours, count, main.concept, plan, dice)
    if names and dice.chance(_WITH_HOLDER):
        names = [*_several(company.holders(plan, fashion.place), 1, main.concept, plan, dice), *names[1:]]
    looks = standing(list(dict.fromkeys(names)), fashion, dice, (main.colour,))
    if len(looks) > 1 and dice.chance(0.2):
        looks = [looks[0]] * len(looks)
    placed = habits.together([main, *looks], fashion.place, dice)
    return _busy(placed, fashion, plan, dice) if len(placed) == 2 else placed


def _busy(placed: list[Placed], fashion: Fashion, plan: Plan, dice: Dice) -> list[Placed]:
    """The bystander with something on it, in it or in its hand, if it can have that."""
    main, base = placed
    group = _loaded((base[0]._replace(turn=0.0), base[1]), fashion, plan, dice)
    return habits.accompanied(main, group) if len(group) > 1 else placed


def _touching(main: Look, fashion: Fashion, plan: Plan, dice: Dice) -> list[Placed]:
    """The main thing with something on it, in it or in its hand, or itself on something; nothing where nothing fits."""
    place = fashion.place
    bases = company.supports(plan, place, main.concept)
    if bases and dice.chance(0.35):
        support = standing([company.drawn(plan, bases, dice)], fashion, dice)[0]._replace(turn=0.0)
        return habits.lifted(main._replace(turn=0.0), _apart(support, (main.colour,), fashion, dice), place, dice)
    base = main._replace(turn=0.0), habits.alone(main._replace(turn=0.0), place, dice, side=dice.between(0.58, 0.75))[1]
    return _loaded(base, fashion, plan, dice)


def _loaded(base: Placed, fashion: Fashion, plan: Plan, dice: Dice) -> list[Placed]:
    """Something with something else on it, in it or in its hand; alone where nothing fits."""
    look, place = base[0], fashion.place
    options = (
        company.contents(plan, place, look.concept) if look.drawing.inside and look.state != "full" else (),
        company.goods(plan, place, look.concept) if look.drawing.top else (),
        company.burdens(plan, place, look.concept) if look.drawing.hand else (),
    )
    ways = [k for k, names in enumerate(options) if names]
    if not ways:
        return [base]
    way = ways[0] if dice.chance(0.6) else dice.pick(ways)
    names = _several(options[way], 1 if way == _IN_HAND else 1 + dice.below(2), look.concept, plan, dice)
    looks = [
        _apart(other._replace(turn=0.0), (look.colour,), fashion, dice) for other in standing(names, fashion, dice)
    ]
    return _LOADS[way](base, looks, dice)


def _apart(look: Look, taken: Collection[str], fashion: Fashion, dice: Dice) -> Look:
    """In a colour that is not taken."""
    while look.colour in taken:
        look = look._replace(colour=other_look(look.concept, fashion, dice).colour)
    return look


def _several(options: tuple[str, ...], count: int, main: str, plan: Plan, dice: Dice) -> list[str]:
    """So many different ones, none of them the main one; fewer if there are not so many."""
    found: list[str] = []
    for _ in range(4 * count):
        if len(found) == count or not options:
            break
        name = company.drawn(plan, options, dice)
        if name != main and name not in found:
            found.append(name)
    return found


def standing(names: list[str], fashion: Fashion, dice: Dice, taken: tuple[str, ...] = ()) -> list[Look]:
    """Bystanders as they look there, hardly tilted; as silhouettes in colours that are not taken."""
    looks = _bystanders(names, fashion, dice, taken)
    return [look if look.text else look._replace(turn=float(dice.below(5) - 2)) for look in looks]


def _bystanders(names: list[str], fashion: Fashion, dice: Dice, taken: tuple[str, ...]) -> list[Look]:
    looks = [other_look(name, fashion, dice) for name in names]
    if fashion.style != "silhouette":
        return looks
    for k, look in enumerate(looks):
        looks[k] = _apart(look, {*taken, *(other.colour for other in looks[:k])}, fashion, dice)
    return looks
