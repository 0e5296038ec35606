"""Model cards that the hub's own library reads."""

from __future__ import annotations

import pytest
from huggingface_hub import ModelCard
from huggingface_hub.repocard_data import eval_results_to_model_index, model_index_to_eval_results

from eyechart.errors import BadInput
from eyechart.reporting.comparison import norm_digest
from eyechart.ways.card import BEGIN, END

OWN = """---
language: en
license: mit
tags:
- vision
model-index:
- name: mine
  results:
  - task:
      type: image-classification
    dataset:
      name: Beans
      type: beans
    metrics:
    - type: accuracy
      value: 0.9
---

# My model

I made it.
"""


def test_each_model_gets_a_card_whose_results_come_back(publish, results, tmp_path):
    publish("card", tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["zoo-ladder-vit-200k", "zoo-objectives-clip-vit"]
    for folder in tmp_path.iterdir():
        card = ModelCard.load(folder / "README.md")
        found = {one.metric_name: one for one in card.data.eval_results}
        own = [record for record, _ in results if record.card.name == card.data.model_name]
        assert set(found) == {f"{record.norm.exam}: top1" for record in own} == {"knn: top1", "linear: top1"}
        for record in own:
            one, estimate = found[f"{record.norm.exam}: top1"], record.estimates["top1"]
            assert one.metric_value == estimate.value
            assert (one.metric_args["low"], one.metric_args["high"]) == (estimate.low, estimate.high)
            assert one.metric_args["norm"] == norm_digest(record.norm)
        index = eval_results_to_model_index(card.data.model_name, card.data.eval_results)
        assert model_index_to_eval_results(index) == (card.data.model_name, card.data.eval_results)


def test_the_text_says_what_came_out_and_how_to_repeat_it(publish, one, tmp_path):
    publish("card", tmp_path / "README.md", [one])
    text = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "Does a straight line through its features tell the classes apart?" in text
    assert "A straight line per class on frozen features names" in text
    assert norm_digest(one.record.norm) in text
    assert f"eyechart examine {one.record.card.name} --data" in text


def test_a_card_that_is_there_keeps_its_text_and_metadata(publish, one, tmp_path):
    path = tmp_path / "README.md"
    path.write_text(OWN, encoding="utf-8")
    publish("card", path, [one])
    first = path.read_text(encoding="utf-8")
    path.write_text(first.replace("I made it.", "We made it.") + "\nThe end.\n", encoding="utf-8")
    publish("card", path, [one])
    card = ModelCard.load(path)
    assert (card.data.language, card.data.license, card.data.tags) == ("en", "mit", ["vision", "eyechart"])
    assert [result.metric_name for result in card.data.eval_results] == [None, "linear: top1"]
    assert card.data.model_name == "mine"
    assert card.text.startswith("\n# My model\n\nWe made it.\n")
    assert card.text.endswith("\nThe end.\n")
    assert card.text.count(BEGIN) == card.text.count(END) == 1


def test_publishing_twice_changes_nothing(publish, tmp_path):
    publish("card", tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("README.md")}
    publish("card", tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.rglob("README.md")} == before


def test_a_text_without_metadata_is_kept_and_so_are_its_line_ends(publish, one, tmp_path):
    path = tmp_path / "README.md"
    path.write_bytes(b"# Mine\r\n\r\nText.\r\n")
    publish("card", path, [one])
    content = path.read_bytes().decode()
    assert "# Mine\r\n\r\nText.\r\n" in content
    assert "\n" not in content.replace("\r\n", "")
    assert ModelCard.load(path).data.eval_results


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("---\na: [\n---\n", "metadata"),
        ("---\nmodel-index: 3\n---\n", "metadata"),
        (f"---\na: 1\n---\n{BEGIN}\n", "one is missing"),
    ],
)
def test_a_card_that_cannot_be_read_is_left_as_it_is(publish, one, tmp_path, text, said):
    path = tmp_path / "README.md"
    path.write_text(text)
    with pytest.raises(BadInput, match=said):
        publish("card", path, [one])
    assert path.read_text() == text


def test_one_file_is_for_one_model(publish, tmp_path):
    with pytest.raises(BadInput, match="2 models"):
        publish("card", tmp_path / "README.md")
