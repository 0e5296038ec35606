"""A figure is still first, and lively on demand with the same data."""

from __future__ import annotations

import altair as alt

from eyechart import draw
from eyechart.reporting.figures import figure, library

SPOTS = [draw.Spot("top-1", name, value, value - 0.05, value + 0.05) for name, value in (("a", 0.4), ("b", 0.6))]
POINTS = [draw.Point(name, k, 0.5, 0.4, 0.6) for name in "ab" for k in (1, 10, 100)]


def marks(spec):
    return [unit for part in ("vconcat", "layer") for one in spec.get(part, ()) for unit in marks(one)] or [spec]


def test_the_still_figure_is_that_of_the_chart():
    chart = draw.intervals(SPOTS, x="accuracy", chance=0.1)
    assert figure(chart, "what it shows").still == draw.to_svg(chart, "what it shows")


def test_series_can_be_put_away_and_nothing_else():
    found = figure(draw.intervals(SPOTS, x="accuracy", chance=0.1), "x")
    assert found.series == ("a", "b")
    assert {"name": "shown", "value": ["a", "b"]} in found.lively["params"]
    coloured = [mark for mark in marks(found.lively) if "color" in mark["encoding"]]
    assert coloured
    assert all("shown" in mark["transform"][0]["filter"] for mark in coloured)
    assert not [mark for mark in marks(found.lively) if "color" not in mark["encoding"] and "transform" in mark]


def test_a_tooltip_tells_the_series_and_names_each_number_by_its_axis():
    found = figure(draw.curve(POINTS, x="neighbours", y="accuracy"), "x")
    (told,) = [mark["encoding"]["tooltip"] for mark in marks(found.lively) if "tooltip" in mark["encoding"]]
    assert [one["title"] for one in told] == ["title", "neighbours", "accuracy", "from", "to"]


def test_what_has_two_numbered_axes_can_be_zoomed_panel_by_panel():
    charts = [
        draw.curve(POINTS, x="k", y="accuracy"),
        draw.intervals(SPOTS, x="accuracy"),
        draw.curve(POINTS, x="k", y="x"),
    ]
    params = figure(draw.stacked(*charts), "x").lively["params"]
    assert [param["name"] for param in params] == ["shown", "zoom_0", "zoom_2"]


def test_bars_tell_their_length():
    found = figure(draw.bars([draw.Bar("cat", "a", 0.3), draw.Bar("cat", "b", 0.5)], x="recall"), "x")
    (told,) = [mark["encoding"]["tooltip"] for mark in marks(found.lively)]
    assert [one["title"] for one in told] == ["of", "title", "recall"]


def test_a_strangers_chart_is_left_as_it_is():
    data = alt.Data(values=[{"a": 1, "b": 2}])
    plain = alt.Chart(data).mark_bar().encode(x="a:Q", y="b:N")
    found = figure(alt.hconcat(plain, plain.facet("a:N")), "x")
    assert found.series == ()
    assert not found.told
    assert found.lively["params"] == [{"name": "shown", "value": []}]


def test_the_library_can_stand_inside_a_script():
    text = library()
    assert "</script" not in text
    assert "<!--" not in text
    assert "vegaEmbed" in text
