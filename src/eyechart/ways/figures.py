"""Each exam's figure as files for papers and slides."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

import altair as alt
import vl_convert

from eyechart import draw
from eyechart.core import Result
from eyechart.reporting.comparison import by_norm
from eyechart.reporting.drawing import drawn
from eyechart.ways.files import slug, write
from eyechart.ways.models import named
from eyechart.ways.way import Published

Format = Literal["svg", "png", "pdf"]
SCALE = 2  # pixels of a PNG per point


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One file per norm and format, called exam, data and norm."""

    where: ClassVar[str] = "figures"

    formats: tuple[Format, ...] = ("svg", "png", "pdf")

    def publish(self, results: Sequence[Result], where: str) -> Published:
        written: list[str] = []
        left_out: list[str] = []
        for digest, group in by_norm(named(results)).items():
            norm = group[0].record.norm
            name = f"{slug(norm.exam)}-{slug(norm.data)}-{digest[:8]}"
            found = drawn(norm, group[0].record.question, {result.record.card.name: result for result in group})
            if isinstance(found, str):
                left_out.append(f"{name}: {found}")
                continue
            written += [
                write(Path(where) / f"{name}.{form}", WRITERS[form](found.chart, found.title)) for form in self.formats
            ]
        return Published(written=tuple(written), left_out=tuple(left_out))


def _svg(chart: alt.TopLevelMixin, title: str) -> bytes:
    return draw.to_svg(chart, title).encode()


def _png(chart: alt.TopLevelMixin, title: str) -> bytes:  # noqa: ARG001  # it has no place for a title
    return vl_convert.vegalite_to_png(_on_paper(chart), scale=SCALE, allowed_base_urls=[])


def _pdf(chart: alt.TopLevelMixin, title: str) -> bytes:  # noqa: ARG001
    return vl_convert.vegalite_to_pdf(_on_paper(chart), allowed_base_urls=[])


def _on_paper(chart: alt.TopLevelMixin) -> dict[str, Any]:
    """The chart in black on white: these formats know no colour of the page around them."""
    spec: dict[str, Any] = json.loads(json.dumps(chart.to_dict()).replace(f'"{draw.INK}"', '"black"'))
    spec["config"]["background"] = "white"
    return spec


WRITERS: dict[Format, Callable[[alt.TopLevelMixin, str], bytes]] = {"svg": _svg, "png": _png, "pdf": _pdf}

PUBLIC = Figures
