"""The tab that asks a picture: which of the typed labels, and what the score of a sentence means."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import Any, NamedTuple, TypeVar, final

import gradio as gr

from eyechart import draw, plugins
from eyechart.core import Picture
from eyechart.data.pictures import File
from eyechart.errors import EyechartError
from eyechart.gallery import thumbnail
from eyechart.reporting.words import number
from eyechart.view import place as places
from eyechart.view.asking import Lectern, in_words, typed
from eyechart.view.examples import examples, labels
from eyechart.view.pages import rendered, sentence

MOST = 20  # labels shown of a ranking
SIDE = 256  # pixels of the longer side at which a picture is shown
Answer = TypeVar("Answer")


class Looked(NamedTuple):
    """What was given, if it is a picture, and how it looks or what is wrong; what was said of another one goes."""

    picture: Picture | None
    shown: str
    answers: str = ""
    meaning: str = ""


def build(lectern: Lectern, start: Sequence[str]) -> None:
    """Put the tab into the surrounding blocks; `start` are the models that are chosen at first."""
    at_hand = examples(lectern.data)
    picture = gr.State(None)
    with gr.Row():
        with gr.Column(scale=2, min_width=300, elem_classes="ec-beside"):
            upload = gr.File(label="Your picture", height=120, elem_id="upload")
            shown = gr.HTML(rendered("picture", {"address": ""}), elem_id="picture")
            gallery = gr.Gallery(
                [(thumbnail(example.picture, SIDE), example.label) for example in at_hand],
                label=f"Or one of the dataset {lectern.data.name}",
                columns=4,
                height="auto",
                allow_preview=False,
                buttons=[],
                elem_id="examples",
            )
        with gr.Column(scale=3, min_width=300):
            models = _models(lectern, start)
            with gr.Row():
                names = gr.Textbox(
                    labels(at_hand), label="Labels, one per line", lines=5, max_lines=12, elem_id="labels"
                )
                template = gr.Textbox(
                    next(iter(lectern.data.templates), "{}"),
                    label="Said as",
                    info="{} is the label",
                    elem_id="template",
                )
            rank = gr.Button("Which of these labels is it?", variant="primary", elem_id="rank")
            answers = gr.HTML(elem_id="answers")
            text = gr.Textbox(label="A sentence about the picture", max_lines=3, elem_id="sentence")
            judge = gr.Button("What is its score, and what does that mean?", variant="primary", elem_id="judge")
            meaning = gr.HTML(elem_id="meaning")

    def uploaded(path: str | None) -> Looked:
        return _looked(File(path)) if path else Looked(None, rendered("picture", {"address": ""}))

    def chosen(event: gr.SelectData) -> tuple[Any, ...]:
        example = at_hand[event.index]
        return *_looked(example.picture), example.sentence

    def name(picture: Picture | None, wanted: list[str], text: str, template: str) -> str:
        return _answered(lectern, picture, wanted, typed(text), template)

    def place(picture: Picture | None, wanted: list[str], text: str, bar: gr.Progress = gr.Progress()) -> str:  # noqa: B008  # Gradio finds it there
        return _placed(lectern, picture, wanted, text, bar)

    quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    looked = [picture, shown, answers, meaning]
    upload.change(uploaded, upload, looked, **quiet)
    gallery.select(chosen, None, [*looked, text], **quiet)
    rank.click(name, [picture, models, names, template], answers, api_visibility="private")
    gr.on([judge.click, text.submit], place, [picture, models, text], meaning, api_visibility="private")


def _models(lectern: Lectern, start: Sequence[str]) -> gr.Dropdown:
    zoo = [f"zoo:{name}" for name in plugins.shipped()]
    return gr.Dropdown(
        list(dict.fromkeys([*lectern.given, *zoo])),
        value=list(start),
        multiselect=True,
        allow_custom_value=True,
        label="Models",
        info="of the zoo, or any that eyechart examine takes: openclip:ViT-B-32/laion2b_s34b_b79k",
        elem_id="models",
    )


def _looked(picture: Picture) -> Looked:
    try:
        image = thumbnail(picture, SIDE)
    except EyechartError as error:
        return Looked(None, sentence(f"This cannot be shown as a picture: {error}"))
    file = BytesIO()
    image.save(file, "PNG")
    address = f"data:image/png;base64,{b64encode(file.getvalue()).decode()}"
    return Looked(picture, rendered("picture", {"address": address}))


def _answered(
    lectern: Lectern, picture: Picture | None, models: Sequence[str], labels: Sequence[str], template: str
) -> str:
    found, refusals = _each(picture, models, lambda model, seen: lectern.name(model, seen, labels, template))
    answers = [{"named": named, "words": in_words(named)} for named in found.values()]
    return rendered(
        "answers", {"answers": answers, "refusals": refusals, "most": MOST, "percent": places.percent, "number": number}
    )


def _placed(lectern: Lectern, picture: Picture | None, models: Sequence[str], text: str, bar: gr.Progress) -> str:
    progress = _Shown(bar)
    found, refusals = _each(picture, models, lambda model, seen: lectern.place(model, seen, text, progress))
    return rendered(
        "places",
        {
            "places": [(model, place, places.told(place)) for model, (place, _) in found.items()],
            "figure": draw.to_svg(places.figure(found), "Scores of matched and unmatched pairs") if found else "",
            "data": lectern.data.name,
            "refusals": refusals,
            "percent": places.percent,
        },
    )


def _each(
    picture: Picture | None, models: Sequence[str], ask: Callable[[str, Picture], Answer]
) -> tuple[dict[str, Answer], list[str]]:
    """The answer of each model, and the sentences of those that have none."""
    if picture is None:
        return {}, ["Upload a picture first, or choose one of the examples."]
    if not models:
        return {}, ["Choose a model first."]
    found: dict[str, Answer] = {}
    refusals: dict[str, None] = {}  # a fault of the question is the same for all models and told once
    for model in models:
        try:
            found[model] = ask(model, picture)
        except EyechartError as error:
            refusals[str(error)] = None
    return found, list(refusals)


@final
class _Shown:
    """Progress of the bench as Gradio shows it."""

    def __init__(self, bar: gr.Progress) -> None:
        self._bar = bar

    @contextmanager
    def track(self, what: str, total: int) -> Iterator[Callable[[int], None]]:
        done = 0

        def advance(count: int) -> None:
            nonlocal done
            done += count
            self._bar((done, total), desc=what)

        yield advance

    def say(self, sentence: str) -> None:
        gr.Info(sentence)
