"""The procedural visual world: scenes with perfect ground truth, drawn and described by rule."""

from eyechart.world.concepts import CONCEPTS, NAMES, TAXONOMY
from eyechart.world.palette import COLOURS, TEXTURES
from eyechart.world.places import PLACES
from eyechart.world.render import masks, render
from eyechart.world.scene import Scene, Thing
from eyechart.world.sheet import sheet
from eyechart.world.world import VERSION, View, World

__all__ = [
    "COLOURS",
    "CONCEPTS",
    "NAMES",
    "PLACES",
    "TAXONOMY",
    "TEXTURES",
    "VERSION",
    "Scene",
    "Thing",
    "View",
    "World",
    "masks",
    "render",
    "sheet",
]
