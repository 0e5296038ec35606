"""``openclip:<architecture>/<tag or file>``: any model of open_clip.

    openclip:ViT-B-32/laion2b_s34b_b79k     published weights, from the hub
    openclip:ViT-B-32/runs/epoch_32.pt      a local checkpoint; an absolute path gives two slashes
    openclip:ViT-B-32/random?seed=0         random weights, for benchmarks
    openclip:hf-hub:timm/ViT-B-16-SigLIP    a hub repository with its own configuration
    openclip:/models/mine                   a local folder of the same kind (open_clip_config.json and weights)

Taps: "image" after the projection, "pooled" before it, "patches" the tokens (or map cells) of the last layer.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import open_clip
import torch
from open_clip.convert import convert_state_dict
from open_clip.model import CLIP, CustomTextCLIP, convert_to_custom_text_state_dict
from open_clip.pretrained import download_pretrained, download_pretrained_from_hf, get_pretrained_cfg
from open_clip.transform import PreprocessCfg, merge_preprocess_dict
from torch import Tensor

from eyechart.core import Preprocessing
from eyechart.errors import BadInput, Refused, UnknownName, one_line
from eyechart.models.encoders import Origin, Seeing, assemble
from eyechart.models.geometry import Geometry, Resize
from eyechart.models.openclip_towers import tower_of
from eyechart.models.sight import Sight, Tokens, Voice
from eyechart.models.weights import SUFFIXES, UNREACHABLE, identity, install, local, only_file, read
from eyechart.models.wish import RANDOM, Wish, options_of, seed_of

HUB, FOLDER, CONFIG = "hf-hub:", "local-dir:", "open_clip_config.json"
RESIZES: Mapping[str, Resize] = {"shortest": "crop", "longest": "pad", "squash": "squash"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be built, with which weights, seen through which preprocessing (open_clip's own words for it)."""

    name: str
    architecture: str
    model: Mapping[str, Any]
    tokenizer: str  # as open_clip names it
    preprocess: Mapping[str, Any] = field(default_factory=dict)
    weights: Callable[[], Path] | None = None  # None: random
    trained_on: str = "unknown"
    seed: int = 0


def load(location: str, wish: Wish) -> Seeing:
    """Build the architecture, load its weights whole, and take open_clip's own preprocessing.

    Raises:
        UnknownName: no such architecture or tag.
        BadInput: no weights were named, or the file does not exist.
        Refused: the weights do not fit, cannot be fetched, or belong to another activation.
    """
    plan = _plan(location)
    model = _built(plan)
    if plan.weights is not None:
        path = plan.weights()
        install(model, _converted(read(path), model), str(path), plan.architecture)
    model = wish.settled(model, torch.channels_last)
    preprocess = merge_preprocess_dict(PreprocessCfg(), {**plan.preprocess, "size": model.visual.image_size})
    seen = wish.over(_preprocessing(preprocess))
    fill = (int(preprocess["fill_color"]),) * 3
    sight = Sight(Geometry(seen, fill), tower_of(model.visual, plan.name), seen, wish.device, model.visual)
    origin = Origin(
        name=plan.name,
        digest=identity(model, {"open_clip": plan.model}),
        params=sum(weight.numel() for weight in model.parameters()),
        trained_on=plan.trained_on,
        samples_seen=0 if plan.weights is None else None,
        link="softmax" if model.logit_bias is None else "sigmoid",
    )
    return assemble(origin, sight, voice=_voice(model, plan))


# --------------------------------------------------------------------------------------------------------------------
# From a location to a plan


def _plan(location: str) -> Plan:
    body, options = options_of(location, {"seed"})
    name = f"openclip:{location}"
    folder = Path(body.removeprefix(FOLDER)).expanduser()
    if body.startswith(FOLDER) or folder.is_dir():
        return _own_config(name, folder / CONFIG, FOLDER + str(folder), lambda: only_file(folder))
    if body.startswith(HUB):
        return _hub(name, body)
    architecture, _, weights = body.partition("/")
    if architecture not in open_clip.list_models():
        raise UnknownName("architecture of open_clip", architecture, open_clip.list_models())
    if not weights and "seed" in options:
        weights = RANDOM
    model = open_clip.get_model_config(architecture)
    if weights == RANDOM:
        seed = seed_of(options)
        return Plan(
            name=name,
            architecture=architecture,
            model=model,
            tokenizer=architecture,
            preprocess=_published_preprocess(architecture),
            trained_on=f"nothing: random weights, seed {seed}",
            seed=seed,
        )
    if Path(weights).suffix in SUFFIXES:
        path = local(weights)
        return Plan(
            name=name,
            architecture=architecture,
            model=model,
            tokenizer=architecture,
            preprocess=_published_preprocess(architecture),
            weights=lambda: path,
        )
    return _tagged(name, architecture, weights, model)


