"""Captioning: its number and its formula, on towers so small that a step takes milliseconds, and within a study."""

import math
from pathlib import Path
from typing import Any

import pytest
import tokenizers
import torch
import transformers
from torch import Tensor

from eyechart import plugins
from eyechart.core import PatchEncoder, Preprocessing
from eyechart.errors import BadInput, Refused
from eyechart.learn.chance import Chance
from eyechart.learn.objective import Batch
from eyechart.learn.objectives.caption import Caption, per_token
from eyechart.learn.objectives.coca import caption_loss
from eyechart.models import load
from eyechart.models.captioner import Captioner
from eyechart.models.checkpoint import save
from eyechart.models.connector import Kind
from eyechart.models.language import surprises
from eyechart.models.tokens import Words
from eyechart.models.towers import EyePlan, ImagePlan, OneTower, TextPlan
from eyechart.study.study import study
from eyechart.study.teach import planned, teach
from eyechart.testing.objectives import check_objective

TEXTS = (
    "red above", "red below", "a green top", "green below", "blue above", "something blue below", "grey", "a black one",
)  # fmt: skip
WORDS = Words.learn(TEXTS, entries=290, context=12)
TEXT = TextPlan(entries=WORDS.entries, context=12, width=32, depth=2, heads=2)
VIT = ImagePlan(family="vit", patch=8, widths=(32,), depths=(1,), heads=2)
CNN = ImagePlan(family="convnext", patch=2, widths=(8, 16, 24, 32), depths=(1, 1, 1, 1))
PREPROCESSING = Preprocessing(size=(32, 32), resize="crop", mean=(0.5,) * 3, std=(0.25,) * 3)
CHANCE = Chance(0, 0)
KINDS: tuple[Kind, ...] = ("mlp", "cross_attention")
both = pytest.mark.parametrize("kind", KINDS)
each_once = pytest.mark.parametrize(("kind", "image"), [("mlp", CNN), ("cross_attention", VIT)], ids=["cnn", "vit"])


