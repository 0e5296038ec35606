"""Images to texts and texts to images, in one pool."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import altair as alt
import numpy as np
import torch
from numpy.typing import NDArray

from eyechart import draw, stats
from eyechart.bench import Bench
from eyechart.core import Dataset, DualEncoder, Estimate, Result, Sheet, Statistics
from eyechart.errors import Refused
from eyechart.marking.answers import rows_of
from eyechart.marking.ranks import Ranks, blind, blind_median, pool

WAYS = {"image_to_text": "image → text", "text_to_image": "text → image"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieval:
    """Recall at k in both directions: is any right answer among the first k of the whole pool? Ties at expectation.

    The pool holds all images and every distinct caption once; a caption that several images share is right for each of
    them. A row is an image with one of its captions; its score is the mean of "the image finds one of its captions
    first" and "this caption finds one of its images first", so the headline is the mean of the two R@1 where all
    images have equally many captions. Image → text counts each image once, text → image each row.
    """

    name: ClassVar[str] = "retrieval"
    question: ClassVar[str] = "Does a picture find its words, and do words find their picture?"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[type, ...]] = (DualEncoder,)
    asks: ClassVar[tuple[str, ...]] = ("captions",)
    headline: ClassVar[str] = "both_r1"
    says: ClassVar[str] = "The right caption is found first for {image_to_text_r1}, the picture for {text_to_image_r1}."

    ks: tuple[int, ...] = (1, 5, 10)

    def taps(self) -> tuple[str, ...]:
        return ("image",)

    def measure(self, model: DualEncoder, data: Dataset, bench: Bench) -> Sheet:
        texts = sorted({caption for item in data.items for caption in item.captions})
        if len(data) < 2 or len(texts) < 2:
            raise Refused(
                f"{self.name} needs two images and two distinct captions; {data.name} has {len(data)} and {len(texts)}"
            )
        place = {text: index for index, text in enumerate(texts)}
        pairs = [(at, place[text]) for at, item in enumerate(data.items) for text in dict.fromkeys(item.captions)]
        image, text = (np.array(column, dtype=np.int64) for column in zip(*pairs, strict=True))
        found = pool(
            bench.features(model, data.items).tensor(),
            bench.texts(model, texts),
            torch.from_numpy(image),
            torch.from_numpy(text),
        )
        ks = [k for k in sorted({1, *self.ks}) if k < min(len(data), len(texts))]
        columns = {
            **rows_of([data.items[at] for at in image]),
            "truth": np.array([texts[at] for at in text], dtype=np.str_),
            "answer": np.array([texts[at] for at in found.answer[image]], dtype=np.str_),
            "confidence": found.confidence.numpy()[image],
            "first": np.append(True, image[1:] != image[:-1]),
            **_columns("image_to_text", found.images, image, ks),
            **_columns("text_to_image", found.texts, text, ks),
        }
        columns["score"] = (columns["image_to_text"][:, 0] + columns["text_to_image"][:, 0]) / 2
        facts = {
            "images": len(data),
            "texts": len(texts),
            "captions": len(pairs),
            "shared_texts": int((np.bincount(text) > 1).sum()),
            "without_captions": sum(not item.captions for item in data.items),
            "ks": ks,
        }
        return Sheet(columns=columns, facts=facts)

    def grade(self, sheet: Sheet, statistics: Statistics) -> dict[str, Estimate]:
        pools = {"image_to_text": sheet.facts["texts"], "text_to_image": sheet.facts["images"]}
        estimates, floor = {}, 0.0
        for way, size in pools.items():
            asked = sheet["first"] if way == "image_to_text" else np.ones(len(sheet), dtype=bool)
            groups, right = sheet["group"][asked], sheet[f"{way}_right"]
            dead = blind(size, torch.tensor(right))
            floor += float(dead.hits(1).mean()) / 2
            for k, column in zip(sheet.facts["ks"], sheet[way].T, strict=True):
                chance = float(dead.hits(k).numpy()[asked].mean())
                estimates[f"{way}_r{k}"] = stats.proportion(column[asked], groups, statistics, chance=chance)
            rank = sheet[f"{way}_rank"][asked]
            estimates[f"{way}_median_rank"] = stats.bootstrap(
                _median(rank), groups, statistics, chance=blind_median(size, right[asked]), better="lower"
            )
        return {"both_r1": stats.proportion(sheet["score"], sheet["group"], statistics, chance=floor), **estimates}

    def figure(self, results: Sequence[Result]) -> alt.TopLevelMixin:
        rows = [
            draw.Spot(f"{words} R@{k}", record.card.name, found.value, found.low, found.high)
            for record, sheet in results
            for way, words in WAYS.items()
            for k in sheet.facts["ks"]
            for found in (record.estimates[f"{way}_r{k}"],)
        ]
        return draw.intervals(rows, x=f"recall among {results[0].sheet.facts['images']} images and their captions")


def _columns(way: str, ranks: Ranks, asked: NDArray[np.int64], ks: Sequence[int]) -> dict[str, NDArray[Any]]:
    """Per row: expected hits at every k, expected rank of the first right answer, number of right answers."""
    hits = torch.stack([ranks.hits(k) for k in ks], 1).numpy()
    right = ranks.positives.numpy()
    return {way: hits[asked], f"{way}_rank": ranks.rank().numpy()[asked], f"{way}_right": right[asked]}


def _median(ranks: NDArray[Any]) -> Any:
    """The weighted median as a grade."""
    order = np.argsort(ranks)

    def grade(weights: NDArray[np.float64]) -> float:
        mass = np.cumsum(weights[order])
        return float(ranks[order[np.searchsorted(mass, mass[-1] / 2)]])

    return grade


PUBLIC = Retrieval
