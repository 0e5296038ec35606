"""Models from everywhere, behind the capabilities of `eyechart.core`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from eyechart import plugins
from eyechart.core import Model
from eyechart.errors import BadInput, UnknownName

SHORT = {"hf": "huggingface", "open_clip": "openclip"}
OBJECT = re.compile(r".+\.py:\w+")  # path/to/file.py:attribute
GRAMMAR = (
    "expected a name of the zoo, or source:name as in openclip:ViT-B-32/laion2b_s34b_b79k, timm:resnet50, "
    "hf:facebook/dinov2-base, onnx:folder, checkpoint:folder, or path/to/file.py:attribute"
)


def load(name: str | object, *, device: str = "auto", preprocessing: str = "own") -> Model:
    """A model with its card, or a refusal that says why there is none.

    Args:
        name: ``source:name`` (see the module of each source), a name of the zoo, a folder that one of the sources
            wrote, ``path/to/file.py:attribute``, or an object with the methods of a model.
        device: "auto" takes the GPU where there is one.
        preprocessing: "own", or one geometry for all models: "crop:224", "squash:224", "pad:224".

    Raises:
        UnknownName: no such source, architecture or tag; the message names the nearest.
        BadInput: the name is not written as expected, or a file is missing.
        MissingExtra: the source needs a library that is not installed.
        Refused: the model exists and cannot be trusted: weights that do not fit, code in a checkpoint, a size that
            it does not accept.
    """
    from eyechart.models.wish import Wish, device_of  # noqa: PLC0415 - torch is imported when a model is

    wish = Wish(device_of(device), preprocessing)
    if isinstance(name, Path):
        name = str(name)
    if not isinstance(name, str):
        from eyechart.models.object import adopt  # noqa: PLC0415 - as above

        return adopt(name, wish)
    source, location = _parse(name)
    return plugins.find("models", source)(location, wish)


def _parse(name: str) -> tuple[str, str]:
    """Source and location."""
    if OBJECT.fullmatch(name):
        return "object", name
    source, colon, location = name.partition(":")
    source = SHORT.get(source, source)
    if colon and source in plugins.names("models"):
        return source, location
    if (path := Path(name).expanduser()).exists():
        return recognise(path), str(path)
    if colon:
        raise UnknownName("model source", source, (*plugins.names("models"), *SHORT))
    return "zoo", _of_the_zoo(name)


def recognise(path: Path) -> str:
    """The source that wrote what lies at `path`. Raises `BadInput` where none did."""
    if path.suffix == ".onnx" or (path / "image.onnx").is_file():
        return "onnx"
    if (path / "open_clip_config.json").is_file():
        return "openclip"
    if (path / "config.json").is_file():
        told = _json(path / "config.json")
        for key, source in (("plan", "checkpoint"), ("model_type", "huggingface"), ("architecture", "timm")):
            if key in told:
                return source
    raise BadInput(
        f"{path} does not say what model it is; a folder needs the configuration that its library wrote, and a file "
        f"of weights its architecture, as in openclip:ViT-B-32/{path} or timm:resnet50/{path}"
    )


def _json(path: Path) -> Mapping[str, object]:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadInput(f"{path} is not JSON: {error}") from error
    return told if isinstance(told, dict) else {}


def _of_the_zoo(name: str) -> str:
    from eyechart.models.zoo import names  # noqa: PLC0415 - as above

    if name in names():
        return name
    near = UnknownName("model", name, names())
    raise BadInput(f"{near}; {GRAMMAR}" if near.near else f"no model is called {name!r}; {GRAMMAR}")
