"""Charts are one style, offline, repeatable and safe to put on a page."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from eyechart import draw
from eyechart.errors import BadInput

SPOTS = [draw.Spot("top-1", name, value, value - 0.05, value + 0.05) for name, value in (("a", 0.4), ("b", 0.6))]
POINTS = [draw.Point(name, k, 0.5, 0.4, 0.6) for name in "ab" for k in (1, 10, 100)]
CHARTS = {
    "intervals": draw.intervals(SPOTS, x="accuracy", chance=0.1),
    "curve": draw.curve(POINTS, x="k", y="accuracy", chance=0.1, scale="log"),
    "density": draw.density([draw.Sample("m", "matched", np.arange(50.0))], x="score", marks={"m": 9.0}),
    "bars": draw.bars([draw.Bar("cat", "a", 0.3), draw.Bar("cat", "b", 0.5)], x="recall"),
}


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_one_svg_that_asks_for_nothing(name):
    text = draw.to_svg(CHARTS[name], "what it shows")
    root = ElementTree.fromstring(text)
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == "what it shows"
    addresses = re.findall(r'(?:href|src)="([^"]*)"', text)
    assert not addresses
    assert "currentColor" in text


@pytest.mark.parametrize("name", CHARTS)
def test_the_same_chart_gives_the_same_text(name):
    assert draw.to_svg(CHARTS[name], "x") == draw.to_svg(CHARTS[name], "x")


def test_two_charts_on_one_page_share_no_identifier():
    found = [set(re.findall(r'\bid="([^"]+)"', draw.to_svg(chart, "x"))) for chart in CHARTS.values()]
    assert sum(map(len, found)) == len(set().union(*found))
    for name, chart in CHARTS.items():
        text = draw.to_svg(chart, name)
        assert set(re.findall(r"url\(#([^)]+)\)", text)) <= set(re.findall(r'\bid="([^"]+)"', text))


def test_names_from_data_cannot_leave_their_place():
    evil = '</text><script>alert("x")</script>'
    text = draw.to_svg(draw.intervals([draw.Spot(evil, evil, 0.5, 0.4, 0.6)], x=evil), evil)
    assert "<script" not in text
    ElementTree.fromstring(text)


def test_many_series_keep_apart_by_colour_or_shape():
    names = [f"m{i}" for i in range(20)]
    rows = [draw.Spot("top-1", name, 0.5, 0.4, 0.6) for name in names]
    spec = draw.intervals(rows, x="accuracy").to_dict()
    marks = spec["layer"][-1]["encoding"]
    pairs = set(zip(marks["color"]["scale"]["range"], marks["shape"]["scale"]["range"], strict=True))
    assert len(pairs) == 20


def test_a_density_peaks_where_its_numbers_are():
    grid = np.linspace(-5, 5, draw.GRID)
    heights = draw._smoothed(np.random.default_rng(0).normal(1, 0.5, 2000), grid)
    assert grid[heights.argmax()] == pytest.approx(1, abs=0.15)
    assert heights.max() == 1.0
    assert draw._smoothed(np.full(9, 2.0), grid).max() == 1.0


def test_nothing_to_draw_is_told():
    with pytest.raises(BadInput, match="nothing to draw"):
        draw.intervals([], x="accuracy")
    with pytest.raises(BadInput, match="finite"):
        draw.density([draw.Sample("m", "s", np.array([np.nan]))], x="score")
