"""The only chart style: dots with intervals, curves with bands, densities, bars; as SVG, offline.

Ink and labels are ``currentColor`` on a transparent ground, so that one picture serves a light page and a dark one.
Colours are those of Okabe and Ito (2008), which stay apart for colour-blind eyes, without yellow and black and with a
lighter blue, so that all show on both grounds; shapes tell series apart a second time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from html import escape
from itertools import cycle, islice
from typing import Any, Literal, NamedTuple

import altair as alt
import numpy as np
import vl_convert
from numpy.typing import NDArray

from eyechart.errors import BadInput

PALETTE = ("#1F83C4", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8A8A8A")
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross")
INK = "currentColor"
WIDTH, ROW, HEIGHT = 420, 26, 260
FONT = "Arial, 'Liberation Sans', Helvetica, sans-serif"  # of equal metrics, so that labels fit wherever it opens
GRID = 240  # points of a density

Domain = tuple[float, float]


class Spot(NamedTuple):
    """A value with its interval: `row` names the line it stands on, `series` its colour."""

    row: str
    series: str
    value: float
    low: float
    high: float


class Point(NamedTuple):
    """One place of a curve, with its band."""

    series: str
    x: float
    value: float
    low: float
    high: float


class Sample(NamedTuple):
    """Numbers whose distribution is drawn: `panel` names the strip, `series` the colour."""

    panel: str
    series: str
    values: NDArray[Any]


class Trend(NamedTuple):
    """A panel of dots over a cost, on a logarithmic axis, with the laws that were laid through them."""

    x: str  # what the axis shows, in words
    points: Sequence[Point]
    ringed: Sequence[Point]
    laws: Sequence[Point]  # lines with bands, by series


class Bar(NamedTuple):
    """A length: `row` names the group, `series` the colour."""

    row: str
    series: str
    value: float


def intervals(
    rows: Sequence[Spot], *, x: str, chance: float | None = None, domain: Domain | None = (0.0, 1.0)
) -> alt.TopLevelMixin:
    """Dots with their intervals, one line per row and series, and a dashed line at chance.

    Args:
        rows: drawn in the order given.
        x: what the axis shows, in words.
        chance: what a model gets that sees nothing.
        domain: of the axis; None fits it to the rows.
    """
    _some(rows)
    names, places = _unique(row.series for row in rows), _unique(row.row for row in rows)
    base = alt.Chart(_data(rows)).encode(
        y=alt.Y("row:N", sort=places, title=None, axis=alt.Axis(domain=False, ticks=False, offset=6)),
        yOffset=alt.YOffset("series:N", sort=names),
        color=_colour(names),
    )
    axis = alt.X("low:Q", title=x, scale=_scale(domain))
    beyond = _beyond([end for row in rows for end in (row.low, row.high)], domain)
    bars = base.mark_rule(strokeWidth=2.5, clip=beyond).encode(x=axis, x2="high:Q")
    dots = base.mark_point(filled=True, size=70, opacity=1, clip=beyond).encode(
        x=alt.X("value:Q", title=x, scale=_scale(domain)), shape=_shape(names)
    )
    height = ROW * max(1.0, 0.7 * len(names)) * len(places)
    return _styled(alt.layer(*_rule(chance, "chance", vertical=True), bars, dots), height)


def curve(
    rows: Sequence[Point],
    *,
    x: str,
    y: str,
    chance: float | None = None,
    domain: Domain | None = (0.0, 1.0),
    scale: Literal["linear", "log"] = "linear",
) -> alt.TopLevelMixin:
    """Lines with points and bands over a number, and a dashed line at chance."""
    _some(rows)
    names = _unique(row.series for row in rows)
    base = alt.Chart(_data(rows)).encode(
        x=alt.X("x:Q", title=x, scale=alt.Scale(type=scale, zero=False, nice=False, padding=12)), color=_colour(names)
    )
    upright = alt.Y("value:Q", title=y, scale=_scale(domain))
    band = base.mark_area(opacity=0.16, clip=True).encode(y=alt.Y("low:Q", title=y, scale=_scale(domain)), y2="high:Q")
    beyond = _beyond([row.value for row in rows], domain)
    line = base.mark_line(strokeWidth=2, clip=beyond).encode(y=upright)
    dots = base.mark_point(filled=True, size=48, opacity=1, clip=beyond).encode(y=upright, shape=_shape(names))
    return _styled(alt.layer(*_rule(chance, "chance", vertical=False), band, line, dots), HEIGHT)


def density(samples: Sequence[Sample], *, x: str, marks: Mapping[str, float] | None = None) -> alt.TopLevelMixin:
    """Smoothed distributions, one strip per panel, all on one axis; each as high as its strip.

    Args:
        samples: empty ones are refused.
        x: what the axis shows, in words.
        marks: per panel a place worth a dashed line, such as a threshold.
    """
    _some(samples)
    names, panels = _unique(sample.series for sample in samples), _unique(sample.panel for sample in samples)
    everything = np.concatenate([np.asarray(sample.values, dtype=np.float64) for sample in samples])
    margin = 0.04 * (np.ptp(everything) or 1.0)
    grid = np.linspace(everything.min() - margin, everything.max() + margin, GRID)
    strips = []
    for panel in panels:
        own = [sample for sample in samples if sample.panel == panel]
        rows = [
            {"series": sample.series, "x": place, "height": height}
            for sample in own
            for place, height in zip(grid.tolist(), _smoothed(sample.values, grid).tolist(), strict=True)
        ]
        last = panel == panels[-1]
        strip = (
            alt.Chart(alt.Data(values=rows))
            .mark_area(opacity=0.35, line={"strokeWidth": 2}, clip=True)
            .encode(
                x=alt.X("x:Q", title=x if last else None, scale=alt.Scale(nice=False), axis=alt.Axis(labels=last)),
                y=alt.Y("height:Q", title=None, axis=None, stack=None),
                color=_colour(names),
            )
        )
        rule = _rule((marks or {}).get(panel), "", vertical=True)
        heading = alt.TitleParams(panel, anchor="start", fontSize=12, fontWeight="normal", color=INK)
        strips.append(alt.layer(strip, *rule).properties(title=heading, width=WIDTH, height=84))
    return _configured(alt.vconcat(*strips, spacing=14))


def bars(rows: Sequence[Bar], *, x: str, domain: Domain | None = None) -> alt.TopLevelMixin:
    """Horizontal bars from zero, one group per row; `domain` fits the axis to the rows when None."""
    _some(rows)
    ends = [0.0, *(row.value for row in rows)]
    reach = domain or (min(ends), max(ends) * 1.04)
    names, places = _unique(row.series for row in rows), _unique(row.row for row in rows)
    drawn = (
        alt.Chart(_data(rows))
        .mark_bar(cornerRadiusEnd=2, clip=True)
        .encode(
            x=alt.X("value:Q", title=x, scale=_scale(reach), stack=None),
            y=alt.Y("row:N", sort=places, title=None, axis=alt.Axis(domain=False, ticks=False)),
            yOffset=alt.YOffset("series:N", sort=names),
            color=_colour(names),
        )
    )
    return _styled(drawn, ROW * max(1.0, 0.6 * len(names)) * len(places))


def stacked(*charts: alt.TopLevelMixin) -> alt.TopLevelMixin:
    """Charts of this module one above the other."""
    bare = [chart.copy(deep=False) for chart in charts]
    for chart in bare:
        chart.config = alt.Undefined
    return _configured(alt.vconcat(*bare, spacing=28).resolve_scale(color="independent", shape="independent"))


def scatter(panels: Mapping[str, Sequence[Point]], *, x: str, y: str, chance: float | None = None) -> alt.TopLevelMixin:
    """Dots over a number on a logarithmic axis, with faint intervals; one panel below the other on the same axes.

    Args:
        panels: heading → points, coloured by their series; y runs from 0 to 1.
        x: what the lower axis shows, in words; values are above zero.
        y: likewise of the upright one.
        chance: what a model gets that sees nothing.
    """
    every = [point for points in panels.values() for point in points]
    _some(every)
    names, span = _unique(point.series for point in every), [min(p.x for p in every), max(p.x for p in every)]
    drawn = []
    for heading, points in panels.items():
        base = alt.Chart(_data(points)).encode(
            x=alt.X("x:Q", title=x, scale=alt.Scale(type="log", domain=span, nice=False, padding=12)),
            color=_colour(names),
        )
        upright = {"title": y, "scale": _scale((0.0, 1.0))}
        rules = base.mark_rule(opacity=0.22, clip=True).encode(y=alt.Y("low:Q", **upright), y2="high:Q")
        dots = base.mark_point(filled=True, size=42, opacity=0.9).encode(
            y=alt.Y("value:Q", **upright), shape=_shape(names)
        )
        title = alt.TitleParams(heading, anchor="start", fontSize=12, fontWeight="normal", color=INK)
        layers = alt.layer(*_rule(chance, "chance", vertical=False), rules, dots)
        drawn.append(layers.properties(title=title, width=WIDTH, height=HEIGHT * 0.8))
    return _configured(alt.vconcat(*drawn, spacing=14))


def trends(panels: Sequence[Trend], *, y: str, chance: float | None = None) -> alt.TopLevelMixin:
    """Dots over costs with intervals, rings around some of them, and laws with bands; one panel below the other.

    Colours tell series apart, in the same way in all panels; y runs from 0 to the highest end of an interval.
    """
    every = [point for panel in panels for point in (*panel.points, *panel.laws)]
    _some(every)
    names, top = _unique(point.series for point in every), min(1.0, 1.08 * max(point.high for point in every))
    upright = {"title": y, "scale": alt.Scale(domain=[0.0, top], nice=False)}
    drawn = []
    for panel in panels:
        axis = alt.X(
            "x:Q",
            title=panel.x,
            scale=alt.Scale(type="log", nice=False, padding=12),
            axis=alt.Axis(format="~s", tickCount=6),
        )
        laws = alt.Chart(_data(panel.laws)).encode(x=axis, color=_colour(names))
        dots = alt.Chart(_data(panel.points)).encode(x=axis, color=_colour(names))
        rings = alt.Chart(_data(panel.ringed)).mark_point(size=190, color=INK, strokeWidth=1.4, opacity=0.8)
        height = alt.Y("value:Q", **upright)
        layers = [
            *_rule(chance, "chance", vertical=False),
            laws.mark_area(opacity=0.16, clip=True).encode(y=alt.Y("low:Q", **upright), y2="high:Q"),
            laws.mark_line(strokeWidth=2, clip=True).encode(y=height),
            dots.mark_rule(opacity=0.4, clip=True).encode(y=alt.Y("low:Q", **upright), y2="high:Q"),
            dots.mark_point(filled=True, size=48, opacity=1).encode(y=height, shape=_shape(names)),
            rings.encode(x=axis, y=height),
        ]
        drawn.append(alt.layer(*layers).properties(width=WIDTH, height=HEIGHT * 0.9))
    return _configured(alt.vconcat(*drawn, spacing=22))


def to_spec(chart: alt.TopLevelMixin) -> dict[str, Any]:
    """The chart as Vega-Lite; it is not checked against the schema, which takes longer than drawing it."""
    return dict(chart.to_dict(validate=False))


def to_svg(chart: alt.TopLevelMixin, title: str) -> str:
    """The chart as one ``<svg>`` element that needs nothing else; the same chart always gives the same text.

    Args:
        chart: of this module or any other of Altair.
        title: what the picture shows, for those who cannot see it.
    """
    return drawn(to_spec(chart), title)


def drawn(spec: Mapping[str, Any], title: str) -> str:
    """The same for a chart that is Vega-Lite already."""
    text: str = vl_convert.vegalite_to_svg(dict(spec), allowed_base_urls=[])
    # Marks announce themselves one by one to screen readers; a picture with one good title is kinder.
    text = re.sub(r' (?:aria-[a-z]+|role)="[^"]*"', "", text)
    found = list(dict.fromkeys(re.findall(r'\bid="([^"]+)"', text)))
    plain = text
    for number, name in enumerate(found):
        plain = re.sub(rf'(\bid="|url\(#){re.escape(name)}(?="|\))', rf"\g<1>{number}", plain)
    digest = blake2b((title + plain).encode(), digest_size=4).hexdigest()
    for number, name in enumerate(found):
        text = re.sub(rf'(\bid="|url\(#){re.escape(name)}(?="|\))', rf"\g<1>c{digest}-{number}", text)
    head = f'<svg role="img" aria-label="{escape(title)}" '
    return text.replace("<svg ", head, 1)


def _some(rows: Sequence[Any]) -> None:
    if not rows:
        raise BadInput("there is nothing to draw: no rows were given")


def _data(rows: Sequence[Spot] | Sequence[Point] | Sequence[Bar]) -> alt.Data:
    return alt.Data(values=[row._asdict() for row in rows])


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _colour(names: Sequence[str]) -> alt.Color:
    legend = _legend(names)
    scale = alt.Scale(domain=list(names), range=list(islice(cycle(PALETTE), len(names))))
    return alt.Color("series:N", scale=scale, legend=legend)


def _shape(names: Sequence[str]) -> alt.Shape:
    legend = _legend(names)
    scale = alt.Scale(domain=list(names), range=list(islice(cycle(SHAPES), len(names))))
    return alt.Shape("series:N", scale=scale, legend=legend)


def _legend(names: Sequence[str]) -> alt.Legend | None:
    return alt.Legend(title=None, symbolOpacity=1) if len(names) > 1 else None


def _scale(domain: Domain | None) -> alt.Scale:
    return alt.Scale(zero=False, padding=12) if domain is None else alt.Scale(domain=list(domain), nice=False)


def _beyond(values: Sequence[float], domain: Domain | None) -> bool:
    """Something lies outside the axis and must be cut off; otherwise dots on its ends stay whole."""
    return domain is not None and (min(values) < domain[0] or max(values) > domain[1])


def _rule(place: float | None, label: str, *, vertical: bool) -> list[alt.Chart | alt.LayerChart]:
    """A dashed line with its name, or nothing."""
    if place is None:
        return []
    base = alt.Chart(alt.Data(values=[{"place": place, "label": label}]))
    where = alt.X("place:Q") if vertical else alt.Y("place:Q")
    line = base.mark_rule(strokeDash=[4, 4], color=INK, opacity=0.7, clip=True).encode(where)
    if not label:
        return [line]
    words = {"text": "label:N"}
    if vertical:
        text = base.mark_text(dy=-6, baseline="bottom", color=INK, opacity=0.8).encode(where, y=alt.value(0), **words)
    else:
        text = base.mark_text(dx=-4, dy=-5, align="right", color=INK, opacity=0.8).encode(
            where, x=alt.value(WIDTH), **words
        )
    return [line, text]


def _smoothed(values: NDArray[Any], grid: NDArray[np.float64]) -> NDArray[np.float64]:
    """A Gaussian kernel estimate on an even grid, by Silverman's rule (1986, equation 3.31), scaled to a peak of 1."""
    rows = np.asarray(values, dtype=np.float64)
    if not len(rows) or not np.isfinite(rows).all():
        raise BadInput(f"a density needs finite numbers; got {len(rows)} of which some are missing or not finite")
    step = float(grid[1] - grid[0])
    quartiles = np.quantile(rows, [0.25, 0.75])
    spread = min(float(rows.std()), float(quartiles[1] - quartiles[0]) / 1.34) or float(rows.std())
    width = max(0.9 * spread * len(rows) ** -0.2, step)
    counts = np.histogram(rows, np.append(grid - step / 2, grid[-1] + step / 2))[0]
    offsets = (np.arange(2 * len(grid) - 1) - (len(grid) - 1)) * step
    heights = np.convolve(counts, np.exp(-0.5 * (offsets / width) ** 2))[len(grid) - 1 : 2 * len(grid) - 1]
    return np.asarray(heights / heights.max())


def _styled(chart: alt.Chart | alt.LayerChart, height: float) -> alt.TopLevelMixin:
    return _configured(chart.properties(width=WIDTH, height=height))


def _configured(chart: alt.TopLevelMixin) -> alt.TopLevelMixin:
    axis = alt.AxisConfig(
        labelColor=INK, titleColor=INK, gridColor=INK, domainColor=INK, tickColor=INK,
        gridOpacity=0.14, domainOpacity=0.5, tickOpacity=0.5, labelFontSize=12, titleFontSize=12,
        titleFontWeight="normal", titlePadding=10, labelLimit=240, tickCount=6,
    )  # fmt: skip
    return chart.configure(
        background="transparent",
        font=FONT,
        padding=6,
        axis=axis,
        view=alt.ViewConfig(stroke=None),
        legend=alt.LegendConfig(
            orient="bottom", direction="vertical", labelColor=INK, labelFontSize=12, labelLimit=440
        ),
    )
