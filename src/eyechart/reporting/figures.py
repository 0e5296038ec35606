"""Figures: a still one that prints and needs no script, and the same to be explored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from functools import cache
from typing import Any, NamedTuple

import altair as alt
import vl_convert

from eyechart import draw

READ = {"point", "rule", "bar", "circle", "square", "rect"}  # marks of which each stands for one row
NAMED = {"series": "title", "row": "of", "low": "from", "high": "to"}  # fields as a tooltip calls them
ZOOMED = {"point", "line", "area"}
CONCATENATED = ("vconcat", "hconcat", "concat")

Spec = dict[str, Any]


class Figure(NamedTuple):
    """One picture of several models, twice."""

    still: str  # SVG
    lively: Spec  # Vega-Lite with tooltips, a parameter `shown` of series that are drawn, and zoom
    series: tuple[str, ...]  # that can be put away, when there are several
    told: bool  # some of its marks have a tooltip


def figure(chart: alt.TopLevelMixin, title: str) -> Figure:
    """Both figures of a chart; `title` says what it shows, for those who cannot see it."""
    spec = draw.to_spec(chart)
    series = tuple(dict.fromkeys(name for unit, _ in _units(spec, ()) for name in _series(unit)))
    lively = _lively(spec, series)
    told = any("tooltip" in unit["encoding"] for unit, _ in _units(lively, ()))
    return Figure(still=draw.drawn(spec, title), lively=lively, series=series, told=told)


@cache
def library() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script that asks for nothing and leaves ``vegaEmbed`` behind."""
    return f"(() => {{{vl_convert.javascript_bundle('window.vegaEmbed = vegaEmbed;')}}})();"


def _lively(spec: Spec, series: Sequence[str]) -> Spec:
    found = deepcopy(spec)
    zooms: list[Spec] = []
    for number, (unit, rows) in enumerate(_units(found, ())):
        mark, encoding = _mark(unit), unit.setdefault("encoding", {})
        if mark["type"] in READ and rows and {"value", "low"} & rows[0].keys():
            encoding.setdefault("tooltip", list(_told(encoding, rows)))
        if _series(unit):
            unit["transform"] = [*unit.get("transform", ()), {"filter": "indexof(shown, datum.series) >= 0"}]
        if mark["type"] in ZOOMED and _numeric(encoding):
            unit |= {"mark": {**mark, "clip": True}, "name": f"unit_{number}"}
    for number, panel in enumerate(_panels(found)):
        names = [unit["name"] for unit, _ in _units(panel, ()) if "name" in unit]
        if names:
            zooms.append(_zoom(number, names[0]))
    found["params"] = [*found.get("params", ()), {"name": "shown", "value": list(series)}, *zooms]
    return found


def _zoom(number: int, view: str) -> Spec:
    held = "[pointerdown[!event.shiftKey], window:pointerup] > window:pointermove!"
    return {
        "name": f"zoom_{number}",
        "select": {"type": "interval", "zoom": "wheel![event.shiftKey]", "translate": held},
        "bind": "scales",
        "views": [view],
    }


def _panels(spec: Spec) -> list[Spec]:
    """The views that have axes of their own."""
    parts = [panel for kind in CONCATENATED for part in spec.get(kind, ()) for panel in _panels(part)]
    return parts or [spec]


def _units(spec: Spec, rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Spec, Sequence[Mapping[str, Any]]]]:
    """Each view that has a mark, with the rows it draws; what is repeated by facets is left as it is."""
    given = spec.get("data", {}).get("values", rows)
    rows = given if isinstance(given, list) else ()
    for part in (part for kind in (*CONCATENATED, "layer") for part in spec.get(kind, ())):
        yield from _units(part, rows)
    if "mark" in spec:
        yield spec, rows


def _mark(unit: Spec) -> Spec:
    return {"type": unit["mark"]} if isinstance(unit["mark"], str) else unit["mark"]


def _series(unit: Spec) -> list[str]:
    """The series of a view that is coloured by them."""
    colour = unit.get("encoding", {}).get("color", {})
    return list(colour.get("scale", {}).get("domain", ())) if colour.get("field") == "series" else []


def _numeric(encoding: Mapping[str, Any]) -> bool:
    return all(encoding.get(axis, {}).get("type") == "quantitative" for axis in "xy")


def _told(encoding: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Iterator[Spec]:
    """What a tooltip says of one row: the name of the series, then every number under the name of its axis."""
    upright = "x" if encoding.get("y", {}).get("type") == "nominal" else "y"
    titles = {**NAMED, **{name: encoding.get(axis, {}).get("title") for name, axis in (("x", "x"), ("value", upright))}}
    for name, value in rows[0].items():
        plain = {"field": name, "title": titles.get(name) or name}
        if isinstance(value, str):
            yield {**plain, "type": "nominal"}
        else:
            yield {**plain, "type": "quantitative", "format": ",.4~g"}