def _tagged(name: str, architecture: str, tag: str, model: Mapping[str, Any]) -> Plan:
    tags = open_clip.list_pretrained_tags_by_model(architecture)
    example = f"openclip:{architecture}/{RANDOM}?seed=0"
    if not tag:
        raise BadInput(
            f"{name} names no weights; published for it: {', '.join(tags) or 'none'}; or give a checkpoint "
            f"({', '.join(SUFFIXES)}), or ask for random weights: {example}"
        )
    published = get_pretrained_cfg(architecture, tag)
    if not published:
        raise UnknownName(f"tag of {architecture}", tag, [*tags, RANDOM])
    if bool(published.get("quick_gelu")) != bool(model.get("quick_gelu")):
        other = architecture.removesuffix("-quickgelu") if model.get("quick_gelu") else f"{architecture}-quickgelu"
        raise Refused(
            f"the weights {tag!r} were trained with another activation than {architecture} has, so its features "
            f"would be wrong; load openclip:{other}/{tag}"
        )
    return Plan(
        name=name,
        architecture=architecture,
        model=model,
        tokenizer=architecture,
        preprocess=published,
        weights=lambda: _fetched(name, lambda: download_pretrained(published)),
        trained_on=tag,
    )


def _hub(name: str, body: str) -> Plan:
    repository = body.removeprefix(HUB)
    config = _fetched(name, lambda: download_pretrained_from_hf(repository, filename=CONFIG))
    return _own_config(name, config, body, lambda: _fetched(name, lambda: download_pretrained_from_hf(repository)))


def _own_config(name: str, config: Path, tokenizer: str, weights: Callable[[], Path]) -> Plan:
    try:
        told = json.loads(config.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(f"{name} needs a readable {CONFIG}: {error}") from error
    if not isinstance(told, dict) or "model_cfg" not in told:
        raise BadInput(f"{config} has no 'model_cfg'; expected a configuration as open_clip writes it")
    return Plan(
        name=name,
        architecture=str(config.parent.name),
        model=told["model_cfg"],
        tokenizer=tokenizer,
        preprocess=told.get("preprocess_cfg", {}),
        weights=weights,
    )


def _fetched(name: str, fetch: Callable[[], str]) -> Path:
    try:
        return Path(fetch())
    except UNREACHABLE as error:
        reason = one_line(error)
        raise Refused(f"{name} could not be fetched from the hub: {reason}; a local checkpoint works too") from error


def _published_preprocess(architecture: str) -> Mapping[str, Any]:
    """What all published weights of the architecture share; open_clip's default (an empty mapping) where they differ.

    A checkpoint file does not say how its pictures were prepared. SigLIP squashes and CLIP crops, and the
    architecture tells which of them it is.
    """
    tags = open_clip.list_pretrained_tags_by_model(architecture)
    told = [merge_preprocess_dict({}, get_pretrained_cfg(architecture, tag)) for tag in tags]
    return told[0] if told and all(other == told[0] for other in told) else {}


# --------------------------------------------------------------------------------------------------------------------
# From a plan to a model


def _built(plan: Plan) -> Any:
    """As `open_clip.create_model` builds it, without its downloads, its fallbacks and its global logging."""
    settings = deepcopy(dict(plan.model))
    text, vision = settings["text_cfg"], settings["vision_cfg"]
    custom = settings.pop("custom_text", False) or "hf_model_name" in text
    if "hf_model_name" in text:
        text["hf_model_pretrained"] = False
    if "timm_model_name" in vision:
        vision["timm_model_pretrained"] = False
    kind = CLIP if not custom else open_clip.CoCa if "multimodal_cfg" in settings else CustomTextCLIP
    with torch.random.fork_rng():
        torch.manual_seed(plan.seed)
        try:
            return kind(**settings)
        except OSError as error:  # the configuration of a text tower of Hugging Face
            raise Refused(f"{plan.name} needs a text tower that could not be fetched: {error}") from error


def _converted(state: dict[str, Tensor], model: Any) -> dict[str, Tensor]:
    """Other layouts that open_clip reads: MobileCLIP's, an unnested text tower, a scale of shape [] or [1]."""
    state = convert_state_dict(model, state)
    expected = model.state_dict()
    if "positional_embedding" in state and "positional_embedding" not in expected:
        state = convert_to_custom_text_state_dict(state)
    state.pop("text.transformer.embeddings.position_ids", None)  # not a weight since transformers 4.31
    for name in ("logit_scale", "logit_bias"):
        if name in state and name in expected and state[name].numel() == 1:
            state[name] = state[name].reshape(expected[name].shape)
    return state


def _preprocessing(told: Mapping[str, Any]) -> Preprocessing:
    size = told["size"]
    return Preprocessing(
        size=(size, size) if isinstance(size, int) else (int(size[0]), int(size[1])),
        resize=RESIZES[told["resize_mode"]],
        # open_clip knows two for inference; "random" is bicubic there
        interpolation="bilinear" if told["interpolation"] == "bilinear" else "bicubic",
        mean=tuple(told["mean"]),
        std=tuple(told["std"]),
    )


def _voice(model: Any, plan: Plan) -> Voice:
    scale = model.logit_scale.detach().exp().float().reshape(())
    bias = torch.zeros_like(scale) if model.logit_bias is None else model.logit_bias.detach().float().reshape(())

    @functools.cache
    def tokenizer() -> Callable[[list[str]], Tensor]:
        try:
            return open_clip.get_tokenizer(plan.tokenizer)
        except UNREACHABLE as error:
            reason = one_line(error)
            raise Refused(f"the tokenizer of {plan.name} could not be fetched: {reason}") from error

    def tokenise(texts: Sequence[str]) -> Tokens:
        return {"text": tokenizer()(list(texts))}

    def tower(tokens: Tokens) -> Tensor:
        return model.encode_text(tokens["text"], normalize=False)

    return Voice(tokenise=tokenise, tower=tower, scale=scale, bias=bias)


PUBLIC = load
