"""The models that ship with the package."""

from pathlib import Path

import pytest
import torch

from eyechart.core import DualEncoder, PatchEncoder
from eyechart.errors import UnknownName
from eyechart.models import zoo
from eyechart.models.dual import Dual
from eyechart.models.wish import Wish

WISH = Wish(device="cpu", preprocessing="own")
MODELS = {name: zoo.load(name, WISH) for name in zoo.names()}
every = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS.keys())


def test_a_transformer_and_a_convolutional_network_ship() -> None:
    assert zoo.names() == ("convnext-clip", "vit-clip")


def test_all_of_them_are_small() -> None:
    assert sum(path.stat().st_size for path in zoo.FOLDER.rglob("*") if path.is_file()) < 8e6


def test_a_slip_of_the_pen_is_met_with_the_nearest_name() -> None:
    with pytest.raises(UnknownName, match="did you mean 'vit-clip'"):
        zoo.load("vit-clp", WISH)


@every
def test_can_be_examined_in_every_way(model: Dual) -> None:
    assert isinstance(model, DualEncoder)
    assert isinstance(model, PatchEncoder)
    taps = model.encode_taps(torch.rand(2, 3, 64, 64), model.card.taps)
    assert all(torch.isfinite(tap).all() for tap in taps.values())


@every
def test_the_card_says_what_a_reader_must_know(model: Dual) -> None:
    assert model.card.name == f"zoo:{dict(zip(map(id, MODELS.values()), MODELS, strict=True))[id(model)]}"
    assert model.card.samples_seen is not None
    assert model.card.samples_seen > 0
    assert "world" in model.card.trained_on
    assert {"loss", "hardware", "reached"} <= set(model.facts)


@every
def test_its_recipe_is_kept(model: Dual) -> None:
    assert (Path(__file__).parents[1] / str(model.facts["recipe"])).is_file()
