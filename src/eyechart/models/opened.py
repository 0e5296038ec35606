"""The project's own models as the parts that every other source puts its models together from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from eyechart.models.dual import Dual
from eyechart.models.eye import Eye
from eyechart.models.geometry import Geometry
from eyechart.models.image_trunks import Depths
from eyechart.models.sight import Sight, Spelling, Voice
from eyechart.models.sight import Tokens as Columns
from eyechart.models.tokens import Tokens, Words

END = "<|end|>"  # how the end token is called in a file; it is no entry of the vocabulary, so no text can spell it


def sight_of(model: Eye | Dual) -> Sight:
    """What sees; gives all taps of the model in one pass."""

    def look(pixels: Tensor, taps: Sequence[str]) -> Mapping[str, Tensor]:  # noqa: ARG001  # they cost nothing more
        depths = _trunk(model, pixels)
        image = model.towers.image_projection(depths.pooled) if isinstance(model, Dual) else depths.pooled
        return {"image": image, "pooled": depths.pooled, "patches": depths.patches}

    seen = model.card.preprocessing
    return Sight(Geometry(seen), look, seen, model.device)


def voice_of(model: Dual) -> Voice:
    """What reads, from rows of one length: texts are filled up with end tokens, the first of which is their end."""
    towers, words = model.towers, model.words
    last = words.entries - 1

    def tokenise(texts: Sequence[str]) -> Columns:
        ids = words(texts).ids
        return {"ids": F.pad(ids, (0, words.context - ids.shape[1]), value=last)}

    def read(columns: Columns) -> Tensor:
        ids = columns["ids"]
        return towers.encode_tokens(Tokens(ids, (ids == last).to(torch.int64).argmax(dim=1)))

    bias = torch.tensor(0.0) if towers.bias is None else towers.bias.detach()
    return Voice(
        tokenise=tokenise, tower=read, scale=towers.scale.detach(), bias=bias, spelling=Spelling(_spelt(words), last)
    )


def _trunk(model: Eye | Dual, normalised: Tensor) -> Depths:
    found: Depths = (model.towers if isinstance(model, Dual) else model.tower).image(normalised)
    return found


def _spelt(words: Words) -> str:
    """The tokenizer with its end token after every text, which `Words` adds by itself."""
    told: dict[str, Any] = json.loads(words.to_json())
    last = words.entries - 1
    single = [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": END, "type_id": 0}}]
    told["post_processor"] = {
        "type": "TemplateProcessing",
        "single": single,
        "pair": [*single, {"Sequence": {"id": "B", "type_id": 0}}],
        "special_tokens": {END: {"id": END, "ids": [last], "tokens": [END]}},
    }
    return json.dumps(told, ensure_ascii=False)
