"""``onnx:<folder>``: graphs of ONNX, run by onnxruntime.

A folder holds ``image.onnx``, ``config.json`` and, for a dual encoder, ``text.onnx`` and ``tokenizer.json`` (of the
library tokenizers). A single graph, ``onnx:model.onnx``, has its configuration beside it as ``model.json``.

``image.onnx`` takes ``n 3 h w`` fp32, normalised; ``text.onnx`` takes ``m t`` int64 token ids, and a mask of the same
shape where it has a second input. Every batch size must be allowed. The configuration says the rest::

    {"preprocessing": {"size": [224, 224], "resize": "crop", "interpolation": "bicubic", "crop_fraction": 1.0,
                       "mean": [0.48, 0.46, 0.41], "std": [0.27, 0.26, 0.28]},
     "taps": {"image": "features", "patches": "tokens"},     names of outputs; "image" is one vector per picture
     "flops": 8817623040,                                    optional
     "text": {"context": 77, "pad": 0, "scale": 100.0, "bias": 0.0, "link": "softmax"}}

`export` writes such a folder. Graphs have no gradients, so a pass that wants them is refused.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from eyechart.core import Preprocessing
from eyechart.errors import BadInput, MissingExtra, Refused, UnknownName, one_line
from eyechart.models.encoders import Origin, Seeing, assemble
from eyechart.models.flops import Survey
from eyechart.models.geometry import Geometry
from eyechart.models.sight import Sight, Tokens, Tower, Voice
from eyechart.models.wish import Wish, options_of
from eyechart.store import digest
from eyechart.store.codec import coerce

IMAGE, TEXT, TOKENIZER, CONFIG = "image.onnx", "text.onnx", "tokenizer.json", "config.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPlan:
    """How texts reach ``text.onnx``, and what its vectors mean beside those of the images."""

    context: int  # tokens; longer texts are cut, shorter ones padded
    pad: int
    scale: float
    bias: float = 0.0
    link: Literal["softmax", "sigmoid"] = "softmax"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """``config.json``."""

    preprocessing: Preprocessing
    taps: Mapping[str, str]
    flops: int | None = None
    text: TextPlan | None = None


class Files(NamedTuple):
    """Where the parts of a model lie; the last two only where it reads."""

    image: Path
    config: Path
    text: Path
    tokenizer: Path


def load(location: str, wish: Wish) -> Seeing:
    """A session per graph, and what the configuration says of them.

    Raises:
        BadInput: a file is missing, or the configuration is not as described above.
        MissingExtra: onnxruntime is not installed.
        Refused: a graph cannot be run, or does not accept the pictures.
    """
    name = f"onnx:{location}"
    body, _ = options_of(location, ())
    files = _files(Path(body).expanduser())
    plan = _plan(files.config)
    graphs = [files.image, files.text] if plan.text else [files.image]
    seen = wish.over(plan.preprocessing)
    sight = Sight(Geometry(seen), _tower(_session(files.image), plan.taps, name), seen, "cpu")
    origin = Origin(
        name=name,
        digest=_identity([*graphs, files.config, *([files.tokenizer] if plan.text else [])]),
        params=sum(_params(path) for path in graphs),
        link=plan.text.link if plan.text else "none",
    )
    voice = _voice(files, plan.text) if plan.text else None
    return assemble(origin, sight, voice=voice, seen=_survey(sight, plan, name))


def _files(path: Path) -> Files:
    single = path.suffix == ".onnx"
    files = (
        Files(path, path.with_suffix(".json"), path.with_name(TEXT), path.with_name(TOKENIZER))
        if single
        else Files(path / IMAGE, path / CONFIG, path / TEXT, path / TOKENIZER)
    )
    for needed in (files.image, files.config):
        if not needed.is_file():
            raise BadInput(
                f"there is no file {needed}; expected a graph and its configuration (see eyechart.models.onnx)"
            )
    return files


def _plan(path: Path) -> Plan:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadInput(f"{path} is not JSON: {error}") from error
    for given in told if isinstance(told, dict) else ():
        if given not in (known := [field.name for field in fields(Plan)]):
            raise UnknownName(f"setting of {path}", given, known)
    plan = coerce(Plan, told, str(path))
    if "image" not in plan.taps:
        raise BadInput(f"{path} names the taps {', '.join(plan.taps) or 'none'}; expected 'image' among them")
    return plan


def _session(path: Path) -> Any:
    try:
        import onnxruntime  # noqa: PLC0415 - an optional dependency
    except ImportError as error:
        raise MissingExtra("a model in ONNX", "onnx") from error
    if not path.is_file():
        raise BadInput(f"there is no file {path}, which the configuration asks for")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except _failures() as error:
        raise Refused(f"{path} cannot be run: {one_line(error)}") from error


def _failures() -> tuple[type[Exception], ...]:
    """What onnxruntime raises; its exceptions have no parent of their own."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state  # noqa: PLC0415 - as above

    return (
        state.Fail,
        state.InvalidArgument,
        state.InvalidGraph,
        state.InvalidProtobuf,
        state.NoSuchFile,
        state.NotImplemented,
        state.RuntimeException,
    )


