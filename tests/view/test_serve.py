"""What the server refuses before it serves anything."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from eyechart.cli import app
from eyechart.errors import BadInput, MissingExtra
from eyechart.view import serve as server
from eyechart.view.serve import Window, serve


@pytest.fixture
def window(scene) -> Window:
    return Window(shelf=str(scene.shelf), runs=scene.runs, data=str(scene.pictures), models=())


def test_a_port_that_is_taken_is_told(window: Window) -> None:
    with socket.socket() as taken:
        taken.bind((server.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(BadInput, match=f"the port {port} of 127.0.0.1 cannot be used"):
            serve(window, port, show=False)


def test_without_gradio_the_extra_is_named(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"pip install 'eyechart\[view\]'"):
        serve(window, 0, show=False)


def test_no_option_lets_others_in() -> None:
    told = CliRunner().invoke(app, ["view", "--help"]).output
    assert "--port" in told
    assert "--host" not in told


def test_the_command_loads_gradio_only_when_it_runs() -> None:
    code = "import sys; import eyechart.cli, eyechart.view.serve; sys.exit('gradio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
