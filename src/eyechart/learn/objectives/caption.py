"""Caption: a language model that sees the picture says the caption, token by token."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal, final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from eyechart.errors import BadInput
from eyechart.learn import pairs
from eyechart.learn.chance import Chance
from eyechart.learn.gather import mean_of_all
from eyechart.learn.objective import Batch, Loss, Objective
from eyechart.models.connector import Connector, ConnectorPlan, Kind
from eyechart.models.language import BorrowedPlan, Language, Script, surprises
from eyechart.models.narrator import Narrator, narrator_of
from eyechart.models.tokens import Words
from eyechart.models.towers import OneTower, TextPlan

Start = tuple[Language | None, TextPlan | BorrowedPlan, Script]


def per_token(surprise: Float[Tensor, " n"], tokens: Int[Tensor, " n"]) -> Float[Tensor, ""]:
    """Mean surprise at a token, over all texts of all processes: `surprise` and `tokens` are sums of each text."""
    return surprise.sum() / mean_of_all(tokens.sum().to(surprise.dtype))


@final
class Caption(Objective):
    """The mean surprise at each token of the captions, their ends included, given the picture and the tokens before.

    The language model is new, of the shape `text`, or any causal one of transformers, which brings its own tokenizer.
    LLaVA's first stage freezes both ends and teaches what connects them, Flamingo the same with "cross_attention".
    Source: Vinyals et al. 2015 (Show and Tell), equation 1; for the ways to connect see `eyechart.models.connector`.
    """

    def __init__(
        self,
        tower: OneTower,
        words: Words,
        text: TextPlan,
        *,
        connector: Kind = "mlp",
        language: str | None = None,
        frozen: tuple[Literal["tower", "language"], ...] = (),
    ) -> None:
        """`language` is ``hf:<hub id or folder>``; without it the project's own is made. `frozen` is not taught.

        Raises:
            BadInput: the parts do not fit together.
            Refused: the language model cannot be had, or cannot be trusted.
        """
        super().__init__()
        tongue, shape, script = _own(words, text) if language is None else _borrowed(language, text.context)
        plan = ConnectorPlan(
            eye=tower.plan,
            language=shape,
            connector=connector,
            start=script.start,
            end=script.end,
            context=script.context,
            heads=text.heads,
        )
        self.network, self.script, self.frozen = Connector(plan, tower, tongue), script, frozen
        self.train()

    @property
    def tower(self) -> OneTower:
        """What sees."""
        return self.network.tower

    def train(self, mode: bool = True) -> Caption:
        """What is frozen stays as in an examination."""
        super().train(mode)
        for part in self.frozen:
            self.network.get_submodule(part).requires_grad_(requires_grad=False).eval()
        return self

    def loss(self, batch: Batch, chance: Chance) -> Loss:
        return self.compare(self.features(batch, chance), batch)

    def features(self, batch: Batch, chance: Chance) -> dict[str, Tensor]:  # noqa: ARG002  # nothing is random here
        device = batch.pixels.device
        tokens = self.script(pairs.told(batch, "caption")).to(device)
        logits = self.network.told(batch.pixels, tokens).float()
        with torch.autocast(device.type, enabled=False):
            return {"surprise": surprises(logits, tokens.ids, tokens.told), "tokens": tokens.end + 1}

    def compare(self, features: Mapping[str, Tensor], batch: Batch) -> Loss:  # noqa: ARG002  # all is in the features
        total = per_token(features["surprise"], features["tokens"])
        return Loss(total, {"caption": total.detach()})

    def product(self) -> Narrator:
        return narrator_of(self.network, self.script, "caption", {"objective": "caption"})

    def prior(self, count: int) -> float:  # noqa: ARG002  # the same for any number of pictures
        """Of one to whom all tokens are equally likely; a language model that has learnt begins below."""
        return math.log(self.network.language.entries)


def _own(words: Words, text: TextPlan) -> Start:
    """A language model that is yet to be made."""
    if (words.entries, words.context) != (text.entries, text.context):
        raise BadInput(
            f"the tokenizer has {words.entries} entries and a context of {words.context}; the language model was "
            f"planned for {text.entries} and {text.context}"
        )
    return None, text, Script.of(words)


def _borrowed(name: str, context: int) -> Start:
    from eyechart.models.borrowed import borrow  # noqa: PLC0415  # transformers takes seconds to load

    return borrow(name, context)


PUBLIC = Caption
