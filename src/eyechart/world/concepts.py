"""What there is: the concepts, how each is drawn, and the tree that they hang in."""

from __future__ import annotations

from dataclasses import dataclass

from eyechart.world.drawings import animals, goods, home, nature, vehicles
from eyechart.world.shapes import Drawing


@dataclass(frozen=True, slots=True, eq=False)
class Concept:
    """A class of things: name in plain words, parent in the tree, drawing, WordNet synset (empty if uncertain)."""

    name: str
    parent: str
    drawing: Drawing
    synset: str = ""


_ALL = (
    Concept("car", "land vehicle", vehicles.CAR, "car.n.01"),
    Concept("bus", "land vehicle", vehicles.BUS, "bus.n.01"),
    Concept("bicycle", "land vehicle", vehicles.BICYCLE, "bicycle.n.01"),
    Concept("boat", "watercraft", vehicles.BOAT, "boat.n.01"),
    Concept("airplane", "aircraft", vehicles.AIRPLANE, "airplane.n.01"),
    Concept("balloon", "aircraft", vehicles.BALLOON, "balloon.n.01"),
    Concept("rocket", "aircraft", vehicles.ROCKET, "rocket.n.01"),
    Concept("house", "building", home.HOUSE, "house.n.01"),
    Concept("lighthouse", "building", home.LIGHTHOUSE, "beacon.n.03"),
    Concept("tree", "plant", nature.TREE, "tree.n.01"),
    Concept("flower", "plant", nature.FLOWER, "flower.n.01"),
    Concept("cactus", "plant", nature.CACTUS, "cactus.n.01"),
    Concept("mushroom", "fungus", nature.MUSHROOM),
    Concept("fish", "vertebrate", animals.FISH, "fish.n.01"),
    Concept("bird", "vertebrate", animals.BIRD, "bird.n.01"),
    Concept("cat", "mammal", animals.CAT, "cat.n.01"),
    Concept("elephant", "mammal", animals.ELEPHANT, "elephant.n.01"),
    Concept("snail", "invertebrate", animals.SNAIL, "snail.n.01"),
    Concept("butterfly", "invertebrate", animals.BUTTERFLY, "butterfly.n.01"),
    Concept("apple", "fruit", nature.APPLE, "apple.n.01"),
    Concept("pear", "fruit", nature.PEAR, "pear.n.01"),
    Concept("banana", "fruit", nature.BANANA, "banana.n.02"),
    Concept("chair", "furniture", home.CHAIR, "chair.n.01"),
    Concept("table", "furniture", home.TABLE, "table.n.02"),
    Concept("lamp", "furniture", home.LAMP, "lamp.n.02"),
    Concept("cup", "vessel", home.CUP, "cup.n.01"),
    Concept("bottle", "vessel", home.BOTTLE, "bottle.n.01"),
    Concept("key", "device", goods.KEY, "key.n.01"),
    Concept("clock", "device", home.CLOCK, "clock.n.01"),
    Concept("umbrella", "device", home.UMBRELLA, "umbrella.n.01"),
    Concept("hammer", "device", goods.HAMMER, "hammer.n.02"),
    Concept("guitar", "device", goods.GUITAR, "guitar.n.01"),
    Concept("hat", "clothing", goods.HAT, "hat.n.01"),
    Concept("shirt", "clothing", goods.SHIRT, "shirt.n.01"),
    Concept("star", "symbol", goods.STAR),
    Concept("heart", "symbol", goods.HEART),
)

CONCEPTS: dict[str, Concept] = {concept.name: concept for concept in _ALL}
NAMES: tuple[str, ...] = tuple(CONCEPTS)

_ABOVE = {
    "land vehicle": "vehicle",
    "watercraft": "vehicle",
    "aircraft": "vehicle",
    "vehicle": "artifact",
    "building": "artifact",
    "household goods": "artifact",
    "furniture": "household goods",
    "vessel": "household goods",
    "device": "artifact",
    "clothing": "artifact",
    "symbol": "artifact",
    "mammal": "vertebrate",
    "vertebrate": "animal",
    "invertebrate": "animal",
    "animal": "living thing",
    "plant": "living thing",
    "fungus": "living thing",
    "fruit": "plant part",
    "plant part": "living thing",
    "artifact": "thing",
    "living thing": "thing",
}

# Child → parent, leaves and nodes; the only name that is nobody's child is "thing".
TAXONOMY: dict[str, str] = {**{concept.name: concept.parent for concept in _ALL}, **_ABOVE}
