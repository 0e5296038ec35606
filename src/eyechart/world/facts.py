"""What is known of a scene, by name, as plain words, numbers and truths."""

from __future__ import annotations

from eyechart.core import Fact
from eyechart.world.painting.render import hidden
from eyechart.world.scene import Scene
from eyechart.world.splits import WITHHELD, by_rank, unseen
from eyechart.world.staging.company import belongs


def facts(scene: Scene, withheld: tuple[str, ...]) -> dict[str, Fact]:
    """Of the main thing, unless the name says otherwise; positions and sizes as shares of the image side.

    `withheld`: kinds of combinations that the world's training split does not show.
    """
    main = scene.main
    strange = [kind for kind in unseen(main, scene.place) if kind in withheld]
    return {
        "concept": main.concept,
        "colour": main.colour,
        "texture": main.texture,
        "material": main.substance,
        "state": main.condition,
        "style": main.style,
        "pose": main.pose,
        "facing": main.facing,
        "text": main.text,
        "place": scene.place,
        "features": ", ".join(scene.features),
        "size": main.size,
        "side": round(main.side, 4),
        "x": round(main.x, 4),
        "y": round(main.y, 4),
        "turn": round(main.turn, 2),
        "count": len(scene.things),
        "alike": sum(thing.concept == main.concept for thing in scene.things),
        "others": ", ".join(f"{thing.colour} {thing.concept}" for thing in scene.others),
        "occlusion": round(hidden(scene), 4),
        "belongs": belongs(main.concept, scene.place),
        "strangers": ", ".join(thing.concept for thing in scene.things if not belongs(thing.concept, scene.place)),
        "rank": by_rank().index(main.concept) + 1,
        "unseen": bool(strange),
        **{f"unseen_{kind}": kind in strange for kind in WITHHELD},
    }
