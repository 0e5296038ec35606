"""What `eyechart examine` says at the end, in wide windows and in narrow ones."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from eyechart.terminal import summary


def told(records, width: int) -> list[str]:
    out = StringIO()
    Console(file=out, width=width, _environ={}).print(summary(records, width))
    return [line.rstrip() for line in out.getvalue().splitlines()]


@pytest.fixture
def three(handmade):
    """Three models, one of which was refused where the others took the exam."""
    sat = [("zoo:a", "world"), ("zoo:b[/]", "world"), ("checkpoint:runs/three", "world"), ("zoo:a", "digits")]
    return [handmade.result(handmade.card(name), handmade.norm(data=data)).record for name, data in sat]


def test_models_stand_side_by_side_where_there_is_room(three):
    heading, world, digits = told(three, 120)
    assert heading.split() == ["data", "exam", "measure", "chance", "zoo:a", "zoo:b[/]", "checkpoint:runs/three"]
    assert world.split()[:4] == ["world", "naming", "top1", ".100"]
    assert world.count("[") == 3
    assert digits.split()[-2:] == ["refused", "refused"]


@pytest.mark.parametrize("width", [56, 80])
def test_in_a_narrow_window_each_has_a_line_and_no_number_is_cut(three, width):
    lines = told(three, width)
    assert lines[0] == "naming on world: top1, chance .100"
    assert [line.split()[0] for line in lines[1:4]] == ["zoo:a", "zoo:b[/]", "checkpoint:runs/three"]
    assert all(line.endswith("]") for line in lines[1:4])
    assert [line.split()[-1] for line in lines[-2:]] == ["refused", "refused"]
    assert "…" not in "".join(lines)


def test_the_numbers_are_those_of_the_records(three):
    one = three[0].estimates["top1"]
    assert told(three, 80)[1].endswith(f"{one.value:.3f} [{one.low:.3f}, {one.high:.3f}]".replace("0.", "."))
