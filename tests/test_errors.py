from __future__ import annotations

from eyechart.errors import BadInput, MissingExtra, UnknownName


def test_a_near_miss_is_suggested() -> None:
    error = UnknownName("exam", "zero_shoot", ["zero_shot", "knn"])
    assert str(error) == "no exam is called 'zero_shoot'; did you mean 'zero_shot'?"
    assert error.near == ("zero_shot",)


def test_a_far_miss_lists_what_is_known() -> None:
    assert str(UnknownName("chart", "xyz", ["recognition"])) == "no chart is called 'xyz'; known: recognition."
    assert str(UnknownName("model", "xyz", [])).endswith("known: none.")


def test_a_missing_extra_says_what_to_install() -> None:
    error = MissingExtra("reading an ONNX graph", "onnx")
    assert isinstance(error, BadInput)
    assert "pip install 'eyechart[onnx]'" in str(error)
