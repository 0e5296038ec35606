"""Eyes for a language model: a vision tower, what connects it, and a causal language model.

    mlp               the tokens of the picture, through a perceptron, stand before the words (Liu et al. 2023, LLaVA)
    cross_attention   layers between those of the language model look at the picture, through gates that are shut at
                      first, so that it begins as the language model that it was (Alayrac et al. 2022, Flamingo)

Then comes the start token, then the words, as in PaliGemma (Beyer et al. 2024, section 3.1). The picture's tokens are
those of the tower's last layer, and before them one for the picture as a whole, so that what the tower pools is taught.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal, final

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from eyechart.errors import BadInput
from eyechart.models.decoder import CrossAttention
from eyechart.models.flops import at_rest
from eyechart.models.image_trunks import STRICT
from eyechart.models.language import BorrowedPlan, Language, OwnLanguage, language
from eyechart.models.tokens import Tokens
from eyechart.models.towers import EyePlan, OneTower, TextPlan

Kind = Literal["mlp", "cross_attention"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorPlan:
    """All that is needed to build a connector, before it has learnt anything."""

    __pydantic_config__: ClassVar = STRICT

    eye: EyePlan
    language: TextPlan | BorrowedPlan
    connector: Kind
    start: int  # the token before the first word
    end: int  # the token after the last
    context: int  # the most tokens of a text, its end included
    every: int = 1  # of "cross_attention": one layer of its own before so many of the language model
    heads: int = 4  # of the same


@final
class Gated(nn.Module):
    """``x + tanh(a) attention(x, picture)``, and then as much of a perceptron; both gates are 0 at first.

    Source: Alayrac et al. 2022 (Flamingo), section 2.2 and figure 4.
    """

    def __init__(self, width: int, source: int, heads: int) -> None:
        super().__init__()
        self.attention = CrossAttention(width, source, heads)
        self.mlp = nn.Sequential(
            nn.LayerNorm(width), nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)
        )
        self.gates = nn.Parameter(torch.zeros(2))
        self._picture: Tensor | None = None

    def forward(self, x: Float[Tensor, "n t d"], picture: Float[Tensor, "n s e"]) -> Float[Tensor, "n t d"]:
        seen, thought = self.gates.tanh().to(x.dtype)
        x = x + seen * self.attention(x, picture)
        return x + thought * self.mlp(x)

    def look(self, picture: Tensor | None) -> None:
        """From now on the layer that this one stands before is shown `picture`; None: it is as it was."""
        self._picture = picture

    def before(self, _: nn.Module, args: tuple[Any, ...], named: Mapping[str, Any]) -> Any:
        """The hook of that layer."""
        if self._picture is None:
            return args, named
        if args:
            return (self(args[0], self._picture), *args[1:]), named
        return args, {**named, "hidden_states": self(named["hidden_states"], self._picture)}


@final
class Prefix(nn.Module):
    """The picture stands before the words: two linear maps with a GELU between (Liu et al. 2023, LLaVA-1.5)."""

    def __init__(self, plan: ConnectorPlan, tongue: Language, source: int) -> None:  # noqa: ARG002  # as `Between`
        super().__init__()
        self.map = nn.Sequential(nn.Linear(source, tongue.width), nn.GELU(), nn.Linear(tongue.width, tongue.width))

    def forward(
        self, tongue: Language, picture: Float[Tensor, "n s e"], said: Float[Tensor, "n t d"], last: int
    ) -> Float[Tensor, "n u v"]:
        return tongue(torch.cat([self.map(picture), said], dim=1), last)


@final
class Between(nn.Module):
    """The picture is seen between the layers of the language model, which stays as it is in all other respects."""

    def __init__(self, plan: ConnectorPlan, tongue: Language, source: int) -> None:
        super().__init__()
        if tongue.width % plan.heads:
            raise BadInput(f"{plan.heads} heads cannot share the language model's width of {tongue.width}")
        before = list(tongue.layers)[:: plan.every]
        self.layers = nn.ModuleList(Gated(tongue.width, source, plan.heads) for _ in before)
        for gated, layer in zip(self.layers, before, strict=True):
            layer.register_forward_pre_hook(gated.before, with_kwargs=True)

    def forward(
        self, tongue: Language, picture: Float[Tensor, "n s e"], said: Float[Tensor, "n t d"], last: int
    ) -> Float[Tensor, "n u v"]:
        with self._showing(picture):
            return tongue(said, last)

    @contextmanager
    def _showing(self, picture: Tensor) -> Iterator[None]:
        for gated in self.layers:
            gated.look(picture)
        try:
            yield
        finally:
            for gated in self.layers:
                gated.look(None)


BRIDGES: Mapping[str, type[Prefix] | type[Between]] = {"mlp": Prefix, "cross_attention": Between}


@final
class Connector(nn.Module):
    """What the next word is, given a picture and the words so far."""

    def __init__(self, plan: ConnectorPlan, tower: OneTower | None = None, tongue: Language | None = None) -> None:
        """Parts that are given are used and not copied; the others are made by the plan.

        Raises `BadInput` when the parts do not fit together.
        """
        super().__init__()
        self.plan = plan
        self.tower = OneTower(plan.eye) if tower is None else tower
        whole, tokens, count = _seen(self.tower)
        _check(plan, count)
        ahead = count if plan.connector == "mlp" else 0
        self.language = language(_longer(plan.language, plan.context + ahead)) if tongue is None else tongue
        _check_language(plan, self.language, ahead)
        self.whole = nn.Linear(whole, tokens)
        self.bridge = BRIDGES[plan.connector](plan, self.language, tokens)

    def picture(self, pixels: Float[Tensor, "n b h w"]) -> Float[Tensor, "n s e"]:
        """What is seen of pixels in [0, 1]: the whole, then the tokens of the last layer."""
        depths = self.tower.depths(pixels)
        return torch.cat([self.whole(depths.pooled)[:, None], depths.patches], dim=1)

    def forward(self, picture: Float[Tensor, "n s e"], said: Int[Tensor, "n t"], last: int) -> Float[Tensor, "n u v"]:
        """Logits of what follows each of the `last` tokens, of the start token and what was `said` after it."""
        words = self.language.embed(F.pad(said, (1, 0), value=self.plan.start))
        return self.bridge(self.language, picture, words, last)

    def told(self, pixels: Float[Tensor, "n b h w"], tokens: Tokens) -> Float[Tensor, "n t v"]:
        """Row t are the logits of token t of the texts, told from those before it and from the picture."""
        return self(self.picture(pixels), tokens.ids[:, :-1], tokens.ids.shape[1])


def _seen(tower: OneTower) -> tuple[int, int, int]:
    """Width of the whole, width of the tokens, and how many there are with the whole among them."""
    device = tower.mean.device
    with torch.no_grad(), at_rest(tower):
        found = tower.depths(torch.zeros(1, tower.plan.image.bands, *tower.plan.preprocessing.size, device=device))
    return found.pooled.shape[-1], found.patches.shape[-1], 1 + found.patches.shape[1]


def _longer(plan: TextPlan | BorrowedPlan, context: int) -> TextPlan | BorrowedPlan:
    """Places for the picture too, where they are learnt."""
    return replace(plan, context=context) if isinstance(plan, TextPlan) else plan


def _check(plan: ConnectorPlan, count: int) -> None:
    if plan.every < 1:
        raise BadInput(f"every={plan.every} was given; a layer stands before one of the language model's at least")
    if plan.connector == "cross_attention" and count <= 2:
        raise BadInput(
            f"cross-attention looks at the patches of a picture, and this tower gives {count - 1} for pictures of "
            f"{plan.eye.preprocessing.size[0]} x {plan.eye.preprocessing.size[1]} pixels; take larger pictures, a vit, "
            "or connector='mlp'"
        )


def _check_language(plan: ConnectorPlan, tongue: Language, ahead: int) -> None:
    if tongue.longest is not None and plan.context + ahead > tongue.longest:
        raise BadInput(
            f"the language model reads {tongue.longest} tokens at most; {ahead} of the picture and {plan.context} of "
            "the text are more"
        )
    if isinstance(tongue, OwnLanguage) or max(plan.start, plan.end) < tongue.entries:
        return
    raise BadInput(f"the tokens {plan.start} and {plan.end} are beyond the {tongue.entries} of the language model")
