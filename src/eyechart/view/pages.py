"""Values as HTML, each from its template; everything that comes from data is escaped."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

_PAGES = Environment(
    loader=PackageLoader("eyechart.view"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def rendered(template: str, values: dict[str, Any]) -> str:
    """The template of that name with these values."""
    return _PAGES.get_template(f"{template}.html").render(values)


def sentence(text: str) -> str:
    """One sentence as a paragraph that stands out."""
    return rendered("sentence", {"text": text})
