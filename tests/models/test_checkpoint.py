"""Own checkpoints: what is written comes back, and what does not fit is refused."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from eyechart.core import Preprocessing
from eyechart.errors import BadInput, Corrupt, EyechartError, Refused
from eyechart.models.checkpoint import load, save
from eyechart.models.dual import Dual, describe
from eyechart.models.tokens import Words
from eyechart.models.towers import ImagePlan, Plan, TextPlan, TwoTowers
from eyechart.models.wish import Wish

WORDS = Words.learn(["a red cube", "a blue ball"], entries=270, context=8)
WISH = Wish(device="cpu", preprocessing="own")
FACTS = {"trained_on": "four colours", "samples_seen": 48, "loss": "InfoNCE", "licence": "Apache-2.0"}


@pytest.fixture
def model() -> Dual:
    plan = Plan(
        image=ImagePlan(family="vit", patch=8, widths=(16,), depths=(1,), heads=2),
        text=TextPlan(entries=WORDS.entries, context=8, width=16, depth=1, heads=2),
        space=12,
        preprocessing=Preprocessing(size=(16, 16), resize="squash", mean=(0.4, 0.5, 0.6), std=(0.25, 0.25, 0.3)),
    )
    towers = TwoTowers(plan)
    return Dual(towers, WORDS, describe(towers, WORDS, "fresh", FACTS), FACTS)


@pytest.fixture
def folder(model: Dual, tmp_path: Path) -> Path:
    save(model, tmp_path / "toy", FACTS)
    return tmp_path / "toy"


def test_comes_back_bit_equal(model: Dual, folder: Path) -> None:
    again = load(str(folder), WISH)
    pixels = torch.rand(2, 3, 16, 16)
    assert torch.equal(again.encode_image(pixels), model.encode_image(pixels))
    assert torch.equal(again.encode_text(["a red ball"]), model.encode_text(["a red ball"]))
    assert again.card.digest == model.card.digest
    assert again.card.preprocessing == model.card.preprocessing
    assert (again.card.trained_on, again.card.samples_seen) == ("four colours", 48)
    assert again.card.name == f"checkpoint:{folder}"
    assert again.facts["loss"] == "InfoNCE"


def test_three_files_and_nothing_that_runs(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == ["config.json", "tokenizer.json", "weights.safetensors"]
    assert list(folder.parent.iterdir()) == [folder]


def test_half_precision_halves_the_file_and_the_digest_is_of_what_runs(model: Dual, folder: Path) -> None:
    small = folder.with_name("small")
    save(model, small, FACTS, dtype=torch.float16)
    weights = [(path / "weights.safetensors").stat().st_size for path in (small, folder)]
    assert weights[0] < 0.7 * weights[1]
    again = load(str(small), WISH)
    assert again.encode_image(torch.rand(1, 3, 16, 16)).dtype == torch.float32
    assert again.card.digest == describe(again.towers, WORDS, "", {}).digest != model.card.digest


def test_saving_over_a_checkpoint_replaces_it_whole(model: Dual, folder: Path) -> None:
    save(model, folder, {"trained_on": "more"})
    assert load(str(folder), WISH).card.trained_on == "more"
    assert list(folder.parent.iterdir()) == [folder]


def test_another_geometry_can_be_asked_for(folder: Path) -> None:
    asked = load(str(folder), Wish(preprocessing="pad:16")).card.preprocessing
    assert (asked.resize, asked.chosen_by, asked.mean) == ("pad", "user", (0.4, 0.5, 0.6))


def test_a_transformer_does_not_read_another_size(folder: Path) -> None:
    with pytest.raises(Refused, match="pictures of 16 x 16 pixels only"):
        load(str(folder), Wish(preprocessing="crop:224"))


def rename_one(weights: dict[str, torch.Tensor]) -> None:
    weights["stranger"] = weights.pop("log_scale")


def reshape_one(weights: dict[str, torch.Tensor]) -> None:
    weights["text.position"] = weights["text.position"][:3]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (rename_one, "1 missing .log_scale., 1 unexpected .stranger."),
        (reshape_one, "1 of another shape .text.position"),
    ],
)
def test_weights_that_do_not_fit_are_listed(
    folder: Path, change: Callable[[dict[str, torch.Tensor]], None], told: str
) -> None:
    weights = load_file(folder / "weights.safetensors")
    change(weights)
    save_file({name: value.contiguous() for name, value in weights.items()}, folder / "weights.safetensors")
    with pytest.raises(Refused, match=told):
        load(str(folder), WISH)


def test_weights_of_another_model_of_the_same_shape_are_told(folder: Path) -> None:
    weights = load_file(folder / "weights.safetensors")
    save_file({name: value + 1 for name, value in weights.items()}, folder / "weights.safetensors")
    with pytest.raises(Corrupt, match="does not have the digest"):
        load(str(folder), WISH)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:40])


def without_plan(path: Path) -> None:
    path.write_text(json.dumps({"facts": {}}))


def unknown_field(path: Path) -> None:
    config = json.loads(path.read_text())
    config["plan"]["image"]["window"] = 7
    path.write_text(json.dumps(config))


@pytest.mark.parametrize(
    ("name", "damage", "error"),
    [
        ("config.json", truncate, BadInput),
        ("config.json", without_plan, BadInput),
        ("config.json", unknown_field, BadInput),
        ("config.json", Path.unlink, BadInput),
        ("tokenizer.json", truncate, BadInput),
        ("tokenizer.json", Path.unlink, BadInput),
        ("weights.safetensors", truncate, Refused),
        ("weights.safetensors", Path.unlink, BadInput),
    ],
)
def test_damage_is_told_in_one_sentence(
    folder: Path, name: str, damage: Callable[[Path], None], error: type[EyechartError]
) -> None:
    damage(folder / name)
    with pytest.raises(error):
        load(str(folder), WISH)


def test_no_folder_is_told_with_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"no checkpoint at .*expected a folder with"):
        load(str(tmp_path / "nowhere"), WISH)
