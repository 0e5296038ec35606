"""``timm:<model>``: any backbone of timm, with its classifier where it has one.

    timm:resnet50                         the default published weights, from the hub
    timm:resnet50.a1_in1k                 one set of them
    timm:resnet50/runs/best.safetensors   a local checkpoint; an absolute path gives two slashes
    timm:resnet50/random?seed=0           random weights without a head, for benchmarks
    timm:hf-hub:org/name                  a hub repository with its own configuration
    timm:/models/mine                     a local folder of the same kind (config.json and weights)

Taps: "image" the features of ``num_classes=0``, "pooled" the same, "patches" those of ``forward_features``, and
"logits" where there is a head. With a head the model is a `Classifier` and an encoder at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import timm
import torch
from timm.data import ImageNetInfo, infer_imagenet_subset, resolve_model_data_config
from timm.models import split_model_name_tag
from torch import Tensor, nn

from eyechart.core import Preprocessing
from eyechart.errors import BadInput, Refused, UnknownName, one_line
from eyechart.models.encoders import LOGITS, Origin, Seeing, assemble
from eyechart.models.geometry import Fill, Geometry, Resize
from eyechart.models.sight import Sight, Tower
from eyechart.models.trunks import tokens_of
from eyechart.models.weights import UNREACHABLE, identity, install, local, only_file, read
from eyechart.models.wish import RANDOM, Wish, options_of, seed_of

HUB, FOLDER = "hf-hub:", "local-dir:"
RESIZES: Mapping[str, Resize] = {"center": "crop", "squash": "squash", "border": "pad"}
INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "lanczos")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A network of timm with its weights in it."""

    network: Any
    trained_on: str = "unknown"
    samples_seen: int | None = None
    licence: str = "unknown"
    classes: tuple[str, ...] = ()


def load(location: str, wish: Wish) -> Seeing:
    """Build the network, load its weights whole, and take timm's own evaluation transform.

    Raises:
        UnknownName: no such model or tag.
        BadInput: the file does not exist.
        Refused: the weights do not fit or cannot be fetched, or the network takes other inputs than pictures.
    """
    name = f"timm:{location}"
    loaded = _loaded(location, name)
    network = wish.settled(loaded.network, torch.channels_last)
    own, fill = _preprocessing(network, name)
    seen = wish.over(own)
    sight = Sight(Geometry(seen, fill), _tower(network), seen, wish.device, network)
    origin = Origin(
        name=name,
        digest=identity(network, {"timm": network.pretrained_cfg["architecture"], "told": _told(network)}),
        params=sum(weight.numel() for weight in network.parameters()),
        trained_on=loaded.trained_on,
        samples_seen=loaded.samples_seen,
        licence=loaded.licence,
    )
    return assemble(origin, sight, classes=loaded.classes)


def _loaded(location: str, name: str) -> Loaded:
    body, options = options_of(location, {"seed"})
    folder = Path(body.removeprefix(FOLDER)).expanduser()
    if body.startswith(FOLDER) or folder.is_dir():
        return _from_folder(folder)
    if body.startswith(HUB):
        return _published(body, name)
    model, _, weights = body.partition("/")
    _known(model)
    if weights == RANDOM or (not weights and "seed" in options):
        return _random(model, seed_of(options))
    return _from_file(model, local(weights)) if weights else _published(model, name)


def _known(model: str) -> None:
    architecture, tag = split_model_name_tag(model)
    if architecture not in timm.list_models():
        raise UnknownName("model of timm", architecture, timm.list_models())
    tags = [split_model_name_tag(full)[1] for full in timm.list_models(f"{architecture}.*", pretrained=True)]
    if tag and tag not in tags:
        raise UnknownName(f"tag of {architecture}", tag, tags)


def _random(model: str, seed: int) -> Loaded:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = timm.create_model(model, pretrained=False, num_classes=0)
    return Loaded(network=network, trained_on=f"nothing: random weights, seed {seed}", samples_seen=0)


def _from_file(model: str, path: Path) -> Loaded:
    """The checkpoint's head decides how many classes there are; one without a head gives a bare encoder."""
    state = read(path)
    network = timm.create_model(model, pretrained=False)
    if (count := _count(network, state)) != network.num_classes:
        network = timm.create_model(model, pretrained=False, num_classes=count)
    install(network, state, str(path), model)
    return Loaded(network=network, classes=_labels(network))


def _count(network: nn.Module, state: Mapping[str, Tensor]) -> int:
    heads = network.pretrained_cfg.get("classifier") or ()
    for head in (heads,) if isinstance(heads, str) else heads:
        if f"{head}.weight" in state:
            return int(state[f"{head}.weight"].shape[0])
    return 0


def _from_folder(folder: Path) -> Loaded:
    if not (folder / "config.json").is_file():
        raise BadInput(f"{folder} has no config.json; expected a folder as timm's save_for_hf writes it")
    return _from_file(f"{FOLDER}{folder}", only_file(folder))


def _published(model: str, name: str) -> Loaded:
    try:
        network = timm.create_model(model, pretrained=True)
    except UNREACHABLE as error:
        raise Refused(
            f"{name} could not be fetched and loaded whole: {one_line(error)}; a local checkpoint works too"
        ) from error
    subset = None if model.startswith(HUB) else infer_imagenet_subset(network)
    classes = tuple(ImageNetInfo(subset).label_descriptions()) if subset else _labels(network)
    told = network.pretrained_cfg
    return Loaded(
        network=network,
        trained_on=str(told.get("tag") or "unknown"),
        licence=str(told.get("license") or "unknown"),
        classes=classes,
    )


def _labels(network: nn.Module) -> tuple[str, ...]:
    """The names that came with the weights, else numbers."""
    named = network.pretrained_cfg.get("label_names")
    return tuple(map(str, named or range(network.num_classes)))


# --------------------------------------------------------------------------------------------------------------------
# From a network to its parts


def _told(network: nn.Module) -> Mapping[str, Any]:
    """What the constructor was told beside the name of the architecture, as timm itself keeps it."""
    return {**network._model_args, "num_classes": network.num_classes}


def _preprocessing(network: nn.Module, name: str) -> tuple[Preprocessing, Fill]:
    told = resolve_model_data_config(network)
    channels, height, width = told["input_size"]
    if channels != 3 or told["interpolation"] not in INTERPOLATIONS:
        raise Refused(
            f"{name} takes {channels} bands, interpolated by {told['interpolation']!r}; expected 3 bands and one of "
            f"{', '.join(INTERPOLATIONS)}"
        )
    preprocessing = Preprocessing(
        size=(height, width),
        resize=RESIZES[told["crop_mode"]],
        interpolation=told["interpolation"],
        crop_fraction=told["crop_pct"],
        mean=tuple(told["mean"]),
        std=tuple(told["std"]),
    )
    red, green, blue = (round(255 * band) for band in told["mean"])
    return preprocessing, (red, green, blue)


def _tower(network: Any) -> Tower:
    def look(pixels: Tensor, taps: Sequence[str]) -> Mapping[str, Tensor]:
        features = network.forward_features(pixels)
        found = dict(tokens_of(network, features))
        if "image" in taps or "pooled" in taps:
            found["image"] = found["pooled"] = network.forward_head(features, pre_logits=True)
        if LOGITS in taps and network.num_classes:
            found[LOGITS] = network.forward_head(features)
        return found

    return look


PUBLIC = load
