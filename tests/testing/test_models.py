"""The known-answer models are what they are said to be."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from eyechart.core import Dataset, DualEncoder, Model, PatchEncoder, Picture
from eyechart.errors import Refused
from eyechart.testing import Blind, Constant, NaN, Oracle, Random, permuted, toy
from eyechart.testing.twins import Embedder


@pytest.fixture(scope="module")
def data() -> Dataset:
    return toy(12, 3)


def every(data: Dataset) -> list[Embedder]:
    return [Constant(), NaN(), Random(), Oracle(data), Blind(data)]


def test_each_can_do_all_that_frozen_features_allow(data: Dataset) -> None:
    for model in every(data):
        assert isinstance(model, Model)
        assert isinstance(model, PatchEncoder)
        assert isinstance(model, DualEncoder)
        pixels = torch.stack([model.preprocess(item.picture.load()) for item in data.items])
        taps = model.encode_taps(pixels, model.card.taps)
        assert taps["image"].shape == taps["pooled"].shape == (12, model.card.width)
        assert taps["patches"].shape == (12, 4, model.card.width)
        assert model.logits(taps["image"], model.encode_text(["a", "b"])).shape == (12, 2)
        assert model.card.digest == ""


def test_the_oracle_knows_labels_and_captions(data: Dataset) -> None:
    oracle = Oracle(data)
    images = oracle.encode_image(torch.stack([oracle.preprocess(item.picture.load()) for item in data.items]))
    named = oracle.logits(images, oracle.encode_text([f"a {name} patch." for name in data.classes]))
    assert named.argmax(1).tolist() == [item.label for item in data.items]
    said = oracle.logits(images, oracle.encode_text([item.captions[0] for item in data.items]))
    assert said.argmax(1).tolist() == list(range(12))


def test_the_oracle_refuses_pictures_of_other_data(data: Dataset) -> None:
    with pytest.raises(Refused, match="other pictures"):
        Oracle(data).preprocess(toy(1, 1, seed=9).items[0].picture.load())


def test_random_directions_belong_to_the_picture(data: Dataset) -> None:
    model = Random()
    pixels = torch.stack([model.preprocess(item.picture.load()) for item in data.items])
    whole, piece = model.encode_image(pixels), model.encode_image(pixels[5:6])
    assert torch.equal(whole[5], piece[0])
    assert len({tuple(row.tolist()) for row in whole}) == 12


def test_the_toy_is_balanced_repeatable_and_never_shares_a_picture_with_its_train_split() -> None:
    one, two = toy(30, 3), toy(30, 3)
    assert one == two
    assert np.bincount([item.label or 0 for item in one.items]).tolist() == [10, 10, 10]
    assert one.train is not None
    digests = [item.picture.digest() for item in [*one.items, *one.train.items]]
    assert len(set(digests)) == 60
    assert all(isinstance(item.picture, Picture) for item in one.items)
    assert len({caption for item in one.items for caption in item.captions}) == 60


def test_permuting_deals_out_the_words_and_leaves_the_pictures() -> None:
    data = toy(30, 3)
    dealt = permuted(data)
    assert [item.picture for item in dealt.items] == [item.picture for item in data.items]
    assert [item.label for item in dealt.items] != [item.label for item in data.items]
    assert sorted(item.captions for item in dealt.items) == sorted(item.captions for item in data.items)
    for item in dealt.items:
        assert f"in {data.classes[item.label or 0]}," in item.captions[0]
    assert dealt.train is not None
    assert dealt.train != data.train
