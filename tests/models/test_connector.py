"""Eyes for language models: the project's own, and tiny ones that transformers writes and reads."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import tokenizers
import torch
import transformers
from torch import Tensor

from eyechart.core import PatchEncoder, Preprocessing
from eyechart.errors import BadInput, EyechartError, Refused
from eyechart.models import load
from eyechart.models.borrowed import borrow
from eyechart.models.captioner import Captioner
from eyechart.models.checkpoint import save
from eyechart.models.connector import Connector, ConnectorPlan, Gated, Kind
from eyechart.models.language import OwnLanguage, Script, surprises
from eyechart.models.narrator import Narrator, narrator_of
from eyechart.models.tokens import Words
from eyechart.models.towers import EyePlan, ImagePlan, TextPlan

TEXTS = ("a red cube", "a ball", "nothing at all to see")
OWN = Words.learn(TEXTS, entries=275, context=16)
VIT = ImagePlan(family="vit", patch=8, widths=(16,), depths=(1,), heads=2)
CNN = ImagePlan(family="convnext", patch=2, widths=(8, 8, 16, 24), depths=(1, 1, 1, 1))
EYE = EyePlan(image=VIT, preprocessing=Preprocessing(size=(16, 16), resize="crop", mean=(0.5,) * 3, std=(0.25,) * 3))
SMALL: dict[str, Any] = {"bos_token_id": 0, "eos_token_id": 1}
CONFIGS: dict[str, Callable[[], Any]] = {
    "llama": lambda: transformers.LlamaConfig(
        vocab_size=300, hidden_size=24, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2,
        max_position_embeddings=64, **SMALL,
    ),
    "gpt2": lambda: transformers.GPT2Config(
        vocab_size=290, n_embd=24, n_layer=2, n_head=2, n_positions=64, tie_word_embeddings=True, **SMALL
    ),
}  # fmt: skip
KINDS: tuple[Kind, ...] = ("mlp", "cross_attention")
PIXELS = torch.rand(3, 3, 16, 16, generator=torch.Generator().manual_seed(5))


def tokenizer(special: dict[str, str] | None = None) -> Any:
    """Byte-level BPE with a start and an end, as the tokenizers library trains it."""
    made = tokenizers.Tokenizer(tokenizers.models.BPE())
    made.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = tokenizers.decoders.ByteLevel()
    alphabet = tokenizers.pre_tokenizers.ByteLevel.alphabet()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=280, special_tokens=["<s>", "</s>"], initial_alphabet=alphabet, show_progress=False
    )
    made.train_from_iterator(TEXTS, trainer)
    special = {"bos_token": "<s>", "eos_token": "</s>"} if special is None else special
    return transformers.PreTrainedTokenizerFast(tokenizer_object=made, **special)


def written(folder: Path, config: Any, special: dict[str, str] | None = None) -> str:
    torch.manual_seed(3)
    transformers.AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    tokenizer(special).save_pretrained(folder)
    return f"hf:{folder}"


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return {name: written(tmp_path_factory.mktemp(name), config()) for name, config in CONFIGS.items()}


def connected(name: str, kind: Kind, image: ImagePlan = VIT, context: int = 16) -> tuple[Connector, Script]:
    """With a borrowed language model, or with the project's own for ``own``."""
    torch.manual_seed(0)
    tongue, shape, script = None, TextPlan(entries=OWN.entries, context=16, width=16, depth=2, heads=2), Script.of(OWN)
    if name != "own":
        tongue, shape, script = borrow(name, context)
    plan = ConnectorPlan(
        eye=replace(EYE, image=image), language=shape, connector=kind, start=script.start, end=script.end,
        context=script.context, heads=2,
    )  # fmt: skip
    return Connector(plan, None, tongue).eval(), script


def opened(network: Connector) -> Connector:
    """With gates that let something through."""
    for part in network.modules():
        if isinstance(part, Gated):
            torch.nn.init.constant_(part.gates, 0.5)
    return network


def narrator(network: Connector, script: Script) -> Narrator:
    return narrator_of(network, script, "fresh", {})


each = pytest.mark.parametrize("name", ["own", "llama", "gpt2"])
both = pytest.mark.parametrize("kind", KINDS)


