"""The project's own towers and tokenizer."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from eyechart.core import DualEncoder, PatchEncoder, Preprocessing
from eyechart.errors import BadInput, Refused
from eyechart.models.dual import Dual, describe
from eyechart.models.tokens import Words
from eyechart.models.towers import ImagePlan, Plan, TextPlan, TwoTowers

WORDS = Words.learn(["a red cube", "two blue spheres", "a dog"], entries=300, context=12)
TRUNKS = {
    "vit": ImagePlan(family="vit", patch=8, widths=(32,), depths=(2,), heads=2),
    "convnext": ImagePlan(family="convnext", patch=2, widths=(8, 8, 16, 24), depths=(1, 1, 1, 1)),
}


def plan(family: str) -> Plan:
    return Plan(
        image=TRUNKS[family],
        text=TextPlan(entries=WORDS.entries, context=12, width=16, depth=2, heads=2),
        space=20,
        preprocessing=Preprocessing(size=(32, 32), resize="crop", mean=(0.5,) * 3, std=(0.25,) * 3),
    )


def dual(family: str) -> Dual:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        towers = TwoTowers(plan(family))
    return Dual(towers, WORDS, describe(towers, WORDS, family, {"samples_seen": 7, "trained_on": "nothing"}), {})


families = pytest.mark.parametrize("family", TRUNKS)


@families
def test_has_the_capabilities_of_the_core(family: str) -> None:
    model = dual(family)
    assert isinstance(model, DualEncoder)
    assert isinstance(model, PatchEncoder)


@families
def test_one_pass_gives_every_depth(family: str) -> None:
    model, pixels = dual(family), torch.rand(3, 3, 32, 32)
    taps = model.encode_taps(pixels, model.card.taps)
    tokens, width = {"vit": (16, 32), "convnext": (4, 24)}[family]
    assert taps["patches"].shape == (3, tokens, width)
    assert taps["pooled"].shape == (3, width)
    torch.testing.assert_close(taps["image"], model.encode_image(pixels))
    torch.testing.assert_close(taps["patches"], model.encode_patches(pixels))
    torch.testing.assert_close(taps["pooled"] @ model.towers.image_projection.weight.T, taps["image"])


@families
def test_the_card_counts(family: str) -> None:
    model = dual(family)
    assert model.card.params == sum(value.numel() for value in model.towers.state_dict().values())
    assert model.card.width == model.encode_text(["a dog"]).shape[1] == 20
    assert model.card.samples_seen == 7
    assert len(model.card.digest) == 32


def test_flops_are_those_of_the_paper_and_pencil() -> None:
    tokens, d, space = 16, 32, 20
    stem = 16 * 16 * 27 * 8 + 8 * 8 * 72 * 16 + 4 * 4 * 144 * 32 + tokens * d * d
    block = tokens * 12 * d * d + 2 * tokens * tokens * d
    assert dual("vit").card.flops == 2 * (stem + 2 * block + d * space)


@families
def test_differentiable_in_the_pixels(family: str) -> None:
    pixels = torch.rand(2, 3, 32, 32, requires_grad=True)
    dual(family).encode_image(pixels).sum().backward()
    assert pixels.grad is not None
    assert pixels.grad.abs().sum() > 0


@families
def test_mean_and_deviation_are_inside(family: str) -> None:
    model = dual(family)
    grey = torch.full((1, 3, 32, 32), 0.5)
    torch.testing.assert_close(model.towers.depths(grey).pooled, model.towers.image(torch.zeros(1, 3, 32, 32)).pooled)


def test_a_text_means_the_same_alone_and_beside_longer_ones() -> None:
    model = dual("vit")
    together = model.encode_text(["a dog", "two blue spheres and a red cube"])
    torch.testing.assert_close(together[:1], model.encode_text(["a dog"]))


def test_a_word_further_on_changes_the_text() -> None:
    a, b = dual("vit").encode_text(["a red cube", "a red dog"])
    assert not torch.allclose(a, b)


def test_logits_are_the_scaled_cosine_whatever_the_length() -> None:
    model = dual("vit")
    image, text = torch.randn(3, 20), torch.randn(2, 20)
    cosine = torch.nn.functional.cosine_similarity(image[:, None], text[None], dim=-1)
    torch.testing.assert_close(model.logits(5 * image, text), cosine / 0.07)


def test_an_unknown_tap_is_refused() -> None:
    with pytest.raises(Refused, match="no tap depth7; its taps are image, pooled, patches"):
        dual("vit").encode_taps(torch.rand(1, 3, 32, 32), ["depth7"])


def test_any_picture_is_brought_to_size() -> None:
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (50, 91, 3), dtype=np.uint8))
    pixels = dual("vit").preprocess(picture)
    assert pixels.shape == (3, 32, 32)
    assert 0 <= pixels.min() < pixels.max() <= 1


@pytest.mark.parametrize("text", ["", "ein Würfel", "赤い立方体 🙂", "<end> [PAD] \x00", "RED CUBE " * 50])
def test_no_text_is_out_of_vocabulary(text: str) -> None:
    tokens = WORDS([text])
    assert tokens.ids.max() == tokens.ids[0, tokens.end[0]] == WORDS.entries - 1
    assert (tokens.ids == WORDS.entries - 1).sum() == 1
    assert tokens.ids.shape[1] <= 12


def test_words_survive_their_json() -> None:
    again = Words.from_json(WORDS.to_json(), WORDS.context)
    assert again(["two red dogs"]).ids.tolist() == WORDS(["two red dogs"]).ids.tolist()


def test_no_texts_at_all() -> None:
    assert dual("vit").encode_text([]).shape == (0, 20)


def test_json_of_something_else_is_told() -> None:
    with pytest.raises(BadInput, match="tokenizer cannot be read"):
        Words.from_json('{"no": "tokenizer"}', 12)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"image": replace(TRUNKS["convnext"], widths=(8, 16))}, "4 width"),
        ({"image": replace(TRUNKS["vit"], heads=5)}, "divisible by its heads"),
        (
            {"image": replace(TRUNKS["vit"], patch=16), "preprocessing": Preprocessing(size=(40, 40), resize="crop")},
            "patch of 16",
        ),
        ({"text": TextPlan(entries=300, context=12, width=16, depth=1, heads=3)}, "text width"),
    ],
)
def test_parts_that_do_not_fit_are_told(change: dict[str, Any], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        TwoTowers(replace(plan("vit"), **change))
