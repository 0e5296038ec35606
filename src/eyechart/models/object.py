"""``path/to/file.py:attribute``: any Python object with the methods of a model.

The attribute is the model, or a class or function without arguments that makes it. Its methods are those of the
capabilities in `eyechart.core`: ``preprocess`` with ``encode_image`` or ``classify``, and whatever else it has of
``encode_taps``, ``encode_patches``, ``encode_text``, ``logits`` and ``classes``. An object with a card and a device is
taken as it is, a `Detector` too; for another a card is made from what one grey picture tells.
"""

from __future__ import annotations

import importlib.util
import inspect
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import numpy as np
import torch
from PIL.Image import Image, fromarray
from torch import Tensor, nn

from eyechart.core import Classifier, ImageEncoder, Model, ModelCard, Preprocessing, TextEncoder
from eyechart.errors import BadInput, Refused, UnknownName
from eyechart.models.detector import Detector
from eyechart.models.flops import Survey, survey
from eyechart.models.weights import identity
from eyechart.models.wish import Wish
from eyechart.store import digest

METHODS = (
    "preprocess",
    "encode_image",
    "encode_taps",
    "encode_patches",
    "encode_text",
    "logits",
    "classes",
    "classify",
)


def load(location: str, wish: Wish) -> Model:
    """Import the file, take the attribute, call it if it is a class or a function, and adopt the result.

    Raises:
        BadInput: no such file, or it cannot be imported.
        UnknownName: the file has no such attribute.
    """
    path, _, attribute = location.rpartition(":")
    file = Path(path).expanduser()
    if not attribute.isidentifier() or not file.is_file():
        raise BadInput(f"{location!r} was given; expected path/to/file.py:attribute, and the file to exist")
    module = _imported(file)
    if attribute not in vars(module):
        raise UnknownName(f"attribute of {file}", attribute, (name for name in vars(module) if name[0] != "_"))
    found = vars(module)[attribute]
    made = found() if inspect.isclass(found) or inspect.isroutine(found) else found
    return adopt(made, wish, name=location)


def adopt(given: Any, wish: Wish, name: str = "") -> Model:
    """The object itself if it is a model, else its methods with a card and a device beside them.

    Raises:
        BadInput: methods are missing, or the features of one picture are not one vector.
        Refused: another preprocessing was asked for; only the object knows its own.
    """
    if wish.preprocessing != "own":
        raise Refused(f"{type(given).__name__} is an object with its own preprocess(); preprocessing must stay 'own'")
    if isinstance(given, ImageEncoder | TextEncoder | Classifier | Detector) and isinstance(given.card, ModelCard):
        return given
    found = {method: getattr(given, method) for method in METHODS if method in dir(given)}
    if "preprocess" not in found or not {"encode_image", "classify"} & set(found):
        raise BadInput(
            f"{type(given).__name__} has {', '.join(found) or 'none'} of a model's methods; expected preprocess and "
            "encode_image (or classify), and encode_text and logits if it reads; a detector brings its own card"
        )
    device = _device(given)
    card = _card(name or type(given).__name__, given, found, device)
    return SimpleNamespace(card=card, device=device, **found)


def _imported(file: Path) -> Any:
    spec = importlib.util.spec_from_file_location(f"eyechart_model_{file.stem}", file)
    if spec is None or spec.loader is None:
        raise BadInput(f"{file} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    try:
        spec.loader.exec_module(module)
    except (ImportError, SyntaxError) as error:
        raise BadInput(f"{file} cannot be imported: {error}") from error
    return module


def _device(given: Any) -> str:
    for weight in given.parameters() if isinstance(given, nn.Module) else ():
        return str(weight.device)
    return str(getattr(given, "device", "cpu"))


def _card(name: str, given: Any, found: dict[str, Any], device: str) -> ModelCard:
    pixels = found["preprocess"](_target())
    see = found.get("encode_image") or found["classify"]
    seen = _surveyed(see, (pixels.shape[-2], pixels.shape[-1]), device, name)
    if len(seen.shapes["image"]) != 2:
        raise BadInput(f"{name} gives features of shape {seen.shapes['image']} for one picture; expected one vector")
    weights = given if isinstance(given, nn.Module) else None
    return ModelCard(
        name=name,
        digest=identity(weights, {"code": _source(type(given))}) if weights is not None else "",
        params=sum(weight.numel() for weight in weights.parameters()) if weights is not None else 0,
        flops=seen.flops,
        width=seen.shapes["image"][-1],
        preprocessing=Preprocessing(size=(pixels.shape[-2], pixels.shape[-1]), resize=_geometry(pixels)),
        link="softmax" if "logits" in found else "none",
    )


def _surveyed(see: Any, size: tuple[int, int], device: str, name: str) -> Survey:
    return survey(lambda pixels: {"image": see(pixels)}, size, device, name)


def _source(kind: type) -> str:
    """The code is part of what the features depend on, and unlike a library's it changes from run to run."""
    try:
        return digest.of_bytes(inspect.getsource(kind).encode())
    except (OSError, TypeError):  # typed at a prompt
        return kind.__qualname__


def _target() -> Image:
    """Twice as wide as high: grey, with white bars at the left and the right."""
    bands = np.full((64, 128, 3), 128, dtype=np.uint8)
    bands[:, :16] = bands[:, -16:] = 255
    return fromarray(bands)


def _geometry(pixels: Tensor) -> Literal["crop", "squash", "pad"]:
    """What was done to the target: a crop loses the bars, a border changes the upper edge."""
    height, width = pixels.shape[-2:]
    grey = pixels.mean(dim=0)
    centre, upper, side = grey[height // 2, width // 2], grey[0, width // 2], grey[height // 2, width // 32]
    if torch.abs(upper - centre) > 0.1:
        return "pad"
    return "crop" if torch.abs(side - centre) < 0.1 else "squash"


PUBLIC = load
