"""One self-contained HTML page: opens offline and asks for nothing; scripts add to it, and it reads without them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from jinja2 import Environment, PackageLoader, StrictUndefined

from eyechart.core import Refusal, Result
from eyechart.errors import BadInput
from eyechart.reporting.figures import library
from eyechart.reporting.pictures import Album
from eyechart.reporting.taught import Chapter
from eyechart.reporting.view import page


def write(
    results: Sequence[Result], refusals: Sequence[Refusal], album: Album, out: Path, taught: Chapter | None = None
) -> Path:
    """Write the page and return where it is; what stood there is replaced at once or not at all.

    Args:
        results: records with their sheets; of one model under one norm the newest is shown.
        refusals: exams that were declined.
        album: the shelf, for thumbnails.
        out: the file to write.
        taught: what the models were taught under one norm, if they were.

    Raises:
        BadInput: there is nothing to report, or the file cannot be written.
    """
    if not results and not refusals:
        raise BadInput("there is nothing to report: neither records nor refusals were given")
    text = html(results, refusals, album, taught)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", encoding="utf-8", dir=out.parent, suffix=".part", delete=False) as file:
            file.write(text)
        Path(file.name).replace(out)
        out.chmod(0o644)
    except OSError as error:
        raise BadInput(f"the report cannot be written to {out}: {error.strerror}") from error
    return out


def html(results: Sequence[Result], refusals: Sequence[Refusal], album: Album, taught: Chapter | None = None) -> str:
    """The page as text. Everything that comes from data is escaped; only our own figures are taken as they are."""
    templates = PackageLoader("eyechart.reporting")
    environment = Environment(
        loader=templates,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    shown = page(results, refusals, album, taught)
    behaviour = templates.get_source(environment, "page.js")[0]
    vega = library() if any(section.figure for section in shown.sections) else ""
    allowed = " ".join(_fingerprint(script) for script in (behaviour, vega) if script)
    template = environment.get_template("page.html")
    return template.render(page=shown, behaviour=behaviour, library=vega, allowed=allowed)


def _fingerprint(script: str) -> str:
    """What a browser compares with a script before it runs it, so that no other script runs."""
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"
