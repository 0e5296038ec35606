"""``hf:<hub id or local folder>``: vision models of transformers, alone or with their text tower.

    hf:google/siglip2-base-patch16-224    dual encoders: CLIP, MetaCLIP 2, SigLIP, SigLIP 2 (also NaFlex)
    hf:facebook/dinov2-base               vision towers: DINOv2, DINOv3, ViT, ViT-MAE, ConvNeXt, Swin, …
    hf:facebook/detr-resnet-50            detectors: DETR, YOLOS, RT-DETR, … and OWL-ViT, OWLv2, which are asked by name
    hf:runs/my-vit                        what `save_pretrained` wrote; with a classifier it is one

Code that a repository brings along is never run. Taps are described in `huggingface_towers`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple

import torch
import transformers
from torch import Tensor
from transformers.utils import logging as chatter

from eyechart.errors import BadInput, Refused
from eyechart.models.encoders import Origin, Seeing, assemble
from eyechart.models.geometry import Geometry
from eyechart.models.huggingface_detectors import ASKED, HuggingFaceDetector, detector_of, detects
from eyechart.models.huggingface_towers import tower_of
from eyechart.models.processors import described, geometry_of, own_size
from eyechart.models.sight import Sight, Spelling, Tokens, Voice
from eyechart.models.weights import UNREACHABLE, check, identity
from eyechart.models.wish import Wish, options_of

VOLATILE = ("_name_or_path", "transformers_version", "dtype", "torch_dtype", "architectures")  # not the network


class Kind(NamedTuple):
    """What a dual encoder makes of its logits, and how its text tower is fed."""

    link: Literal["softmax", "sigmoid"]
    masks: bool  # the text tower is told which tokens are padding; SigLIP was trained without that


DUALS = {
    "CLIPModel": Kind("softmax", masks=True),
    "MetaClip2Model": Kind("softmax", masks=True),
    "SiglipModel": Kind("sigmoid", masks=False),
    "Siglip2Model": Kind("sigmoid", masks=False),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A hub id or a folder, and how the library is to read it."""

    where: str
    local: bool

    @property
    def reading(self) -> dict[str, bool]:
        """Arguments for every ``from_pretrained``."""
        return {"local_files_only": self.local, "trust_remote_code": False}


def load(location: str, wish: Wish) -> Seeing | HuggingFaceDetector:
    """The class that the configuration names, its weights whole, and its processor's geometry.

    Raises:
        BadInput: the folder does not exist.
        Refused: the model cannot be fetched, brings code of its own, has missing or surplus weights, or sees nothing.
    """
    name = f"hf:{location}"
    body, _ = options_of(location, ())
    place = place_of(body)
    with hushed():
        config = tried(name, lambda: transformers.AutoConfig.from_pretrained(place.where, **place.reading))
        model = wish.settled(_whole(name, place, config), torch.channels_last)
        processor = tried(name, lambda: transformers.AutoImageProcessor.from_pretrained(place.where, **place.reading))
        tokenizer = _tokenizer(place) if type(model).__name__ in (*DUALS, *ASKED) else None
    kind, spelling = DUALS.get(type(model).__name__), _spelling(tokenizer)
    if kind is None and model.main_input_name != "pixel_values" and not detects(model):
        raise Refused(
            f"{name} is a {type(model).__name__}, which takes {model.main_input_name}; expected a model of pictures, "
            f"or a dual encoder among {', '.join(DUALS)}"
        )
    origin = Origin(
        name=name,
        digest=identity(model, _plan(config, processor, spelling)),
        params=sum(weight.numel() for weight in model.parameters()),
        link=kind.link if kind else "none",
    )
    if detects(model):
        return detector_of(origin, model, processor, tokenizer, wish)
    sight = _sight(name, model, processor, wish)
    voice = replace(_voice(name, model, kind, tokenizer), spelling=spelling) if kind else None
    return assemble(origin, sight, voice=voice, classes=_classes(model))


# --------------------------------------------------------------------------------------------------------------------
# Reading


def place_of(body: str) -> Place:
    """The folder or hub id of a name. Raises `BadInput` where it is neither."""
    folder = Path(body).expanduser()
    if folder.is_dir():
        return Place(str(folder), local=True)
    if not body or folder.is_absolute() or body.startswith((".", "~")) or body.count("/") > 1:
        raise BadInput(
            f"there is no folder {folder}; expected one that save_pretrained wrote, or a hub id such as "
            "openai/clip-vit-base-patch32"
        )
    return Place(body, local=False)


def tried(name: str, read: Callable[[], Any]) -> Any:
    """What `read` gives, or a refusal in one sentence."""
    try:
        return read()
    except (*UNREACHABLE, ImportError, KeyError) as error:
        text = " ".join(str(error).split())
        if "trust_remote_code" in text:
            raise Refused(
                f"{name} needs code of its own repository, and code that comes with weights is never run"
            ) from error
        raise Refused(f"{name} cannot be loaded: {text[:300]}") from error