# --------------------------------------------------------------------------------------------------------------------
# Tokens


def test_a_script_spells_and_reads_its_own_spelling() -> None:
    script = Script.of(OWN)
    tokens = script(TEXTS)
    assert script.tell(tokens.ids.tolist()) == list(TEXTS)
    assert [row[end] for row, end in zip(tokens.ids.tolist(), tokens.end.tolist(), strict=True)] == [script.end] * 3
    assert tokens.told.sum(dim=1).tolist() == [end + 1 for end in tokens.end.tolist()]
    assert torch.equal(tokens.ids, OWN(TEXTS).ids)
    assert script.entries == OWN.entries


def test_a_text_that_is_too_long_is_cut_and_one_that_spells_a_token_is_a_text() -> None:
    script = Script.of(Words.from_json(OWN.to_json(), 4))
    assert script(["nothing at all to see"]).ids.shape == (1, 4)
    borrowed = Script(tokenizer().backend_tokenizer.to_str(), start=0, end=1, context=20)
    assert 1 not in borrowed(["</s>"]).ids[0, :-1]
    assert borrowed.tell(borrowed(["<s> and </s>"]).ids.tolist()) == ["<s> and </s>"]
    with pytest.raises(BadInput, match="a word and an end at least"):
        Script(OWN.to_json(), start=0, end=0, context=1)


# --------------------------------------------------------------------------------------------------------------------
# Networks


def test_a_gated_layer_equals_its_formula() -> None:
    layer, x, picture = Gated(8, 6, 2), torch.rand(2, 3, 8), torch.rand(2, 5, 6)
    assert torch.equal(layer(x, picture), x)
    with torch.no_grad():
        layer.gates.copy_(torch.tensor([0.5, -0.2]))
    seen = x + math.tanh(0.5) * layer.attention(x, picture)
    torch.testing.assert_close(layer(x, picture), seen - math.tanh(0.2) * layer.mlp(seen))


@each
def test_shut_gates_leave_the_language_model_as_it_is(name: str, places: dict[str, str]) -> None:
    network, script = connected(places.get(name, name), "cross_attention")
    tokens = script(TEXTS)
    said = torch.nn.functional.pad(tokens.ids[:, :-1], (1, 0), value=script.start)
    if name == "own":
        alone = network.language(network.language.embed(said), said.shape[1])
    else:
        alone = transformers.AutoModelForCausalLM.from_pretrained(places[name].removeprefix("hf:"))(said).logits
    assert torch.equal(network.told(PIXELS, tokens), alone)
    assert not torch.allclose(opened(network).told(PIXELS, tokens), alone, atol=1e-4)


@pytest.mark.parametrize("name", ["llama", "gpt2"])
def test_what_is_not_looking_does_not_disturb_the_language_model(name: str, places: dict[str, str]) -> None:
    network, script = connected(places[name], "cross_attention")
    opened(network).told(PIXELS, script(TEXTS))
    ids = script(TEXTS).ids
    alone = transformers.AutoModelForCausalLM.from_pretrained(places[name].removeprefix("hf:"))(ids).logits
    assert torch.equal(network.language.net(ids).logits, alone)


@pytest.mark.parametrize("name", ["llama", "gpt2"])
def test_the_loss_is_that_of_the_library_which_shifts_by_itself(name: str, places: dict[str, str]) -> None:
    network, script = connected(places[name], "cross_attention")
    tokens = script(TEXTS)
    ours = surprises(network.told(PIXELS, tokens), tokens.ids, tokens.told).sum() / tokens.told.sum()
    whole = torch.nn.functional.pad(tokens.ids, (1, 0), value=script.start)
    labels = torch.nn.functional.pad(tokens.ids.masked_fill(~tokens.told, -100), (1, 0), value=-100)
    theirs = transformers.AutoModelForCausalLM.from_pretrained(places[name].removeprefix("hf:"))
    assert ours.item() == pytest.approx(theirs(input_ids=whole, labels=labels).loss.item(), rel=1e-5)


