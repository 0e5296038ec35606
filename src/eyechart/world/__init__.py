"""The procedural visual world: scenes with perfect ground truth, drawn and described by rule."""

from eyechart.world.concepts import CONCEPTS, NAMES, TAXONOMY
from eyechart.world.documents.documents import Documents
from eyechart.world.painting.motion import Motion, flow
from eyechart.world.painting.palette import COLOURS, MATERIALS, STYLES, TEXTURES
from eyechart.world.painting.render import masks, render
from eyechart.world.persons.people import People
from eyechart.world.places import FEATURES, PLACES
from eyechart.world.rules import SCENES
from eyechart.world.scene import Scene, Thing
from eyechart.world.sheet import sheet
from eyechart.world.text.writing import Writing
from eyechart.world.world import VERSION, Twin, View, World

__all__ = [
    "COLOURS",
    "CONCEPTS",
    "FEATURES",
    "MATERIALS",
    "NAMES",
    "PLACES",
    "SCENES",
    "STYLES",
    "TAXONOMY",
    "TEXTURES",
    "VERSION",
    "Documents",
    "Motion",
    "People",
    "Scene",
    "Thing",
    "Twin",
    "View",
    "World",
    "Writing",
    "flow",
    "masks",
    "render",
    "sheet",
]
