"""Objectives with texts on towers so small that a step takes milliseconds: they learn, begin where they say, refuse."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from eyechart import plugins
from eyechart.core import Box, Classifier, DualEncoder, PatchEncoder, Preprocessing
from eyechart.errors import BadInput
from eyechart.learn.chance import Chance
from eyechart.learn.objective import Batch, Named, Objective, Replayable
from eyechart.learn.objectives.clip import Clip
from eyechart.learn.objectives.coca import CoCa
from eyechart.learn.objectives.filip import Filip
from eyechart.learn.objectives.lit import Lit
from eyechart.learn.objectives.region import Region
from eyechart.learn.objectives.siglip import Siglip
from eyechart.learn.objectives.supervised import Supervised
from eyechart.learn.remembered import Remembered
from eyechart.models import load
from eyechart.models.checkpoint import save
from eyechart.models.eye import eye_of
from eyechart.models.locked import locked
from eyechart.models.tokens import Words
from eyechart.models.towers import EyePlan, ImagePlan, OneTower, Plan, TextPlan, TwoTowers
from eyechart.testing.objectives import check_objective

TEXTS = (
    "red above", "red below", "a green top", "green below", "blue above", "something blue below", "grey", "a black one",
)  # fmt: skip
WORDS = Words.learn(TEXTS, entries=290, context=10)
TEXT = TextPlan(entries=WORDS.entries, context=10, width=32, depth=1, heads=2)
VIT = ImagePlan(family="vit", patch=8, widths=(32,), depths=(1,), heads=2)
CNN = ImagePlan(family="convnext", patch=2, widths=(8, 16, 24, 32), depths=(1, 1, 1, 1))
PREPROCESSING = Preprocessing(size=(32, 32), resize="crop", mean=(0.5,) * 3, std=(0.25,) * 3)
CHANCE = Chance(0, 0)


def pictures() -> Tensor:
    """A colour in the upper or the lower half, or everywhere."""
    pixels = torch.full((8, 3, 32, 32), 0.4)
    for row in range(6):
        half = slice(0, 16) if row % 2 == 0 else slice(16, 32)
        pixels[row, :, half] = 0.0
        pixels[row, row // 2, half] = 1.0
    pixels[6], pixels[7] = 0.6, 0.0
    return pixels + 0.05 * torch.rand(pixels.shape, generator=torch.Generator().manual_seed(0))


def regions() -> list[list[Named]]:
    """The two halves of each picture, by colour."""
    names = ("red", "green", "blue")
    found = []
    for row in range(6):
        first, second = (names[row // 2], "plain") if row % 2 == 0 else ("plain", names[row // 2])
        found.append([Named(Box(0, 0, 32, 16), first), Named(Box(0, 16, 32, 32), second)])
    return [*found, [Named(Box(4, 4, 18, 18), "grey")], []]


BATCH = Batch(pixels=pictures(), texts=TEXTS, labels=torch.arange(8), regions=regions())


def towers(image: ImagePlan = VIT, *, space: int = 32, link: Any = "softmax") -> TwoTowers:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return TwoTowers(Plan(image=image, text=TEXT, space=space, preprocessing=PREPROCESSING, link=link))


def tower(image: ImagePlan = VIT, classes: tuple[str, ...] = TEXTS) -> OneTower:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return OneTower(EyePlan(image=image, preprocessing=PREPROCESSING, classes=classes))


MAKERS: dict[str, Callable[[ImagePlan], Objective]] = {
    "supervised": lambda image: Supervised(tower(image)),
    "clip": lambda image: Clip(towers(image), WORDS),
    "siglip": lambda image: Siglip(towers(image, link="sigmoid"), WORDS),
    "lit": lambda image: Lit(locked(eye_of(tower(image, ()), "eyes", {}), TEXT), WORDS),
    "filip": lambda image: Filip(towers(image), WORDS, whole=float(image is CNN)),
    "coca": lambda image: CoCa(towers(image), WORDS),
    "region": lambda image: Region(towers(image), WORDS, whole=float(image is CNN)),
}
each = pytest.mark.parametrize("name", MAKERS)


def made(name: str, image: ImagePlan = VIT) -> Objective:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return MAKERS[name](image)


def taught(objective: Objective, steps: int, rate: float = 3e-3) -> list[float]:
    learning = [value for value in objective.parameters() if value.requires_grad]
    optimiser = torch.optim.Adam(learning, lr=rate)
    losses = []
    for step in range(steps):
        optimiser.zero_grad()
        total = objective.loss(BATCH, Chance(0, step)).total
        total.backward()
        optimiser.step()
        objective.after_step(step, steps)
        losses.append(total.item())
    return losses


@each
def test_the_file_is_the_registry(name: str) -> None:
    assert isinstance(made(name), plugins.find("objectives", name))


@each
def test_conforms(name: str) -> None:
    """How near to its prior it begins is tested below, where chance in such narrow towers plays no part."""
    check_objective(lambda: made(name), lambda _: BATCH, prior_within=2.0)


@each
@pytest.mark.parametrize("image", [VIT, CNN], ids=["vit", "cnn"])
def test_a_batch_of_eight_is_learnt(name: str, image: ImagePlan) -> None:
    losses = taught(made(name, image), 30)
    assert losses[-1] < losses[0] / 2


@pytest.mark.parametrize("name", sorted(MAKERS.keys() - {"region"}))
def test_begins_where_a_network_that_knows_nothing_is_expected(name: str) -> None:
    """In narrow towers cosines are far from 0 by chance, so the softmax must not enlarge them."""
    objective: Any = made(name)
    if name not in ("supervised", "siglip"):
        nn.init.zeros_(objective.towers.log_scale)
    first = objective.loss(BATCH, CHANCE).total.item()
    assert first == pytest.approx(objective.prior(8), rel={"siglip": 0.3}.get(name, 0.1))


def test_priors_by_hand() -> None:
    assert made("supervised").prior(3) == pytest.approx(math.log(8))
    assert made("supervised").loss(BATCH, CHANCE).total.item() == pytest.approx(math.log(8), rel=1e-6)
    for name in ("clip", "lit", "filip"):
        assert made(name).prior(128) == pytest.approx(math.log(128))
    assert made("siglip").prior(512) == pytest.approx(10 + 512 * 4.53989e-5, rel=1e-5)
    words = math.log(WORDS.entries) + 0.5
    assert made("coca").prior(128) == pytest.approx(math.log(128) + 2 * words)


@each
def test_what_remains_is_of_the_same_tensors(name: str) -> None:
    objective = made(name)
    product: Any = objective.product()
    assert isinstance(product, PatchEncoder)
    assert isinstance(product, Classifier if name == "supervised" else DualEncoder)
    held = product.tower if name == "supervised" else product.towers
    own = {id(value) for value in objective.parameters()}
    assert {id(value) for value in held.parameters()} <= own
    assert product.card.link == {"siglip": "sigmoid", "supervised": "none"}.get(name, "softmax")


@each
def test_what_was_learnt_comes_back_from_disk(name: str, tmp_path: Path) -> None:
    objective = made(name)
    taught(objective, 3)
    product: Any = objective.eval().product()
    save(product, tmp_path / "model", product.facts)
    back: Any = load(f"checkpoint:{tmp_path / 'model'}")
    assert back.card.digest == product.card.digest
    if name == "supervised":
        assert back.classes == TEXTS
        torch.testing.assert_close(back.classify(BATCH.pixels), product.classify(BATCH.pixels))
        taps = back.encode_taps(BATCH.pixels, ("logits", "patches"))
        torch.testing.assert_close(taps["logits"], product.classify(BATCH.pixels))
        assert taps["patches"].shape == (8, 16, 32)
    else:
        told = [model.logits(model.encode_image(BATCH.pixels), model.encode_text(TEXTS)) for model in (back, product)]
        torch.testing.assert_close(*told)


@pytest.mark.parametrize("name", ["clip", "siglip", "lit", "filip", "coca"])
def test_what_remains_finds_the_text_of_each_picture(name: str) -> None:
    objective = made(name)
    taught(objective, 40)
    product: Any = objective.eval().product()
    scores = product.logits(product.encode_image(BATCH.pixels), product.encode_text(TEXTS))
    assert (scores.argmax(dim=1) == torch.arange(8)).float().mean() >= (0.5 if name == "filip" else 1.0)


def test_the_bias_is_part_of_what_remains() -> None:
    objective = Siglip(towers(link="sigmoid"), WORDS, scale=5.0, bias=-3.0)
    product = objective.product()
    image, text = product.encode_image(BATCH.pixels), product.encode_text(TEXTS)
    cosine = nn.functional.normalize(image, dim=-1) @ nn.functional.normalize(text, dim=-1).T
    torch.testing.assert_close(product.logits(image, text), 5 * cosine - 3)


@pytest.mark.parametrize("name", ["clip", "siglip", "lit", "filip"])
def test_features_in_pieces_give_the_same_loss(name: str) -> None:
    objective = made(name)
    assert isinstance(objective, Replayable)
    pieces = []
    for start in (0, 3, 5):
        rows = slice(start, {0: 3, 3: 5, 5: 8}[start])
        pieces.append(objective.features(Batch(pixels=BATCH.pixels[rows], texts=TEXTS[rows]), CHANCE))
    joined = {key: torch.cat([piece[key] for piece in pieces]) for key in pieces[0]}
    whole, parts = objective.loss(BATCH, CHANCE).total, objective.compare(joined, BATCH).total
    torch.testing.assert_close(parts, whole)


@pytest.mark.parametrize("name", ["clip", "lit", "filip", "coca", "region"])
def test_the_temperature_stays_within_reason(name: str) -> None:
    objective: Any = made(name)
    for before, after in ((9.0, 100.0), (-1.0, 1.0), (2.0, math.exp(2.0))):
        nn.init.constant_(objective.towers.log_scale, before)
        objective.after_step(0, 10)
        assert objective.towers.scale.item() == pytest.approx(after, rel=1e-5)


@each
def test_half_precision_around_it_leaves_the_loss_whole(name: str) -> None:
    objective = made(name)
    whole = objective.loss(BATCH, CHANCE).total
    with torch.autocast("cpu", torch.bfloat16):
        half = objective.loss(BATCH, CHANCE).total
    assert half.dtype == torch.float32
    torch.testing.assert_close(half, whole, rtol=0.1, atol=0.05)


# --------------------------------------------------------------------------------------------------------------------
# What is particular


def test_the_locked_side_does_not_move_and_each_picture_is_seen_once() -> None:
    objective = made("lit").train()
    assert isinstance(objective, Lit)
    before = {name: value.clone() for name, value in objective.towers.image.state_dict().items()}
    taught(objective, 4)
    assert all(torch.equal(value, before[name]) for name, value in objective.towers.image.state_dict().items())
    assert not objective.towers.image.training
    assert not objective.towers.image_projection.training
    assert objective.towers.text.training
    assert objective.remembered.looked == 8


def test_a_locked_model_is_read_where_it_gives_its_own_features() -> None:
    eyes = eye_of(tower(CNN, ()).eval(), "eyes", {})
    torch.testing.assert_close(locked(eyes, TEXT).encode_image(BATCH.pixels), eyes.encode_image(BATCH.pixels))
    pair = made("clip").eval().product()
    again = locked(pair, TEXT, link="sigmoid")
    torch.testing.assert_close(again.encode_image(BATCH.pixels), pair.encode_image(BATCH.pixels))
    assert Lit(again, WORDS).product().card.link == "sigmoid"


def test_what_is_remembered_is_the_same_in_any_company() -> None:
    network = tower().eval()
    pixels = torch.rand(70, 3, 32, 32, generator=torch.Generator().manual_seed(0))

    def look(seen: Tensor) -> Tensor:
        assert len(seen) == 32
        return network.depths(seen).pooled

    whole = Remembered(look, room=100)(pixels)
    for room in (0, 10, 100):
        remembered = Remembered(look, room)
        for rows in ([69], [0, 1, 0], list(range(70)), [5, 69, 5], list(range(69, -1, -1))):
            assert torch.equal(remembered(pixels[rows]), whole[rows])
        assert remembered.looked == {0: 145, 10: 130, 100: 70}[room]


def test_words_that_a_decoder_has_not_seen_yet_do_not_help_it() -> None:
    objective = made("coca")
    assert isinstance(objective, CoCa)
    states, patches = torch.rand(2, 6, 32), torch.rand(2, 16, 32)
    later = states.clone()
    later[:, 3:] += 1
    before, after = objective.decoder(states, patches), objective.decoder(later, patches)
    torch.testing.assert_close(before[:, :4], after[:, :4])
    assert not torch.allclose(before[:, 4:], after[:, 4:])
    assert not torch.allclose(before, objective.decoder(states, patches + torch.rand(2, 16, 32)))


def test_a_captioner_that_sees_nothing_is_worse_than_one_that_sees() -> None:
    objective = made("coca")
    taught(objective, 40)
    seeing = objective.loss(BATCH, CHANCE).parts["caption"]
    turned = Batch(pixels=BATCH.pixels.roll(3, 0), texts=TEXTS)
    assert seeing < 0.5 * objective.loss(turned, CHANCE).parts["caption"]


def test_the_whole_takes_part_in_filip_where_it_is_asked_to() -> None:
    both, alone, clip = Filip(towers(), WORDS, whole=0.5), Filip(towers(), WORDS), Clip(towers(), WORDS)
    losses = [objective.loss(BATCH, CHANCE).total.item() for objective in (both, alone, clip)]
    assert losses[0] == pytest.approx(losses[1] + 0.5 * losses[2], rel=1e-5)
    assert both.prior(8) == pytest.approx(1.5 * math.log(8))


@pytest.mark.parametrize("name", ["clip", "siglip", "lit", "filip", "coca", "region"])
def test_texts_that_are_missing_are_told(name: str) -> None:
    with pytest.raises(BadInput, match=f"{name} learns from"):
        made(name).loss(Batch(pixels=BATCH.pixels), CHANCE)


def test_labels_that_are_missing_or_beyond_the_classes_are_told() -> None:
    objective = made("supervised")
    with pytest.raises(BadInput, match="the batch has none"):
        objective.loss(Batch(pixels=BATCH.pixels), CHANCE)
    for labels in (torch.arange(1, 9), torch.arange(-1, 7)):
        with pytest.raises(BadInput, match="there are 8"):
            objective.loss(Batch(pixels=BATCH.pixels, labels=labels), CHANCE)


def test_what_does_not_fit_is_refused_before_the_first_step() -> None:
    other = Words.learn(TEXTS, entries=270, context=10)
    for kind in (Clip, Lit, Filip, CoCa, Region):
        with pytest.raises(BadInput, match="the text tower expects 291 and 10"):
            kind(towers(), other)
    with pytest.raises(BadInput, match="plan the towers with link='sigmoid'"):
        Siglip(towers(), WORDS)
    with pytest.raises(BadInput, match="names 0"):
        Supervised(tower(classes=()))
    with pytest.raises(BadInput, match="a share from 0"):
        Supervised(tower(), smoothing=1.0)
    for token_wise in (Filip, Region):
        with pytest.raises(BadInput, match="not negative"):
            token_wise(towers(), WORDS, whole=-1.0)
        with pytest.raises(BadInput, match=r"give whole=1\.0 to teach both"):
            token_wise(towers(CNN), WORDS)