@each
@both
def test_no_word_knows_those_after_it_and_all_know_the_picture(name: str, kind: Kind, places: dict[str, str]) -> None:
    network, script = connected(places.get(name, name), kind)
    opened(network)
    tokens = script(TEXTS)
    later = tokens.ids.clone()
    later[:, 2:] = (later[:, 2:] + 7) % 250
    before, after = network.told(PIXELS, tokens), network.told(PIXELS, tokens._replace(ids=later))
    torch.testing.assert_close(before[:, :3], after[:, :3], rtol=0, atol=1e-5)
    assert not torch.allclose(before[:, 3:], after[:, 3:], atol=1e-4)
    other = network.told(PIXELS.flip(0), tokens)
    assert ((before - other).abs().amax(dim=-1)[0] > 1e-6).all()


@both
def test_what_stands_in_the_padding_does_not_matter(kind: Kind, places: dict[str, str]) -> None:
    network, script = connected(places["llama"], kind)
    tokens = script(TEXTS)
    found = [
        surprises(network.told(PIXELS, one), one.ids, one.told)
        for one in (tokens, tokens._replace(ids=tokens.ids.masked_fill(~tokens.told, 9)))
    ]
    assert torch.equal(*found)
    alone = narrator(network, script).log_likelihood(PIXELS[:1], TEXTS[:1])
    torch.testing.assert_close(-found[0][:1], alone)


def test_every_second_layer_looks(places: dict[str, str]) -> None:
    network, _ = connected("own", "cross_attention")
    assert len(Connector(replace(network.plan, every=2)).bridge.layers) == 1
    assert len(network.bridge.layers) == 2


# --------------------------------------------------------------------------------------------------------------------
# The model


