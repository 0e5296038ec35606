"""What the pages of the exams take from the exams themselves (a hook of mkdocs), so that it cannot go stale.

A page of ``exams/`` holds three marks: ``<!-- exam -->`` becomes the question and what the exam needs,
``<!-- figure -->`` the figure with the records behind it, ``<!-- settings -->`` the settings and the exam's own words.
On the index, ``<!-- exams CHART -->`` becomes the questions of one battery.
"""

from __future__ import annotations

import inspect
import io
import json
import re
import tokenize
from inspect import cleandoc
from pathlib import Path
from typing import Any

from eyechart import plugins
from eyechart.charts import CHARTS
from eyechart.core import Exam
from eyechart.run import ASKS
from eyechart.settings import defaults

FIGURES = Path(__file__).parent / "images" / "exams"
MANY = 8  # values of a default that a table shows one by one


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Put in what the exam says of itself."""
    folder, _, file = page.file.src_uri.rpartition("/")
    if folder != "exams":
        return markdown
    if file == "index.md":
        return re.sub(r"<!-- exams (\w+) -->", lambda mark: battery(mark[1]), markdown)
    exam = plugins.find("exams", Path(file).stem)
    return markdown.replace("<!-- exam -->", summary(exam)).replace("<!-- settings -->", settings(exam))


def on_page_content(html: str, page: Any, **_: Any) -> str:
    """Put in the figure, as it is: its ink is that of the page, light or dark."""
    folder, _, file = page.file.src_uri.rpartition("/")
    return html.replace("<!-- figure -->", figure(Path(file).stem)) if folder == "exams" else html


def battery(chart: str) -> str:
    """The exams of a chart with their questions, linked."""
    lines = [f"| [`{name}`]({name}.md) | {plugins.find('exams', name).question} |" for name in CHARTS[chart].exams]
    return "\n".join(["| exam | question |", "|---|---|", *lines])


def summary(exam: type[Exam]) -> str:
    """The question, what the exam needs, and how it is taken."""
    takers = " or ".join(f"`{need.__name__}`" for need in exam.needs)
    charts = ", ".join(f"`{name}`" for name, chart in CHARTS.items() if exam.name in chart.exams)
    rows = {
        "needs a model that is": takers,
        "asks of the data for": "; ".join(ASKS[word] for word in exam.asks),
        "headline": f"`{exam.headline}`",
        "says": re.sub(r"\{(\w+)\}", r"`\1`", exam.says),
        "in the charts": charts or "none; ask for it by name",
        "version": str(exam.version),
    }
    table = "\n".join(f"| {name} | {value} |" for name, value in rows.items())
    command = f"```bash\neyechart examine MODEL --data DATA --exam {exam.name}\n```"
    return f'<p class="question" markdown="span">{exam.question}</p>\n\n{command}\n\n| | |\n|---|---|\n{table}'


def settings(exam: type[Exam]) -> str:
    """A table of all settings with their defaults and comments, and the docstring."""
    said = comments(exam)
    lines = [f"| `{name}` | `{_short(value)}` | {said.get(name, '')} |" for name, value in defaults(exam).items()]
    table = "\n".join(["| field | default | what it is |", "|---|---|---|", *lines]) if lines else "It has no settings."
    words = "\n".join(f"    {line}".rstrip() for line in cleandoc(exam.__doc__ or "").splitlines())
    how = f"Given as `--set {exam.name}.FIELD=VALUE`; all of them are part of the norm.\n\n" if lines else ""
    return f'{how}{table}\n\n??? quote "In the words of the code"\n\n{words}\n'


def comments(exam: type[Exam]) -> dict[str, str]:
    """What stands behind the fields of an exam in its source."""
    found, line = {}, ""
    for token in tokenize.generate_tokens(io.StringIO(inspect.getsource(exam)).readline):
        if token.type == tokenize.NAME and not line:
            line = token.string
        elif token.type == tokenize.COMMENT and line in defaults(exam):
            found[line] = token.string.removeprefix("# ")
        elif token.type in (tokenize.NEWLINE, tokenize.NL):
            line = ""
    return found


def figure(exam: str) -> str:
    """The drawing with the numbers of the records behind it."""
    facts = json.loads((FIGURES / "figures.json").read_text(encoding="utf-8")).get(exam)
    if facts is None:
        return ""
    drawing = (FIGURES / f"{exam}.svg").read_text(encoding="utf-8")
    return f'<figure class="exam">{drawing}<figcaption>{caption(facts)}</figcaption></figure>'


def caption(facts: dict[str, Any]) -> str:
    """Which models, on what, with which numbers."""
    told = [
        f"<code>{one['model']}</code> {one['value']:.3f} [{one['low']:.3f}, {one['high']:.3f}]"
        for one in facts["models"]
    ]
    chance = f"; chance {facts['chance']:.3f}" if facts["chance"] is not None else ""
    other = "; ".join(f"{name} = {value}" for name, value in facts["settings"].items())
    return (
        f"<code>{facts['headline']}</code> on <code>{facts['data']}</code> ({facts['split']}, {facts['count']} "
        f"pictures{', ' + other if other else ''}): {', '.join(told)}; intervals of {facts['level']:.0%}{chance}."
    )


def _short(value: Any) -> str:
    if isinstance(value, tuple) and len(value) > MANY:
        return f"{len(value)} values, {value[0]:g} … {value[-1]:g}"
    return value or '""' if isinstance(value, str) else json.dumps(value)