def _tower(session: Any, outputs: Mapping[str, str], name: str) -> Tower:
    fed = session.get_inputs()[0].name

    def look(pixels: Tensor, taps: Sequence[str]) -> Mapping[str, Tensor]:
        if pixels.requires_grad:
            raise Refused(f"{name} is a graph of ONNX, which has no gradients; load the model in torch for that")
        wanted = [tap for tap in taps if tap in outputs]
        found = session.run([outputs[tap] for tap in wanted], {fed: pixels.float().cpu().numpy()})
        return {tap: torch.from_numpy(values) for tap, values in zip(wanted, found, strict=True)}

    return look


def _survey(sight: Sight, plan: Plan, name: str) -> Survey:
    failures: tuple[type[Exception], ...] = (*_failures(), ValueError)
    try:
        found = sight.look(torch.zeros(1, 3, *sight.preprocessing.size), tuple(plan.taps))
    except failures as error:
        height, width = sight.preprocessing.size
        raise Refused(f"{name} does not accept pictures of {height} x {width} pixels: {one_line(error)}") from error
    return Survey(flops=plan.flops, shapes={tap: tuple(values.shape) for tap, values in found.items()})


def _voice(files: Files, plan: TextPlan) -> Voice:
    session = _session(files.text)
    fed = [given.name for given in session.get_inputs()]
    if not files.tokenizer.is_file():
        raise BadInput(f"there is no file {files.tokenizer}, without which texts have no tokens")
    tokenizer = Tokenizer.from_file(str(files.tokenizer))
    tokenizer.enable_truncation(plan.context)
    tokenizer.enable_padding(length=plan.context, pad_id=plan.pad)

    def tokenise(texts: Sequence[str]) -> Tokens:
        made = tokenizer.encode_batch(list(texts))
        columns = ([one.ids for one in made], [one.attention_mask for one in made])
        return {name: torch.tensor(column) for name, column in zip(fed, columns, strict=False)}

    def tower(tokens: Tokens) -> Tensor:
        return torch.from_numpy(session.run(None, {name: ids.numpy() for name, ids in tokens.items()})[0])

    return Voice(tokenise=tokenise, tower=tower, scale=torch.tensor(plan.scale), bias=torch.tensor(plan.bias))


# --------------------------------------------------------------------------------------------------------------------
# What the card says


def _identity(files: Sequence[Path]) -> str:
    """The digest of all files that determine an answer, weights kept beside a graph included."""
    return digest.of_json(
        {path.name: _digest(path) for path in (*files, *(data for path in files for data in _beside(path)))}
    )


def _digest(path: Path) -> str:
    return digest.of_bytes(path.read_bytes())


def _beside(path: Path) -> list[Path]:
    """Files to which a graph has put its weights."""
    if path.suffix != ".onnx":
        return []
    places = {entry.value for weight in _weights(path) for entry in weight.external_data if entry.key == "location"}
    return sorted(path.parent / place for place in places)


def _params(path: Path) -> int:
    from onnx import TensorProto  # noqa: PLC0415 - an optional dependency

    real = (TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.BFLOAT16, TensorProto.DOUBLE)
    return sum(int(np.prod(weight.dims)) for weight in _weights(path) if weight.data_type in real)


@functools.lru_cache(maxsize=4)
def _weights(path: Path) -> tuple[Any, ...]:
    try:
        import onnx  # noqa: PLC0415 - an optional dependency
    except ImportError as error:
        raise MissingExtra("a model in ONNX", "onnx") from error
    return tuple(onnx.load(str(path), load_external_data=False).graph.initializer)


PUBLIC = load
