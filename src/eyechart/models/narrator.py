"""A model that says what it sees: an image tower connected to a language model, and its card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from eyechart.core import Fact, ModelCard
from eyechart.errors import BadInput
from eyechart.models.connector import Connector
from eyechart.models.eye import Eye, OfEye, eye_of
from eyechart.models.image_trunks import told
from eyechart.models.language import Script, surprises
from eyechart.models.weights import identity


@final
class Narrator(OfEye):
    """An `Eye` that also says what it sees; implements `PatchEncoder` and `Captioner`."""

    def __init__(self, eye: Eye, network: Connector, script: Script, card: ModelCard) -> None:
        """`eye` is of the tower of `network`; `card` is its card with the digest and the parameters of the whole."""
        self.eye = eye
        self.connector = network
        self.script = script
        self.card = card

    def caption(self, pixels: Float[Tensor, "n b h w"]) -> list[str]:
        """One text per image, each word the likeliest after those before it."""
        network, script = self.connector, self.script
        with torch.no_grad():
            picture = network.picture(pixels)
            said = torch.empty(len(pixels), 0, dtype=torch.int64, device=pixels.device)
            ended = torch.zeros(len(pixels), dtype=torch.bool, device=pixels.device)
            while said.shape[1] < script.context - 1 and not ended.all():
                word = network(picture, said, 1)[:, 0].argmax(dim=-1)
                said, ended = torch.cat([said, word[:, None]], dim=1), ended | (word == script.end)
        return script.tell(said.tolist())

    def log_likelihood(self, pixels: Float[Tensor, "n b h w"], texts: Sequence[str]) -> Float[Tensor, " n"]:
        """Of text i as the whole caption of image i, in nats, summed over its tokens and its end; fp32.

        Differentiable in the pixels; what exceeds the context is cut. Raises `BadInput` unless there is a text per
        image.
        """
        if len(texts) != len(pixels):
            raise BadInput(f"{len(texts)} texts were given for {len(pixels)} pictures; expected one each")
        tokens = self.script(texts).to(pixels.device)
        return -surprises(self.connector.told(pixels, tokens).float(), tokens.ids, tokens.told)


def narrator_of(network: Connector, script: Script, name: str, facts: Mapping[str, Fact]) -> Narrator:
    """The model of a connector as it is now, of the same tensors. Raises `Refused` where it rejects its own size."""
    eye, plan = eye_of(network.tower, name, facts), network.plan
    rest = {name: value for name, value in asdict(plan).items() if name != "eye"}
    read_by = {**rest, "image": told(plan.eye.image), "words": script.to_json()}
    params = sum(parameter.numel() for parameter in network.parameters())
    return Narrator(eye, network, script, replace(eye.card, digest=identity(network, read_by), params=params))
