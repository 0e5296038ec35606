"""The same ranking for the terminal and for a paper."""

from __future__ import annotations

from rich.console import Console

from eyechart.reporting import words
from eyechart.reporting.comparison import compare
from eyechart.reporting.tables import comparison_table, to_markdown


def comparison(handmade, first: str = "zoo:a", second: str = "zoo:b"):
    return compare(
        [
            handmade.result(handmade.card(name), rows=handmade.sheet(accuracy, seed=seed))
            for name, accuracy, seed in ((first, 0.8, 0), (second, 0.4, 1))
        ]
    )


def test_the_terminal_shows_ranks_intervals_and_chance(handmade):
    console = Console(width=160, file=None, record=True, quiet=False)
    with console.capture() as captured:
        console.print(comparison_table(comparison(handmade, "zoo:[red]a")))
    text = captured.get()
    assert "zoo:[red]a" in text  # brackets are no markup
    assert "chance .100" in text
    assert "<\u00a0.001" in text
    assert "four times out of five" in text


def test_markdown_keeps_its_columns_whatever_the_names_are(handmade):
    text = to_markdown(comparison(handmade, "a|b <script>", "*c*"))
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) == 4
    assert len({row.replace("\\|", "").count("|") for row in rows}) == 1
    assert "<script>" not in text
    assert "\\*c\\*" in text


def test_numbers_are_said_shortly():
    assert words.number(0.7123) == ".712"
    assert words.number(-0.05) == "-.050"
    assert words.number(12.34) == "12.3"
    assert words.number(12345.6) == "12 346"
    assert words.signed(-0.05) == "−.050"
    assert words.large(88_000_000) == "88 M"
    assert words.duration(205) == "3 min 25 s"
    assert words.duration(7500) == "2 h 5 min"
    assert words.listed(["a", "b", "c"]) == "a, b and c"


def test_a_score_is_judged_from_chance(handmade):
    one = handmade.result().record.estimates["top1"]

    def level(value: float, width: float = 0.02, **given) -> str:
        fields = {
            "value": value,
            "low": value - width,
            "high": value + width,
            "units": 9,
            "method": "exact",
            "chance": 0.1,
        }
        return words.level(type(one)(**(fields | given)))

    assert level(0.11) == "like guessing"
    assert level(0.05) == "worse than guessing"
    assert level(0.99) == "nearly perfect"
    assert level(0.6) == "well above guessing"
    assert level(0.02, better="lower") == level(0.11, better="lower") == "no more than by chance"
    assert level(0.3, better="lower") == "more than by chance"
    assert level(0.5, chance=None) == "no chance level to hold it against"
    assert level(0.5, better="neither") == "described, not judged"
