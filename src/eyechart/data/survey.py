"""The suite `survey11`: the eleven recognition datasets on which vision-language models are compared.

They are those of CoOp (Zhou et al. 2022, section 4.1), which the survey of Zhang et al. 2024 ("Vision-language models
for vision tasks", table 5 ff.) takes over. ``survey11?root=/data`` stands for eleven names; each is looked for as a
WebDataset folder of CLIP_benchmark (``/data/wds_food101``) first, then as torchvision lays it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

from eyechart.data.name import spell
from eyechart.errors import BadInput, UnknownName

# Dataset of torchvision → folder of the set that clip-benchmark published on the hub ("" : none).
SETS: Mapping[str, str] = {
    "ImageNet": "wds_imagenet1k",
    "Caltech101": "wds_vtab-caltech101",
    "OxfordIIITPet": "wds_vtab-pets",
    "StanfordCars": "wds_cars",
    "Flowers102": "wds_vtab-flowers",
    "Food101": "wds_food101",
    "FGVCAircraft": "wds_fgvc_aircraft",
    "SUN397": "wds_sun397",
    "DTD": "wds_vtab-dtd",
    "EuroSAT": "wds_vtab-eurosat",
    "UCF101": "",
}
NAME = "survey11"


def survey11(root: str) -> tuple[str, ...]:
    """Eleven dataset names for ``data.load``, in the order of the survey's tables; loading says which are not there."""
    folder = Path(root).expanduser().absolute()
    return tuple(_name(torch, published, folder) for torch, published in SETS.items())


def expand(name: str) -> tuple[str, ...]:
    """The datasets that a suite stands for; any other name stands for itself.

    Raises:
        BadInput: no root is given.
        UnknownName: another option is given.
    """
    suite, _, options = name.partition("?")
    if suite != NAME:
        return (name,)
    given, _, root = options.partition("=")
    if given not in ("", "root"):
        raise UnknownName(f"option of {NAME}", given, ("root",))
    if not root:
        raise BadInput(f"{NAME} needs the folder that holds the eleven datasets; write {NAME}?root=/data")
    return survey11(unquote(root))


def _name(torch: str, published: str, root: Path) -> str:
    if published and (root / published).is_dir():
        return spell("wds", root / published, {})
    own = root / torch.lower()  # ImageNet lies directly under its root, so it may have a folder of its own
    return spell("torchvision", torch, {"root": str(own if torch == "ImageNet" and own.is_dir() else root)})
