"""The page as a server of this machine alone: no other may reach it, and it asks nothing of any other."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from eyechart.errors import BadInput, MissingExtra
from eyechart.store.shelf import Shelf

HOST = "127.0.0.1"
EVERY = 2.0  # seconds between two looks at shelf and runs
FONTS = ["Arial", "Liberation Sans", "Helvetica", "sans-serif"]
MONO = ["ui-monospace", "DejaVu Sans Mono", "Menlo", "Consolas", "monospace"]
START = ("zoo:convnext-clip", "zoo:vit-clip")


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What the page looks at."""

    shelf: str
    runs: Path
    data: str
    models: tuple[str, ...]  # those that are chosen at first; the zoo when none


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A page that is open."""

    url: str
    blocks: Any
    scratch: tempfile.TemporaryDirectory[str]

    def wait(self) -> None:
        """Until it is interrupted."""
        self.blocks.block_thread()

    def close(self) -> None:
        """Stop, and remove every picture that was uploaded."""
        self.blocks.close(verbose=False)
        self.scratch.cleanup()


def serve(window: Window, port: int, *, show: bool) -> Served:
    """Open the page; 0 takes a free port, `show` opens it in the browser.

    Raises:
        MissingExtra: Gradio is not installed.
        BadInput: the port is taken, or the dataset cannot be opened.
    """
    if find_spec("gradio") is None:
        raise MissingExtra("eyechart view", "view")
    port = _free(port)
    # Gradio reads these when it is imported. Uploads lie there alone, and with the page they are gone.
    scratch = tempfile.TemporaryDirectory(prefix="eyechart-view-")
    os.environ |= {"GRADIO_ANALYTICS_ENABLED": "False", "GRADIO_TEMP_DIR": scratch.name}
    blocks = built(window, Path(scratch.name))
    _, url, _ = blocks.launch(
        server_name=HOST,
        server_port=port,
        inbrowser=show,
        prevent_thread_lock=True,
        quiet=True,
        share=False,
        ssr_mode=False,
        footer_links=[],
        allowed_paths=[],
        app_kwargs={"middleware": _guards(), "docs_url": None, "redoc_url": None},
        **_look(),
    )
    return Served(url=url.rstrip("/"), blocks=blocks, scratch=scratch)


def built(window: Window, scratch: Path) -> Any:
    """The page with its three tabs; what it writes goes into `scratch`."""
    import gradio as gr  # noqa: PLC0415  # optional

    from eyechart.view import tab_ask, tab_records, tab_run  # noqa: PLC0415  # they need Gradio
    from eyechart.view.asking import Lectern  # noqa: PLC0415  # torch is not needed to say that Gradio is missing
    from eyechart.view.pages import rendered  # noqa: PLC0415
    from eyechart.view.records import Records  # noqa: PLC0415

    shelf = Shelf(window.shelf)
    records, lectern = Records(shelf), Lectern(shelf, window.data, window.models)
    with gr.Blocks(title="eyechart view", analytics_enabled=False) as blocks:
        gr.HTML(rendered("head", {"shelf": window.shelf, "data": window.data}))
        wake = (blocks.load, gr.Timer(EVERY).tick)
        with gr.Tab("Records"):
            tab_records.build(records, wake, scratch)
        with gr.Tab("Ask a picture"):
            tab_ask.build(lectern, window.models or START)
        with gr.Tab("In progress"):
            tab_run.build(records, window.runs, wake)
    return blocks


def _look() -> dict[str, Any]:
    """Colours and letters; all fonts are the system's, so that none is fetched."""
    import gradio as gr  # noqa: PLC0415  # optional

    both = {
        "body_background_fill": "var(--ec-paper)",
        "block_info_text_color": "var(--ec-soft)",
        "input_placeholder_color": "var(--ec-soft)",
        "button_primary_background_fill": "#1f6fa8",
        "button_primary_background_fill_hover": "#175a8a",
    }
    theme = gr.themes.Default(primary_hue="blue", neutral_hue="zinc", font=FONTS, font_mono=MONO).set(
        **both, **{f"{name}_dark": value for name, value in both.items()}, block_background_fill_dark="var(--ec-card)"
    )
    return {"theme": theme, "css_paths": Path(__file__).with_name("look.css")}


def _guards() -> Sequence[Any]:
    """Only who calls this machine by its own name is answered: no page of a stranger reaches it by another."""
    from starlette.middleware import Middleware  # noqa: PLC0415  # comes with Gradio
    from starlette.middleware.trustedhost import TrustedHostMiddleware  # noqa: PLC0415

    return [Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"], www_redirect=False)]


def _free(port: int) -> int:
    """The port itself, or any that is free for 0. Raises `BadInput` when it is taken."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            raise BadInput(f"the port {port} of {HOST} cannot be used: {error}; give another, or --port 0") from error
        return int(probe.getsockname()[1])