def pictures() -> Tensor:
    """A colour in the upper or the lower half, or everywhere."""
    pixels = torch.full((8, 3, 32, 32), 0.4)
    for row in range(6):
        half = slice(0, 16) if row % 2 == 0 else slice(16, 32)
        pixels[row, :, half] = 0.0
        pixels[row, row // 2, half] = 1.0
    pixels[6], pixels[7] = 0.6, 0.0
    return pixels + 0.05 * torch.rand(pixels.shape, generator=torch.Generator().manual_seed(0))


BATCH = Batch(pixels=pictures(), texts=TEXTS)


@pytest.fixture(scope="module")
def borrowed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A tiny GPT-2 with its tokenizer, as transformers writes them; something would drop out in it."""
    folder = tmp_path_factory.mktemp("gpt2")
    made = tokenizers.Tokenizer(tokenizers.models.BPE())
    made.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=290,
        special_tokens=["<end>"],
        initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator(TEXTS, trainer)
    transformers.PreTrainedTokenizerFast(tokenizer_object=made, eos_token="<end>").save_pretrained(folder)
    torch.manual_seed(0)
    config = transformers.GPT2Config(
        vocab_size=290, n_embd=32, n_layer=2, n_head=2, n_positions=64, bos_token_id=0, eos_token_id=0
    )
    transformers.GPT2LMHeadModel(config).save_pretrained(folder)
    return f"hf:{folder}"


def made(kind: Kind, image: ImagePlan = VIT, **settings: Any) -> Caption:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Caption(
            OneTower(EyePlan(image=image, preprocessing=PREPROCESSING)), WORDS, TEXT, connector=kind, **settings
        )


def taught(objective: Caption, steps: int, rate: float = 3e-3) -> list[float]:
    learning = [value for value in objective.parameters() if value.requires_grad]
    optimiser = torch.optim.Adam(learning, lr=rate)
    losses = []
    for step in range(steps):
        optimiser.zero_grad()
        total = objective.loss(BATCH, Chance(0, step)).total
        total.backward()
        optimiser.step()
        losses.append(total.item())
    return losses


# --------------------------------------------------------------------------------------------------------------------
# The number


def det(*shape: int, s: int) -> Tensor:
    """Deterministic numbers: sin(0.7 i + 1.3 s)."""
    flat = torch.arange(math.prod(shape), dtype=torch.float64)
    return torch.sin(0.7 * flat + 1.3 * s).reshape(shape)


IDS = torch.tensor([[1, 2, 3, 0, 0], [4, 5, 6, 1, 0], [2, 2, 2, 2, 2], [3, 0, 0, 0, 0]])


def test_equals_the_number_of_open_clip() -> None:
    loss = per_token(surprises(det(4, 5, 7, s=3), IDS, IDS != 0), (IDS != 0).sum(dim=1))
    assert 2 * loss.item() == pytest.approx(5.0316260461, abs=1e-9)
    assert loss.item() == pytest.approx(caption_loss(det(4, 5, 7, s=3), IDS, IDS != 0).item(), abs=1e-12)


def test_equals_the_number_of_a_language_model_that_is_told_a_part() -> None:
    labels = torch.tensor([[-100, -100, 1, 2, 3, -100]])
    told = labels >= 0
    loss = per_token(surprises(det(1, 6, 5, s=31), labels.clamp(min=0), told), told.sum(dim=1))
    assert loss.item() == pytest.approx(1.5488062874, abs=1e-9)


def test_equals_the_formula_token_by_token() -> None:
    rows, found = det(4, 5, 7, s=3).tolist(), []
    for row, ids in zip(rows, IDS.tolist(), strict=True):
        said = [(x, word) for x, word in zip(row, ids, strict=True) if word != 0]
        found.append(sum(math.log(sum(map(math.exp, x))) - x[word] for x, word in said))
    assert surprises(det(4, 5, 7, s=3), IDS, IDS != 0).tolist() == pytest.approx(found, abs=1e-12)
    tokens = torch.tensor([3, 4, 5, 1])
    assert per_token(torch.tensor(found), tokens).item() == pytest.approx(sum(found) / 13, rel=1e-6)


@both
def test_the_loss_is_minus_the_likelihood_per_token_of_what_remains(kind: Kind) -> None:
    objective = made(kind)
    taught(objective, 5)
    likelihood = objective.eval().product().log_likelihood(BATCH.pixels, TEXTS)
    tokens = objective.script(TEXTS).told.sum()
    assert objective.loss(BATCH, CHANCE).total.item() == pytest.approx(-(likelihood.sum() / tokens).item(), rel=1e-5)


# --------------------------------------------------------------------------------------------------------------------
# The objective


def test_the_file_is_the_registry() -> None:
    assert plugins.find("objectives", "caption") is Caption


@each_once
def test_conforms(kind: Kind, image: ImagePlan) -> None:
    check_objective(lambda: made(kind, image), lambda _: BATCH, prior_within=0.05)


@both
def test_conforms_with_a_borrowed_language_model(kind: Kind, borrowed: str) -> None:
    check_objective(lambda: made(kind, language=borrowed), lambda _: BATCH, prior_within=0.1)


@both
def test_conforms_with_both_ends_frozen(kind: Kind, borrowed: str) -> None:
    """Only what the picture goes through learns; two halves of the batch are still the whole."""
    make = lambda: made(kind, language=borrowed, frozen=("tower", "language"))  # noqa: E731
    check_objective(make, lambda _: BATCH)
    objective = make()
    before = {name: value.clone() for name, value in objective.named_parameters()}
    taught(objective, 3)
    moved = {name for name, value in objective.named_parameters() if not torch.equal(value, before[name])}
    assert moved
    assert all(name.startswith(("network.bridge.", "network.whole.")) for name in moved)
    assert not objective.network.tower.training
    assert objective.network.bridge.training


@each_once
def test_eight_pictures_are_told_by_their_captions(kind: Kind, image: ImagePlan) -> None:
    objective = made(kind, image)
    losses = taught(objective, 90, rate=5e-3)
    assert losses[0] == pytest.approx(objective.prior(8), rel=0.05)
    assert losses[-1] < 0.05
    product = objective.eval().product()
    assert product.caption(BATCH.pixels) == list(TEXTS)
    scores = torch.stack([product.log_likelihood(BATCH.pixels, [text] * 8) for text in TEXTS], dim=1)
    assert scores.argmax(dim=1).tolist() == list(range(8))


@both
def test_a_frozen_language_model_that_can_speak_is_shown_what_to_speak_of(kind: Kind, borrowed: str) -> None:
    """It has learnt with other eyes, which it does not get again."""
    speaking, objective = made("mlp", language=borrowed), made(kind, language=borrowed, frozen=("language",))
    taught(speaking, 60, rate=5e-3)
    objective.network.language.load_state_dict(speaking.network.language.state_dict())
    losses = taught(objective, 60, rate=5e-3)
    assert losses[-1] < losses[0] / 2
    turned = Batch(pixels=BATCH.pixels.roll(3, 0), texts=TEXTS)
    assert losses[-1] < 0.7 * objective.loss(turned, CHANCE).total.item()


@both
def test_what_was_learnt_comes_back_from_disk(kind: Kind, borrowed: str, tmp_path: Path) -> None:
    for language in (None, borrowed):
        objective = made(kind, language=language)
        taught(objective, 10)
        product = objective.eval().product()
        assert isinstance(product, PatchEncoder)
        assert isinstance(product, Captioner)
        save(product, tmp_path / "model", product.facts)
        back: Any = load(f"checkpoint:{tmp_path / 'model'}")
        assert back.card.digest == product.card.digest
        assert back.caption(BATCH.pixels) == product.caption(BATCH.pixels)
        assert torch.equal(back.log_likelihood(BATCH.pixels, TEXTS), product.log_likelihood(BATCH.pixels, TEXTS))


def test_the_prior_is_the_logarithm_of_the_vocabulary(borrowed: str) -> None:
    assert made("mlp").prior(128) == pytest.approx(math.log(WORDS.entries))
    assert made("mlp", language=borrowed).prior(1) == pytest.approx(math.log(290))


def test_half_precision_around_it_leaves_the_loss_whole() -> None:
    objective = made("cross_attention")
    with torch.autocast("cpu", torch.bfloat16):
        loss = objective.loss(BATCH, CHANCE).total
    assert loss.dtype == torch.float32
    assert loss.item() == pytest.approx(objective.loss(BATCH, CHANCE).total.item(), rel=0.02)


# --------------------------------------------------------------------------------------------------------------------
# Refusals


def test_texts_that_are_missing_are_told() -> None:
    with pytest.raises(BadInput, match="caption learns from a text per picture; got 0 for 8"):
        made("mlp").loss(Batch(pixels=BATCH.pixels), CHANCE)


def test_what_does_not_fit_is_refused_before_the_first_step() -> None:
    tower = OneTower(EyePlan(image=VIT, preprocessing=PREPROCESSING))
    with pytest.raises(BadInput, match="271 entries and a context of 12; the language model was planned for 291"):
        Caption(tower, Words.learn(TEXTS, entries=270, context=12), TEXT)
    with pytest.raises(BadInput, match="there is no folder"):
        Caption(tower, WORDS, TEXT, language="hf:/nowhere/at/all")
    with pytest.raises(Refused, match="cannot be loaded"):
        Caption(tower, WORDS, TEXT, language="hf:nobody/nothing")


# --------------------------------------------------------------------------------------------------------------------
# A study

LOCKED = {"locks": "supervised", "frozen": ["tower"]}
FACTS: dict[str, Any] = {
    "name": "telling",
    "data": ["world?train=64&test=8&size=32"],
    "towers": {"vit": {"family": "vit", "patch": 8, "widths": [16], "depths": [1], "heads": 2}},
    "objectives": {"supervised": {}, "caption": {"connector": "cross_attention", **LOCKED}},
    "samples": [48],
    "batch": 8,
    "size": 32,
    "seeds": [0],
    "text": {"width": 16, "depth": 1, "heads": 2, "entries": 280, "context": 16},
    "recipe": {"warmup": 1, "precision": "fp32"},
    "examined_on": ["world?train=40&test=20&size=32"],
    "exams": ["knn"],
}  # fmt: skip


def test_a_study_names_it(tmp_path: Path) -> None:
    found = {one.course.objective: one for one in teach(study(FACTS), tmp_path)}
    assert [one.reason for one in found.values()] == ["", ""]
    eyes: Any = load(f"checkpoint:{found['supervised'].model}")
    model: Any = load(f"checkpoint:{found['caption'].model}")
    pixels = torch.rand(2, 3, 32, 32)
    assert len(model.caption(pixels)) == 2
    assert torch.equal(model.encode_image(pixels), eyes.encode_image(pixels))
    assert model.facts["objective"] == "caption"


def test_settings_that_it_has_not_are_told(tmp_path: Path) -> None:
    wrong = {**FACTS, "objectives": {"caption": {"conector": "mlp"}}}
    [(_, reason)] = planned(study(wrong), tmp_path)
    assert "connector" in str(reason)
    wrong = {**FACTS, "objectives": {"caption": {"connector": "linear"}}}
    [(_, reason)] = planned(study(wrong), tmp_path)
    assert "linear" in str(reason)
