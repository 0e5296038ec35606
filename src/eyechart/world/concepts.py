"""What there is: the concepts, and the tree that they hang in, aligned to WordNet 3.0."""

from __future__ import annotations

from eyechart.world.concept import Concept
from eyechart.world.drawings import (
    animals,
    buildings,
    clothing,
    craft,
    crawlers,
    devices,
    food,
    fruit,
    furniture,
    instruments,
    people,
    plants,
    swimmers,
    symbols,
    tools,
    vehicles,
    vessels,
)

_ALL = (
    *vehicles.CONCEPTS,
    *craft.CONCEPTS,
    *people.CONCEPTS,
    *buildings.CONCEPTS,
    *furniture.CONCEPTS,
    *vessels.CONCEPTS,
    *tools.CONCEPTS,
    *devices.CONCEPTS,
    *clothing.CONCEPTS,
    *instruments.CONCEPTS,
    *symbols.CONCEPTS,
    *animals.CONCEPTS,
    *swimmers.CONCEPTS,
    *crawlers.CONCEPTS,
    *plants.CONCEPTS,
    *fruit.CONCEPTS,
    *food.CONCEPTS,
)

CONCEPTS: dict[str, Concept] = {concept.name: concept for concept in _ALL}
NAMES: tuple[str, ...] = tuple(CONCEPTS)

# Node → parent and synset; the only name that is nobody's child is "entity".
_NODES = {
    "living thing": ("entity", "living_thing.n.01"),
    "animal": ("living thing", "animal.n.01"),
    "vertebrate": ("animal", "vertebrate.n.01"),
    "mammal": ("vertebrate", "mammal.n.01"),
    "reptile": ("vertebrate", "reptile.n.01"),
    "invertebrate": ("animal", "invertebrate.n.01"),
    "arthropod": ("invertebrate", "arthropod.n.01"),
    "plant": ("living thing", "plant.n.02"),
    "woody plant": ("plant", "woody_plant.n.01"),
    "plant part": ("entity", "plant_part.n.01"),
    "fungus": ("living thing", "fungus.n.01"),
    "food": ("entity", "food.n.02"),
    "fruit": ("food", "edible_fruit.n.01"),
    "vegetable": ("food", "vegetable.n.01"),
    "baked goods": ("food", "baked_goods.n.01"),
    "dish": ("food", "dish.n.02"),
    "dessert": ("dish", "dessert.n.01"),
    "artifact": ("entity", "artifact.n.01"),
    "vehicle": ("artifact", "vehicle.n.01"),
    "wheeled vehicle": ("vehicle", "wheeled_vehicle.n.01"),
    "motor vehicle": ("wheeled vehicle", "motor_vehicle.n.01"),
    "vessel": ("vehicle", "vessel.n.02"),
    "aircraft": ("vehicle", "aircraft.n.01"),
    "structure": ("artifact", "structure.n.01"),
    "building": ("structure", "building.n.01"),
    "furniture": ("artifact", "furniture.n.01"),
    "seat": ("furniture", "seat.n.03"),
    "container": ("artifact", "container.n.01"),
    "tableware": ("artifact", "tableware.n.01"),
    "covering": ("artifact", "covering.n.02"),
    "device": ("artifact", "device.n.01"),
    "tool": ("artifact", "tool.n.01"),
    "musical instrument": ("device", "musical_instrument.n.01"),
    "clothing": ("artifact", "clothing.n.01"),
    "symbol": ("entity", "symbol.n.01"),
    "plane figure": ("entity", "plane_figure.n.01"),
}

# Child → parent, leaves and nodes; the only name that is nobody's child is "entity".
TAXONOMY: dict[str, str] = {
    **{concept.name: concept.parent for concept in _ALL},
    **{node: parent for node, (parent, _) in _NODES.items()},
}

# Leaf or node → its synset.
SYNSETS: dict[str, str] = {
    **{concept.name: concept.synset for concept in _ALL},
    **{node: synset for node, (_, synset) in _NODES.items()},
    "entity": "entity.n.01",
}
