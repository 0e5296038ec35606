"""The models that ship with the package."""

from pathlib import Path

import pytest
import torch

from eyechart.core import Classifier, DualEncoder, ImageEncoder, PatchEncoder
from eyechart.errors import UnknownName
from eyechart.models import zoo
from eyechart.models.checkpoint import Own
from eyechart.models.wish import Wish

WISH = Wish(device="cpu", preprocessing="own")
MODELS = {name: zoo.load(name, WISH) for name in zoo.names()}
SHOWN = ("convnext-clip", "resnet-clip", "vit-clip")
every = pytest.mark.parametrize("name", MODELS)


def test_a_transformer_and_two_kinds_of_convolutional_networks_ship() -> None:
    assert set(SHOWN) <= set(zoo.names())


def test_every_way_of_teaching_ships_on_both_kinds_of_networks_where_it_can() -> None:
    taught = {name.removeprefix("objectives/") for name in zoo.names() if name.startswith("objectives/")}
    both = {f"{objective}-{tower}" for objective in ("supervised", "clip", "siglip", "lit", "dino") for tower in TOWERS}
    assert taught == {*both, "mae-vit", "ijepa-vit"}


TOWERS = ("vit", "convnext")


def test_all_of_them_are_small() -> None:
    assert sum(path.stat().st_size for path in zoo.FOLDER.rglob("*") if path.is_file()) < 30e6


def test_a_slip_of_the_pen_is_met_with_the_nearest_name() -> None:
    with pytest.raises(UnknownName, match="did you mean 'vit-clip'"):
        zoo.load("vit-clp", WISH)


@every
def test_can_be_examined(name: str) -> None:
    model = MODELS[name]
    assert isinstance(model, ImageEncoder)
    assert isinstance(model, PatchEncoder)
    seen = model.card.preprocessing.size
    taps = model.encode_taps(torch.rand(2, 3, *seen), model.card.taps)
    assert all(torch.isfinite(tap).all() for tap in taps.values())


@every
def test_the_card_says_what_a_reader_must_know(name: str) -> None:
    model: Own = MODELS[name]
    assert model.card.name == f"zoo:{name}"
    assert model.card.samples_seen is not None
    assert model.card.samples_seen > 0
    assert "world" in model.card.trained_on
    assert {"loss", "hardware"} <= set(model.facts)


@every
def test_its_recipe_is_kept(name: str) -> None:
    assert (Path(__file__).parents[1] / str(MODELS[name].facts["recipe"])).is_file()


@pytest.mark.parametrize("name", [name for name in MODELS if name in SHOWN or "clip" in name or "lip-" in name])
def test_what_was_taught_with_words_reads(name: str) -> None:
    assert isinstance(MODELS[name], DualEncoder)


@pytest.mark.parametrize("name", [name for name in MODELS if "supervised" in name or name.startswith("ladder/")])
def test_what_was_taught_with_labels_names(name: str) -> None:
    assert isinstance(MODELS[name], Classifier)
