"""Write a model as others read it: graphs of ONNX, which ``onnx:<folder>`` opens, or a network of timm."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, final

import torch
from timm.models import save_for_hf
from torch import Tensor, nn

from eyechart.errors import BadInput, MissingExtra, Refused
from eyechart.models.dual import Dual
from eyechart.models.encoders import TAPS, DensePair, Pair, Seeing
from eyechart.models.eye import Eye
from eyechart.models.image_trunks import TimmPlan
from eyechart.models.onnx import CONFIG, IMAGE, TEXT, TOKENIZER
from eyechart.models.opened import sight_of, voice_of
from eyechart.models.sight import Sight, Spelling, Voice

GRAPHS = Eye | Dual | Seeing  # what can be written as graphs
TRUNKS = Eye | Dual  # what has a trunk that timm may know


def export(model: Seeing | Eye | Dual, folder: Path) -> Path:
    """Image graph, text graph where there is one, tokenizer and configuration; returns `folder`.

    Raises:
        BadInput: the folder exists and holds something.
        Refused: the model reads with a tokenizer that has no file format of its own.
        MissingExtra: the exporter is not installed.
    """
    if folder.exists() and any(folder.iterdir()):
        raise BadInput(f"{folder} is not empty; give a new folder")
    sight, voice = _parts(model)
    spelling = _spelling(voice, model.card.name)
    folder.mkdir(parents=True, exist_ok=True)
    taps = tuple(tap for tap in TAPS if tap in model.card.taps)
    pixels = torch.zeros(2, len(model.card.preprocessing.mean), *model.card.preprocessing.size)
    _write(ImageGraph(sight, taps), (pixels,), taps, folder / IMAGE)
    config: dict[str, Any] = {
        "preprocessing": {**asdict(model.card.preprocessing), "chosen_by": "model"},
        "taps": {tap: tap for tap in taps},
        "flops": model.card.flops,
    }
    if voice is not None and spelling is not None:
        tokens = voice.tokenise(["a", "b"])
        _write(TextGraph(voice, tuple(tokens)), tuple(tokens.values()), ("text",), folder / TEXT)
        (folder / TOKENIZER).write_text(spelling.json, encoding="utf-8")
        config["text"] = {
            "context": next(iter(tokens.values())).shape[1],
            "pad": spelling.pad,
            "scale": float(voice.scale),
            "bias": float(voice.bias),
            "link": model.card.link,
        }
    (folder / CONFIG).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    return folder


def to_timm(model: Eye | Dual, folder: Path) -> Path:
    """The image trunk as ``timm.create_model("local-dir:<folder>")`` opens it; returns `folder`.

    Raises:
        BadInput: the folder exists and holds something.
        Refused: the trunk is no architecture that timm builds by name.
    """
    if folder.exists() and any(folder.iterdir()):
        raise BadInput(f"{folder} is not empty; give a new folder")
    tower = model.towers if isinstance(model, Dual) else model.tower
    plan, seen = tower.plan.image, model.card.preprocessing
    if not isinstance(plan, TimmPlan):
        raise Refused(
            f"{model.card.name} has a trunk of a shape that timm builds under no name; "
            "export it as onnx, or teach a tower of the family timm"
        )
    look = {"input_size": (plan.bands, *seen.size), "mean": seen.mean, "std": seen.std, "crop_pct": seen.crop_fraction}
    save_for_hf(tower.image.net, str(folder), safe_serialization=True, data_config=look)
    return folder


@final
class ImageGraph(nn.Module):
    """Normalised pixels to all taps."""

    def __init__(self, sight: Sight, taps: Sequence[str]) -> None:
        super().__init__()
        self.sight, self.taps = sight, taps

    def forward(self, *pixels: Tensor) -> tuple[Tensor, ...]:
        """One output per tap, in order."""
        found = self.sight.tower(pixels[0], self.taps)
        return tuple(found[tap] for tap in self.taps)


@final
class TextGraph(nn.Module):
    """Tokens to one vector per text."""

    def __init__(self, voice: Voice, inputs: Sequence[str]) -> None:
        super().__init__()
        self.voice, self.inputs = voice, inputs

    def forward(self, *columns: Tensor) -> Tensor:
        """Columns in the order of the inputs."""
        return self.voice.tower(dict(zip(self.inputs, columns, strict=True)))


def _parts(model: Seeing | Eye | Dual) -> tuple[Sight, Voice | None]:
    """What sees and what reads; the batch of the graphs is free, all else is as the model has it."""
    if isinstance(model, Eye | Dual):
        return sight_of(model), voice_of(model) if isinstance(model, Dual) else None
    return model.sight, model.voice if isinstance(model, Pair | DensePair) else None


def _spelling(voice: Voice | None, name: str) -> Spelling | None:
    if voice is not None and voice.spelling is None:
        raise Refused(f"the tokenizer of {name} cannot be written as {TOKENIZER}, so its texts could not be read again")
    return None if voice is None else voice.spelling


def _write(graph: nn.Module, inputs: tuple[Tensor, ...], outputs: Sequence[str], path: Path) -> None:
    batch = torch.export.Dim("n")
    try:
        torch.onnx.export(
            graph.eval(),
            inputs,
            str(path),
            output_names=list(outputs),
            dynamic_shapes=(tuple({0: batch} for _ in inputs),),
            external_data=False,
            dynamo=True,
            verbose=False,
        )
    except ImportError as error:
        raise MissingExtra("writing a model in ONNX", "onnx") from error
