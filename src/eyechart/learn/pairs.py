"""Pictures with their texts: what all objectives have in common that teach a pair of towers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from hashlib import blake2b

import torch
from jaxtyping import Float, Int
from torch import Tensor

from eyechart.errors import BadInput
from eyechart.learn.objective import Batch
from eyechart.models.dual import Dual, describe
from eyechart.models.tokens import Words
from eyechart.models.towers import Depths, TwoTowers

GROUPS = 4  # of texts that are read together
HIGHEST = math.log(100.0)  # of the logarithm of the scale: Radford et al. 2021 (CLIP), section 2.5


def numbered(texts: Sequence[str], device: torch.device) -> Int[Tensor, " n"]:
    """A number per text, the same for equal texts in whatever process: the first bytes of its digest."""
    digests = [blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest() for text in texts]
    return torch.tensor([int.from_bytes(found, signed=True) for found in digests], dtype=torch.int64, device=device)


def read(towers: TwoTowers, words: Words, texts: Sequence[str]) -> Float[Tensor, "m d"]:
    """One vector per text, in the shared space.

    Texts that are equal are read once; on a CPU, which has nothing to gain from large matrices, those of like length
    together, for most of a batch that is as wide as its longest text is padding.
    """
    device = towers.log_scale.device
    distinct = {text: place for place, text in enumerate(dict.fromkeys(texts))}
    tokens = words(list(distinct))
    by_length = tokens.end.argsort(stable=True)
    groups = by_length.chunk(GROUPS if device.type == "cpu" else 1)
    rows = torch.cat([towers.encode_tokens(tokens.of(group).to(device)) for group in groups])
    places = torch.empty_like(by_length).scatter(0, by_length, torch.arange(len(by_length)))
    return rows[places[[distinct[text] for text in texts]].to(device)]


def told(batch: Batch, objective: str) -> Sequence[str]:
    """The texts of a batch. Raises `BadInput` where it has not one per picture."""
    if len(batch.texts) != len(batch):
        raise BadInput(f"{objective} learns from a text per picture; got {len(batch.texts)} for {len(batch)} pictures")
    return batch.texts


def check(towers: TwoTowers, words: Words) -> None:
    """Raises `BadInput` when the tokenizer is not the one that the text tower was planned for."""
    plan = towers.plan.text
    if (words.entries, words.context) != (plan.entries, plan.context):
        raise BadInput(
            f"the tokenizer has {words.entries} entries and a context of {words.context}; the text tower expects "
            f"{plan.entries} and {plan.context}"
        )


def sample(towers: TwoTowers) -> Depths:
    """What the image tower gives for one picture, whatever it be."""
    plan, mode = towers.plan, towers.training
    rows = torch.rand(1, plan.image.bands, *plan.preprocessing.size, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        found = towers.eval().depths(rows.to(towers.log_scale.device))
    towers.train(mode)
    return found


def check_tokens(towers: TwoTowers, objective: str, whole: float) -> None:
    """For objectives that teach single tokens, with the weight of what they teach of the picture as a whole.

    Raises:
        BadInput: the weight is negative, tokens do not fit the projection that whole pictures go through, or the whole
            is more than the mean of the tokens and nothing would teach what is more.
    """
    pooled, patches = sample(towers)
    if whole < 0:
        raise BadInput(f"whole={whole} was given; a weight is not negative")
    if pooled.shape[-1] != patches.shape[-1]:
        raise BadInput(
            f"{objective} projects single tokens; those of this image tower have width {patches.shape[-1]}, the whole "
            f"{pooled.shape[-1]}"
        )
    if not whole and not torch.allclose(pooled, patches.mean(dim=1), atol=1e-5):
        raise BadInput(
            f"{objective} teaches single tokens, and in this image tower the whole picture is more than their mean; "
            "give whole=1.0 to teach both, or take a vit without a class token"
        )


def hold_scale(towers: TwoTowers) -> None:
    """Keeps what the cosine is multiplied by between 1 and 100."""
    with torch.no_grad():
        towers.log_scale.clamp_(0.0, HIGHEST)


def product(towers: TwoTowers, words: Words, objective: str) -> Dual:
    """The pair as a model, of the same tensors, named after what taught it."""
    facts = {"objective": objective}
    return Dual(towers, words, describe(towers, words, objective, facts), facts)
