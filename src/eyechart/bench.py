"""The bench: one forward pass per picture feeds every exam.

Pictures are decoded and preprocessed ahead in threads while the model works; features go to the store as they come, so
that a stopped run goes on where it was. Nothing here may change an answer beyond rounding: what does (weights,
preprocessing, precision) is part of the key under which features are kept.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import psutil
import torch
from jaxtyping import Float
from torch import Tensor

from eyechart.core import (
    Classifier,
    Dataset,
    ImageEncoder,
    Item,
    Model,
    Picture,
    TappedEncoder,
    TextEncoder,
    Unread,
)
from eyechart.errors import BadInput, Refused, Unreadable
from eyechart.feed import Feed, Writer
from eyechart.machine import gains_from_bf16
from eyechart.progress import Progress, quiet
from eyechart.store import digest
from eyechart.store.cache import Drawer, FeatureKey, FeatureStore
from eyechart.store.codec import plain
from eyechart.store.place import scratch
from eyechart.store.rows import Rows

Precision = Literal["auto", "fp32", "bf16", "fp16"]
DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
TEXTS = 256  # per forward pass
WIDE = 512  # features; narrower models lose more by casting than half precision saves on a CPU


class Bench:
    """Batches, device, precision, cache and progress for all exams."""

    def __init__(
        self,
        store: FeatureStore | None = None,
        *,
        precision: str = "fp32",
        batch: int | None = None,
        workers: int = 2,
        progress: Progress = quiet,
    ) -> None:
        """Without a store, features are kept for the life of the bench only; without a batch size, memory decides.

        Raises:
            BadInput: the precision is none of auto, fp32, bf16, fp16.
        """
        if precision not in get_args(Precision):
            raise BadInput(f"precision is one of {', '.join(get_args(Precision))}; got {precision!r}")
        self._own = FeatureStore(scratch(self))  # for what is not to be kept
        self.store = store or self._own
        self.precision, self.batch, self.workers, self.progress = precision, batch, workers, progress
        self.forwarded = 0  # images that went through an image tower
        self._limit: dict[str, int] = {}  # images per forward pass, once memory has run out
        self._nameless: dict[int, Model] = {}

    def precision_of(self, model: Model) -> str:
        """The precision of the forward pass of this model on its device."""
        if self.precision != "auto":
            return self.precision
        if model.device.startswith("cuda"):
            return "bf16" if torch.cuda.is_bf16_supported() else "fp16"
        return "bf16" if gains_from_bf16() and model.card.width >= WIDE else "fp32"

    def prepare(self, model: Model, data: Dataset, taps: Sequence[str]) -> tuple[Dataset, tuple[Unread, ...]]:
        """Forward every distinct picture of `data` and `data.train` once for all `taps`.

        Returns the dataset without the pictures that cannot be read, and those pictures with their reasons.

        Raises:
            Refused: the model lacks a tap, or gives features that are not finite.
        """
        splits = [data] if data.train is None else [data, data.train]
        named = [self._named(split.items) for split in splits]
        failed = self._extract(model, {name: item.picture for part in named for item, name in part.good}, tuple(taps))
        unread = [entry for part in named for entry in part.bad]
        unread += [
            Unread(id=item.id, reason=failed[name]) for part in named for item, name in part.good if name in failed
        ]
        if not unread:
            return data, ()
        kept = [[item for item, name in part.good if name not in failed] for part in named]
        train = None if data.train is None else data.train.keep(kept[1])
        return replace(data.keep(kept[0]), train=train), tuple(unread)

    def features(self, model: ImageEncoder, items: Sequence[Item], tap: str = "image") -> Rows:
        """Features of the items, in their order, fp32; what is not kept yet is forwarded.

        Raises:
            Refused: the model lacks the tap, gives features that are not finite, or a picture cannot be read.
        """
        return self._rows(model, items, tap)

    def logits(self, model: Classifier, items: Sequence[Item]) -> Rows:
        """Logits of a classifier, ``n c``, likewise."""
        return self._rows(model, items, "logits")

    def texts(self, model: TextEncoder, texts: Sequence[str]) -> Float[Tensor, "m d"]:
        """Text features, fp32, on the CPU; each distinct text is encoded once.

        Raises:
            Refused: features are not finite.
        """
        names = [digest.of_bytes(text.encode()) for text in texts]
        distinct = dict(zip(names, texts, strict=True))
        drawer = self._drawer(model, "text")
        order = list(distinct)
        missing = [order[index] for index in drawer.missing(order)]
        if missing:
            with self.progress.track(f"{model.card.name}: texts", len(missing)) as done:
                for start in range(0, len(missing), TEXTS):
                    part = missing[start : start + TEXTS]
                    with self._running(model):
                        rows = model.encode_text([distinct[name] for name in part]).float().cpu()
                    _check_finite(rows, model, "text")
                    drawer.append(part, rows.numpy())
                    done(len(part))
        return drawer.rows(names).tensor()

    def _rows(self, model: Model, items: Sequence[Item], tap: str) -> Rows:
        part = self._named(items)
        failed = self._extract(model, {name: item.picture for item, name in part.good}, (tap,))
        reasons = [*(entry.reason for entry in part.bad), *failed.values()]
        if reasons:
            raise Refused(f"{len(reasons)} of {len(items)} pictures cannot be read; the first: {reasons[0]}")
        return self._drawer(model, tap).rows([name for _, name in part.good])

    def _drawer(self, model: Model, tap: str) -> Drawer:
        """Where the features of this model, tap and precision are kept."""
        card = model.card
        store = self.store if card.digest else self._own
        if not card.digest:
            self._nameless[id(model)] = model  # held, so that its id stays its own
        key = FeatureKey(
            weights=card.digest or f"object {id(model)}",
            preprocessing="text" if tap == "text" else digest.of_json(plain(card.preprocessing)),
            precision=self.precision_of(model),
            tap=tap,
        )
        return store.drawer(key)

    def _named(self, items: Sequence[Item]) -> _Named:
        good: list[tuple[Item, str]] = []
        bad: list[Unread] = []
        for item in items:
            try:
                good.append((item, item.picture.digest()))
            except Unreadable as error:
                bad.append(Unread(id=item.id, reason=str(error)))
        return _Named(good, bad)

    def _extract(self, model: Model, pictures: Mapping[str, Picture], taps: tuple[str, ...]) -> dict[str, str]:
        """Forward what some tap lacks; returns the pictures that could not be read, with reasons."""
        if not isinstance(model, ImageEncoder | Classifier):
            raise Refused(f"{model.card.name} sees no pictures")
        for tap in taps:
            if tap not in known_taps(model):
                raise Refused(f"{model.card.name} has no tap {tap!r}; it has {', '.join(known_taps(model))}")
        names = list(pictures)
        drawers = {tap: self._drawer(model, tap) for tap in taps}
        lacking = {tap: {names[index] for index in drawer.missing(names)} for tap, drawer in drawers.items()}
        wanted = [name for name in names if any(name in lack for lack in lacking.values())]
        if not wanted:
            return {}
        writer = Writer(drawers, lacking)
        feed = Feed(model, {name: pictures[name] for name in wanted}, self._batch_size(model), self.workers)
        with self.progress.track(f"{model.card.name}: images", len(wanted)) as done, writer, feed:
            for batch in feed:
                if batch.names:
                    features = self._forward(model, batch.pixels, taps)
                    self.forwarded += len(batch.names)
                    writer.add(batch.names, features)
                done(batch.count)
        return feed.failed

    def _forward(self, model: Model, pixels: Tensor, taps: tuple[str, ...]) -> dict[str, Tensor]:
        """All taps of a batch, in pieces that fit into memory."""
        pieces: list[dict[str, Tensor]] = []
        start = 0
        while start < len(pixels):
            size = self._limit.get(model.card.name, len(pixels))
            part = pixels[start : start + size].to(model.device)
            try:
                with self._running(model):
                    pieces.append({tap: rows.float().cpu() for tap, rows in look(model, part, taps).items()})
            except RuntimeError as error:
                if not _out_of_memory(error) or len(part) == 1:
                    raise
                self._limit[model.card.name] = len(part) // 2
                continue
            start += len(part)
        features = {tap: torch.cat([piece[tap] for piece in pieces]) for tap in taps}
        for tap, rows in features.items():
            _check_finite(rows, model, tap)
        return features

    @contextlib.contextmanager
    def _running(self, model: Model) -> Iterator[None]:
        precision = self.precision_of(model)
        kind = model.device.split(":")[0]
        with torch.inference_mode(), torch.autocast(kind, DTYPES[precision], enabled=precision != "fp32"):
            yield

    def _batch_size(self, model: Model) -> int:
        if self.batch is not None:
            return self.batch
        height, width = model.card.preprocessing.size
        image = 4 * 3 * height * width * 24  # bytes; activations are a few dozen times the pixels
        if model.device.startswith("cuda"):
            return int(max(1, min(256, torch.cuda.mem_get_info()[0] // 2 // image)))
        return int(max(1, min(64, psutil.virtual_memory().available // 4 // image)))


@dataclass(frozen=True)
class _Named:
    good: list[tuple[Item, str]]
    bad: list[Unread]


def known_taps(model: Model) -> tuple[str, ...]:
    """The taps that the bench can read from a model."""
    image = model.card.taps if isinstance(model, TappedEncoder) else ("image",) * isinstance(model, ImageEncoder)
    return tuple(dict.fromkeys((*image, *("logits",) * isinstance(model, Classifier))))


def look(model: Model, pixels: Tensor, taps: tuple[str, ...]) -> dict[str, Tensor]:
    """All `taps` of a batch, in one forward pass where the model can."""
    found: dict[str, Tensor] = {}
    if isinstance(model, TappedEncoder):
        inner = [tap for tap in taps if tap in model.card.taps]
        if inner:
            found |= model.encode_taps(pixels, inner)
    elif "image" in taps and isinstance(model, ImageEncoder):
        found["image"] = model.encode_image(pixels)
    if "logits" in taps and "logits" not in found and isinstance(model, Classifier):
        found["logits"] = model.classify(pixels)
    return {tap: found[tap] for tap in taps}


def _check_finite(rows: Tensor, model: Model, tap: str) -> None:
    bad = int((~torch.isfinite(rows).flatten(1).all(1)).sum())
    if bad:
        raise Refused(f"{model.card.name} gives NaN or infinity at the tap {tap!r} for {bad} of {len(rows)} inputs")


def _out_of_memory(error: RuntimeError) -> bool:
    return isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in str(error)
