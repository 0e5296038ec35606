"""Language models that say what comes next: the project's own, and any causal one of transformers.

Both take vectors in the place of words, so that a picture can stand among them, and show their layers.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, final

import torch
from jaxtyping import Bool, Float, Int
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional as F

from eyechart.errors import BadInput
from eyechart.models.image_trunks import STRICT
from eyechart.models.tokens import Tokens, Words
from eyechart.models.towers import TextPlan, TextTrunk


@dataclass(frozen=True, slots=True, kw_only=True)
class BorrowedPlan:
    """A causal language model of transformers; its weights are kept beside the plan like all others."""

    __pydantic_config__: ClassVar = STRICT

    family: Literal["transformers"] = "transformers"
    config: Mapping[str, Any]  # as the library writes it, `model_type` included


@final
class Script:
    """How texts are spelt for a language model: the token `start` stands before each, the token `end` after it."""

    def __init__(self, told: str, *, start: int, end: int, context: int) -> None:
        """`told` is JSON of the tokenizers library, `context` the most tokens of a text, its end included.

        Raises `BadInput` when `told` is none, or where a text could have no word.
        """
        if context < 2:
            raise BadInput(f"context={context} was given; a text has a word and an end at least")
        words = Words.from_json(told, context)
        self._told, self._tokenizer = words.to_json(), Tokenizer.from_str(told)
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._tokenizer.encode_special_tokens = True  # a text that spells a special token does not become one
        self.start, self.end, self.context = start, end, context

    @classmethod
    def of(cls, words: Words) -> Script:
        """As the project's own tokenizer spells, whose one special token serves as start and as end."""
        return cls(words.to_json(), start=words.entries - 1, end=words.entries - 1, context=words.context)

    def to_json(self) -> str:
        """The tokenizer as one JSON text."""
        return self._told

    @property
    def entries(self) -> int:
        """How many vectors a language model needs at least to be fed with it."""
        return 1 + max(self.start, self.end, *self._tokenizer.get_vocab(with_added_tokens=True).values())

    def __call__(self, texts: Sequence[str]) -> Tokens:
        """One row per text with its end, padded to the longest; what exceeds the context is cut."""
        codes = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        rows = [[*code.ids[: self.context - 1], self.end] for code in codes]
        width = max((len(row) for row in rows), default=1)
        ids = torch.tensor([row + [self.end] * (width - len(row)) for row in rows], dtype=torch.int64)
        return Tokens(ids.reshape(len(rows), width), torch.tensor([len(row) - 1 for row in rows], dtype=torch.int64))

    def tell(self, rows: Sequence[Sequence[int]]) -> list[str]:
        """The texts of tokens, each up to its end where it has one."""
        cut = [list(row[: row.index(self.end)] if self.end in row else row) for row in rows]
        return [text.strip() for text in self._tokenizer.decode_batch(cut)]


class Language(nn.Module, ABC):
    """Says what comes next."""

    width: int  # of the vectors, outside and inside
    entries: int  # how many tokens there are
    longest: int | None  # the most vectors it takes; None: it knows no limit

    @property
    @abstractmethod
    def layers(self) -> nn.ModuleList:
        """Each takes the hidden states first."""

    @abstractmethod
    def embed(self, ids: Int[Tensor, "n t"]) -> Float[Tensor, "n t d"]:
        """The vectors of tokens."""

    @abstractmethod
    def forward(self, vectors: Float[Tensor, "n t d"], last: int) -> Float[Tensor, "n s v"]:
        """What follows each of the `last` vectors, as logits; none knows those after it."""


@final
class OwnLanguage(Language):
    """The text trunk of the project's own towers, asked for the next word by comparing with the words it reads.

    Input and output matrix are one (Press and Wolf 2017), so that it begins with all words about equally likely.
    """

    def __init__(self, plan: TextPlan) -> None:
        """Raises `BadInput` when the width cannot be shared among the heads."""
        super().__init__()
        if plan.width % plan.heads:
            raise BadInput(f"the text width must be divisible by its heads; got {plan}")
        self.trunk = TextTrunk(plan)
        self.width, self.entries, self.longest = plan.width, plan.entries, plan.context

    @property
    def layers(self) -> nn.ModuleList:
        return self.trunk.blocks

    def embed(self, ids: Int[Tensor, "n t"]) -> Float[Tensor, "n t d"]:
        return self.trunk.embed(ids)

    def forward(self, vectors: Float[Tensor, "n t d"], last: int) -> Float[Tensor, "n s v"]:
        x = vectors + self.trunk.position[: vectors.shape[1]]
        for block in self.layers:
            x = block(x, is_causal=True)
        return F.linear(self.trunk.norm(x[:, -last:]), self.trunk.embed.weight)


def language(plan: TextPlan | BorrowedPlan) -> Language:
    """The language model of a plan, with random weights."""
    if isinstance(plan, TextPlan):
        return OwnLanguage(plan)
    from eyechart.models.borrowed import Borrowed  # noqa: PLC0415  # transformers takes seconds to load

    return Borrowed(plan)


def surprises(
    logits: Float[Tensor, "n t v"], ids: Int[Tensor, "n t"], told: Bool[Tensor, "n t"]
) -> Float[Tensor, " n"]:
    """Minus the log-probability of the tokens that were `told`, summed per text, in nats; row t is about token t."""
    each = F.cross_entropy(logits.flatten(0, 1), ids.flatten(), reduction="none").reshape(ids.shape)
    return torch.where(told, each, 0.0).sum(dim=1)
