"""Causal language models of transformers, for eyes to be connected with; code of a repository is never run."""

from __future__ import annotations

import inspect
import json
from typing import Any, final

import torch
import transformers
from jaxtyping import Float, Int
from torch import Tensor, nn

from eyechart.errors import Refused
from eyechart.models.huggingface import VOLATILE, hushed, place_of, tried
from eyechart.models.language import BorrowedPlan, Language, Script
from eyechart.models.weights import check


@final
class Borrowed(Language):
    """A causal language model of transformers, by default with the library's random weights."""

    def __init__(self, plan: BorrowedPlan, net: Any = None) -> None:
        """Raises `Refused` where its layers cannot be found, or a word knows those after it."""
        super().__init__()
        told = dict(plan.config)
        self.net = (
            net
            if net is not None
            else transformers.AutoModelForCausalLM.from_config(
                transformers.AutoConfig.for_model(told.pop("model_type"), **told)
            )
        )
        config = self.net.config
        self.width = int(config.hidden_size)
        self.entries = int(self.net.get_input_embeddings().num_embeddings)
        self.longest: int | None = getattr(config, "max_position_embeddings", None)  # some know no limit
        self._place = _layers(self.net, int(config.num_hidden_layers))
        self._cuts = "logits_to_keep" in inspect.signature(self.net.forward).parameters
        _check(self)

    @property
    def layers(self) -> nn.ModuleList:
        found: nn.ModuleList = self.net.get_submodule(self._place)
        return found

    def embed(self, ids: Int[Tensor, "n t"]) -> Float[Tensor, "n t d"]:
        return self.net.get_input_embeddings()(ids)

    def forward(self, vectors: Float[Tensor, "n t d"], last: int) -> Float[Tensor, "n s v"]:
        cut = {"logits_to_keep": last} if self._cuts else {}
        return self.net(inputs_embeds=vectors, use_cache=False, **cut).logits[:, -last:]


def borrow(name: str, context: int) -> tuple[Borrowed, BorrowedPlan, Script]:
    """A pretrained causal language model, ``hf:<hub id or local folder>``, with its tokenizer; nothing drops out in it.

    `context` is the most tokens of a text.

    Raises:
        BadInput: there is no such folder.
        Refused: it cannot be fetched, is no causal language model, brings code of its own, has missing weights, or
            its tokenizer does not belong to it.
    """
    place = place_of(name.removeprefix("hf:"))
    with hushed():
        config = tried(name, lambda: transformers.AutoConfig.from_pretrained(place.where, **place.reading))
        for field, value in config.to_dict().items():
            if "drop" in field and isinstance(value, float):
                setattr(config, field, 0.0)  # chance is not the library's to draw
        net, found = tried(
            name,
            lambda: transformers.AutoModelForCausalLM.from_pretrained(
                place.where,
                config=config,
                dtype=torch.float32,
                output_loading_info=True,
                weights_only=True,
                **place.reading,
            ),
        )
        tokenizer = tried(name, lambda: transformers.AutoTokenizer.from_pretrained(place.where, **place.reading))
    check(place.where, type(net).__name__, missing=found["missing_keys"], unexpected=found["unexpected_keys"])
    lasting = {key: value for key, value in config.to_dict().items() if key not in VOLATILE}
    plan = BorrowedPlan(config=json.loads(json.dumps(lasting, default=str)))
    model = Borrowed(plan, net)
    return model, plan, _script(name, tokenizer, model, context)


def _script(name: str, tokenizer: Any, model: Borrowed, context: int) -> Script:
    backend, end = getattr(tokenizer, "backend_tokenizer", None), tokenizer.eos_token_id
    if backend is None or end is None:
        raise Refused(f"the tokenizer of {name} has no end token, or is not of the tokenizers library; a caption ends")
    start = end if tokenizer.bos_token_id is None else tokenizer.bos_token_id
    script = Script(backend.to_str(), start=int(start), end=int(end), context=context)
    if script.entries > model.entries:
        raise Refused(
            f"the tokenizer of {name} has {script.entries} entries and its language model knows {model.entries}; "
            "they do not belong together"
        )
    return script


def _layers(net: nn.Module, count: int) -> str:
    for path, part in net.named_modules():
        if isinstance(part, nn.ModuleList) and len(part) == count:
            return path
    raise Refused(f"{type(net).__name__} has no list of its {count} layers, so that nothing can be put between them")


def _check(model: Borrowed) -> None:
    """By saying two texts that differ in their last word only."""
    device = next(model.parameters()).device
    training = model.training
    with torch.no_grad():
        vectors = model.eval().embed(torch.tensor([[0, 1, 0], [0, 1, 1]], device=device))
        one, other = model(vectors, 3)[:, :2]
    model.train(training)
    if vectors.shape[-1] != model.width:
        raise Refused(
            f"{type(model.net).__name__} reads words of width {vectors.shape[-1]} and computes in {model.width}; "
            "expected one width"
        )
    if not torch.allclose(one, other, atol=1e-4):
        raise Refused(f"in this {type(model.net).__name__} words know those after them; a causal one is needed")