@each
@both
def test_comes_back_from_disk_and_says_the_same(
    name: str, kind: Kind, places: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network, script = connected(places.get(name, name), kind)
    model = narrator(opened(network), script)
    save(model, tmp_path / "model", {"trained_on": "nothing"})
    monkeypatch.setattr(transformers.AutoTokenizer, "from_pretrained", None)  # all that it needs lies there
    back: Any = load(str(tmp_path / "model"))
    assert isinstance(back, PatchEncoder)
    assert isinstance(back, Captioner)
    assert back.card.digest == model.card.digest
    assert back.card.trained_on == "nothing"
    assert back.card.params == model.card.params == sum(value.numel() for value in network.parameters())
    assert back.caption(PIXELS) == model.caption(PIXELS)
    assert torch.equal(back.log_likelihood(PIXELS, TEXTS), model.log_likelihood(PIXELS, TEXTS))
    assert torch.equal(back.encode_image(PIXELS), model.encode_image(PIXELS))
    assert sorted(path.name for path in (tmp_path / "model").iterdir()) == [
        "config.json", "tokenizer.json", "weights.safetensors",
    ]  # fmt: skip


def slowly(network: Connector, script: Script, pixels: Tensor) -> list[int]:
    """The greedy caption of one picture, each token from the logits of all before it."""
    said: list[int] = []
    while len(said) < script.context - 1 and script.end not in said:
        row = network(network.picture(pixels), torch.tensor([said], dtype=torch.int64), len(said) + 1)[0, -1].tolist()
        said.append(max(range(len(row)), key=row.__getitem__))
    return said


@both
def test_a_caption_is_the_likeliest_word_after_word(kind: Kind) -> None:
    network, script = connected("own", kind)
    with torch.no_grad():
        opened(network).language.trunk.embed.weight.mul_(20)  # so that it has something to say
    model = narrator(network, script)
    told = model.caption(PIXELS)
    assert told == [model.caption(picture[None])[0] for picture in PIXELS]
    assert all(told)
    assert script.tell([slowly(network, script, picture[None]) for picture in PIXELS]) == told


def test_the_likelihood_of_a_text_is_the_sum_over_its_tokens() -> None:
    network, script = connected("own", "mlp")
    ids = script(TEXTS[:1]).ids[0].tolist()
    picture, expected = network.picture(PIXELS[:1]), 0.0
    for place, token in enumerate(ids):
        row = network(picture, torch.tensor([ids[:place]], dtype=torch.int64), 1)[0, 0].tolist()
        expected += row[token] - math.log(sum(math.exp(value) for value in row))
    found = narrator(network, script).log_likelihood(PIXELS[:1], TEXTS[:1])
    assert found.dtype == torch.float32
    assert found.item() == pytest.approx(expected, rel=1e-5)


# --------------------------------------------------------------------------------------------------------------------
# Refusals


def test_a_tower_without_patches_cannot_be_looked_at() -> None:
    with pytest.raises(BadInput, match="this tower gives 1 for pictures of 16 x 16 pixels; take larger pictures"):
        connected("own", "cross_attention", CNN)
    assert narrator(*connected("own", "mlp", CNN)).caption(PIXELS)


def test_more_tokens_than_the_language_model_reads_are_told(places: dict[str, str]) -> None:
    with pytest.raises(BadInput, match="reads 64 tokens at most; 5 of the picture and 60 of the text are more"):
        connected(places["gpt2"], "mlp", context=60)
    connected(places["gpt2"], "mlp", context=59)
    connected(places["gpt2"], "cross_attention", context=60)


def test_heads_and_steps_that_do_not_fit_are_told() -> None:
    plan = connected("own", "cross_attention")[0].plan
    with pytest.raises(BadInput, match="3 heads cannot share the language model's width of 16"):
        Connector(replace(plan, heads=3))
    with pytest.raises(BadInput, match="every=0"):
        Connector(replace(plan, every=0))


def test_a_text_per_picture_is_needed() -> None:
    with pytest.raises(BadInput, match="2 texts were given for 3 pictures"):
        narrator(*connected("own", "mlp")).log_likelihood(PIXELS, TEXTS[:2])


def bidirectional() -> Any:
    return transformers.BertConfig(
        vocab_size=290, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16
    )


@pytest.mark.parametrize(
    ("config", "special", "said"),
    [
        (lambda: transformers.GPT2Config(vocab_size=200, n_embd=8, n_layer=1, n_head=1, **SMALL), None,
         "280 entries and its language model knows 200; they do not belong together"),
        (CONFIGS["llama"], {"bos_token": "<s>"}, "has no end token"),
        (bidirectional, None, "words know those after them"),
    ],
    ids=["another tokenizer", "no end", "not causal"],
)  # fmt: skip
def test_language_models_that_cannot_serve_are_refused(
    config: Callable[[], Any], special: dict[str, str] | None, said: str, tmp_path: Path
) -> None:
    with pytest.raises(Refused, match=said):
        borrow(written(tmp_path, config(), special), 12)


def test_what_is_no_language_model_is_refused(tmp_path: Path) -> None:
    transformers.ViTModel(
        transformers.ViTConfig(
            hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8, image_size=8, patch_size=4
        )
    ).save_pretrained(tmp_path)
    with pytest.raises(Refused, match="cannot be loaded"):
        borrow(str(tmp_path), 12)
    with pytest.raises(BadInput, match="there is no folder"):
        borrow("hf:./nowhere", 12)


def test_a_checkpoint_whose_tokenizer_is_another_is_refused(tmp_path: Path) -> None:
    save(narrator(*connected("own", "mlp")), tmp_path / "model", {})
    (tmp_path / "model" / "tokenizer.json").write_text(
        Words.learn(["some other words of quite another kind"], entries=290, context=16).to_json()
    )
    with pytest.raises(Refused, match="the language model 276"):
        load(str(tmp_path / "model"))


def test_a_checkpoint_of_a_later_edition_is_refused(tmp_path: Path) -> None:
    save(narrator(*connected("own", "mlp")), tmp_path / "model", {})
    path = tmp_path / "model" / "config.json"
    told = json.loads(path.read_text())
    path.write_text(json.dumps({**told, "plan": {**told["plan"], "resampler": 64}}))
    with pytest.raises(EyechartError, match="resampler"):
        load(str(tmp_path / "model"))


def test_the_own_language_model_begins_with_all_words_about_equally_likely() -> None:
    torch.manual_seed(0)
    tongue = OwnLanguage(TextPlan(entries=500, context=10, width=64, depth=2))
    said = tongue(tongue.embed(torch.randint(0, 500, (4, 10))), 10)
    surprise = torch.nn.functional.cross_entropy(said.flatten(0, 1), torch.randint(0, 500, (40,)))
    assert surprise.item() == pytest.approx(math.log(500), rel=0.05)
