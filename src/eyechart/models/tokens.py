"""Words to numbers: byte-level BPE, so that no text is ever out of vocabulary."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, final

import torch
from jaxtyping import Bool, Int
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from torch import Tensor

from eyechart.errors import BadInput


class Tokens(NamedTuple):
    """Texts as rows of equal length; what follows a row's `end` is padding."""

    ids: Int[Tensor, "m t"]
    end: Int[Tensor, " m"]  # where the end token stands

    def to(self, device: str | torch.device) -> Tokens:
        """The same on another device."""
        return Tokens(self.ids.to(device), self.end.to(device))

    def of(self, rows: Int[Tensor, " k"]) -> Tokens:
        """Some rows, as wide as the longest of them."""
        end = self.end[rows]
        return Tokens(self.ids[rows, : int(end.max()) + 1], end)

    @property
    def told(self) -> Bool[Tensor, "m t"]:
        """What is no padding, the end included."""
        return torch.arange(self.ids.shape[1], device=self.ids.device) <= self.end[:, None]


@final
class Words:
    """A tokenizer: NFKC, lower case, byte-level BPE, then one end token that no text can spell.

    Source: byte-level BPE as in GPT-2 (Radford et al. 2019, section 2.2).
    """

    def __init__(self, tokenizer: Tokenizer, context: int) -> None:
        """`context` is the most tokens a text may have, the end included; longer texts are cut, as CLIP cuts them."""
        self._tokenizer = tokenizer
        self.context = context

    @classmethod
    def learn(cls, texts: Iterable[str], *, entries: int, context: int) -> Words:
        """Merges learnt from `texts`, until there are `entries` tokens; all 256 bytes are among them."""
        tokenizer = Tokenizer(models.BPE())
        tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase(), normalizers.Strip()])
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
        tokenizer.decoder = decoders.ByteLevel()
        alphabet = pre_tokenizers.ByteLevel.alphabet()
        trainer = trainers.BpeTrainer(vocab_size=entries, initial_alphabet=alphabet, show_progress=False)
        tokenizer.train_from_iterator(texts, trainer)
        return cls(tokenizer, context)

    @classmethod
    def from_json(cls, text: str, context: int) -> Words:
        """Raises `BadInput` when `text` is not what `to_json` wrote."""
        try:
            return cls(Tokenizer.from_str(text), context)
        except Exception as error:  # the library raises nothing narrower
            raise BadInput(
                f"the tokenizer cannot be read: {error}; expected the JSON of the `tokenizers` library"
            ) from error

    def to_json(self) -> str:
        """All that is needed to read it again, as one JSON text."""
        return str(self._tokenizer.to_str(pretty=False))

    @property
    def entries(self) -> int:
        """How many distinct ids there are, the end token included."""
        return int(self._tokenizer.get_vocab_size()) + 1

    def __call__(self, texts: Sequence[str]) -> Tokens:
        """One row per text, padded to the longest."""
        last = self.entries - 1
        rows = [[*code.ids[: self.context - 1], last] for code in self._tokenizer.encode_batch(list(texts))]
        width = max((len(row) for row in rows), default=1)
        padded = [row + [last] * (width - len(row)) for row in rows]
        ids = torch.tensor(padded, dtype=torch.int64).reshape(len(rows), width)
        return Tokens(ids, torch.tensor([len(row) - 1 for row in rows], dtype=torch.int64))