def _whole(name: str, place: Place, config: Any) -> Any:
    """The model with all its weights in fp32; a pooler that the checkpoint never had is left out."""
    named = (config.architectures or [""])[0]
    kind = getattr(transformers, named, None)  # a name from a file: anything but a model falls back
    if not (isinstance(kind, type) and issubclass(kind, transformers.PreTrainedModel)):
        kind = transformers.AutoModel
    model, found = _read_weights(name, place, kind, {})
    if found["missing_keys"] and all(key.startswith("pooler.") for key in found["missing_keys"]):
        model, found = _read_weights(name, place, kind, {"add_pooling_layer": False})
    check(
        place.where,
        type(model).__name__,
        missing=found["missing_keys"],
        unexpected=found["unexpected_keys"],
        misshapen=(f"{key} ({tuple(given)} for {tuple(own)})" for key, given, own in found["mismatched_keys"]),
    )
    return model


def _read_weights(name: str, place: Place, kind: Any, extra: Mapping[str, bool]) -> tuple[Any, Mapping[str, Any]]:
    return tried(
        name,
        lambda: kind.from_pretrained(
            place.where,
            dtype=torch.float32,
            output_loading_info=True,
            ignore_mismatched_sizes=True,  # they are listed, and refused
            weights_only=True,
            **extra,
            **place.reading,
        ),
    )


def _tokenizer(place: Place) -> Any | None:
    """The tokenizer, or None where there is none; the library makes an empty one up for a folder without its files."""
    try:
        found = transformers.AutoTokenizer.from_pretrained(place.where, **place.reading)
    except (*UNREACHABLE, ImportError):
        return None
    return found if len(found) > len(found.all_special_ids) else None


@contextmanager
def hushed() -> Iterator[None]:
    """Without the library's bars and reports: what is wrong is said once, by the refusal."""
    barred, verbosity = chatter.is_progress_bar_enabled(), chatter.get_verbosity()
    chatter.disable_progress_bar()
    chatter.set_verbosity_error()
    try:
        yield
    finally:
        chatter.set_verbosity(verbosity)
        if barred:
            chatter.enable_progress_bar()


# --------------------------------------------------------------------------------------------------------------------
# From a model to its parts


def _plan(config: Any, processor: Any, spelling: Spelling | None) -> dict[str, Any]:
    """What makes the same weights compute something else: the configuration, the processor, the tokenizer."""
    lasting = {key: value for key, value in config.to_dict().items() if key not in VOLATILE}
    return {
        "transformers": lasting,
        "architectures": config.architectures,
        "processor": processor.to_dict(),
        "tokenizer": spelling,
    }


def _spelling(tokenizer: Any | None) -> Spelling | None:
    """None too for the few tokenizers that are written in Python; taken before the first use, which leaves traces."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    return Spelling(backend.to_str(), int(tokenizer.pad_token_id or 0)) if tokenizer and backend else None


def _sight(name: str, model: Any, processor: Any, wish: Wish) -> Sight:
    if wish.preprocessing != "own":
        seen = wish.over(described(processor, (1, 1)))
        return Sight(Geometry(seen), tower_of(model), seen, wish.device, model)
    geometry = geometry_of(processor, name)
    seen = described(processor, own_size(geometry))
    return Sight(geometry, tower_of(model), seen, wish.device, model)


def _classes(model: Any) -> tuple[str, ...]:
    if "ForImageClassification" not in type(model).__name__:
        return ()
    return tuple(str(model.config.id2label[index]) for index in range(model.config.num_labels))


def _voice(name: str, model: Any, kind: Kind, tokenizer: Any | None) -> Voice:
    scale = model.logit_scale.detach().exp().float().reshape(())
    bias = model.logit_bias.detach().float().reshape(()) if kind.link == "sigmoid" else torch.zeros_like(scale)
    told = model.config.text_config

    def tokenise(texts: Sequence[str]) -> Tokens:
        if tokenizer is None:
            raise Refused(f"{name} has no tokenizer, so it cannot read; put the tokenizer's files beside the weights")
        # all texts of one length, so that a text does not depend on its neighbours
        length = told.max_position_embeddings
        made = tokenizer(list(texts), padding="max_length", truncation=True, max_length=length, return_tensors="pt")
        if int(made["input_ids"].max()) >= told.vocab_size:
            raise Refused(f"the tokenizer of {name} has more entries than the text tower, {told.vocab_size}")
        wanted = ("input_ids", "attention_mask") if kind.masks else ("input_ids",)
        return {key: made[key] for key in wanted}

    def tower(tokens: Tokens) -> Tensor:
        return model.get_text_features(**tokens).pooler_output

    return Voice(tokenise=tokenise, tower=tower, scale=scale, bias=bias)


PUBLIC = load
