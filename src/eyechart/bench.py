"""The bench: one forward pass per picture feeds every exam.

Pictures are decoded and preprocessed ahead in threads while the model works; features go to the store as they come, so
that a stopped run goes on where it was. Nothing here may change an answer beyond rounding: what does (weights,
preprocessing, precision) is part of the key under which features are kept.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import chain
from typing import Literal, final, get_args

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
from eyechart.feed import Feed, Writer, batches
from eyechart.machine import gains_from_bf16
from eyechart.progress import Progress, quiet
from eyechart.store import digest
from eyechart.store.cache import Drawer, FeatureKey, FeatureStore
from eyechart.store.place import scratch
from eyechart.store.rows import Rows

Precision = Literal["auto", "fp32", "bf16", "fp16"]
DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
Look = Callable[[Sequence[str], Tensor], Tensor]
WIDE = 512  # features; narrower models lose more by casting than half precision saves on a CPU
TEXTS = 256  # per forward pass
IMAGES = {"cpu": 64, "cuda": 256}  # per forward pass at most; more does not go faster
HELD = 24  # bytes that a forward pass holds per byte of pixels, about; out of memory corrects it


@final
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
            BadInput: the precision is none of auto, fp32, bf16, fp16; the batch size or the workers are below 1.
        """
        if precision not in get_args(Precision):
            raise BadInput(f"precision is one of {', '.join(get_args(Precision))}; got {precision!r}")
        if (batch is not None and batch < 1) or workers < 1:
            raise BadInput(f"a batch holds one image at least and one thread decodes; got {batch} and {workers}")
        self._kept = store
        self.precision, self.batch, self.workers, self.progress = precision, batch, workers, progress
        self.forwarded = 0  # images that went through an image tower
        self._limit: dict[str, int] = {}  # inputs per forward pass, once memory has run out
        self._reached: dict[str, bool] = {}  # whether half precision changes what the model says
        self._nameless: dict[int, Model] = {}

    @cached_property
    def store(self) -> FeatureStore:
        """Where features are kept."""
        return self._kept or self._own

    @cached_property
    def _own(self) -> FeatureStore:
        """For what is not to be kept longer than the bench."""
        return FeatureStore(scratch(self))

    def precision_of(self, model: Model) -> str:
        """The precision of the forward pass of this model on its device.

        A model that half precision does not reach, because another library computes it, runs in fp32 whatever was
        asked for.
        """
        wished = self.precision if self.precision != "auto" else _best(model)
        return wished if wished == "fp32" or self._reaches(model, wished) else "fp32"

    def prepare(self, model: Model, data: Dataset, taps: Sequence[str]) -> tuple[Dataset, tuple[Unread, ...]]:
        """Forward every distinct picture of `data` and `data.train` once for all `taps`.

        Returns the dataset without the pictures that cannot be read, and those pictures with their reasons.

        Raises:
            Refused: the model lacks a tap, or gives features that are not finite; or no picture can be read.
        """
        splits = [data] if data.train is None else [data, data.train]
        named = [self._named(split.items) for split in splits]
        failed = self._extract(model, dict(chain.from_iterable(part.pictures() for part in named)), tuple(taps))
        unread = tuple(chain.from_iterable(part.unread(failed) for part in named))
        if not unread:
            return data, ()
        kept = [[item for item, name in part.good if name not in failed] for part in named]
        if not kept[0]:
            raise Refused(f"none of the {len(data)} pictures of {data.name} can be read; the first: {unread[0].reason}")
        train = None if data.train is None else data.train.keep(kept[1])
        return replace(data.keep(kept[0]), train=train), unread

    def features(self, model: ImageEncoder, items: Sequence[Item], tap: str = "image") -> Rows:
        """Features of the items, in their order, fp32; what is not kept yet is forwarded.

        Raises:
            Refused: the model lacks the tap, gives features that are not finite, or a picture cannot be read.
        """
        return self._rows(model, items, tap)

    def logits(self, model: Classifier, items: Sequence[Item]) -> Rows:
        """Logits of a classifier, ``n c``, likewise."""
        return self._rows(model, items, "logits")

    def worked_out(self, model: ImageEncoder | Classifier, items: Sequence[Item], what: str, look: Look) -> Rows:
        """What `look` finds for each item, in their order; found once, then kept like a feature.

        `look` is given the digests of some pictures and their pixels in [0, 1] ``n 3 h w`` on the model's device, and
        gives rows ``n k``, the same for a picture whatever else is in the batch; it runs in fp32 and may ask for
        gradients. `what` names it and all that decides it beside weights and preprocessing.

        Raises:
            Refused: a picture cannot be read, or a row is not finite.
        """
        part, word = self._named(items), what.split(maxsplit=1)[0]
        drawer = self._drawer(model, what, "fp32")
        pictures = dict(part.pictures())
        names = list(pictures)
        wanted = [names[place] for place in self._missing(drawer, names)]
        if wanted:
            size = self._batch_size(model)
            plan = [wanted[start : start + size] for start in range(0, len(wanted), size)]
            writer, feed = Writer({what: drawer}, {what: set(wanted)}), Feed(_eyes(model), pictures, plan, self.workers)
            with self.progress.track(f"{model.card.name}: {word}", len(wanted)) as done, writer, feed:
                for batch in feed:
                    if batch.names:
                        rows = look(batch.names, batch.pixels.to(model.device)).float().cpu()
                        _check(rows, len(batch.names), model, word)
                        writer.add(batch.names, {what: rows})
                    done(batch.count)
            if feed.failed:
                raise Refused(
                    f"{len(feed.failed)} pictures cannot be read; the first: {next(iter(feed.failed.values()))}"
                )
        return drawer.rows([name for _, name in part.good])

    def texts(self, model: TextEncoder, texts: Sequence[str]) -> Float[Tensor, "m d"]:
        """Text features, fp32, on the CPU; each distinct text is encoded once.

        Raises:
            Refused: features are not finite.
        """
        if not texts:
            return torch.empty(0, model.card.width)
        names = [digest.of_bytes(text.encode("utf-8", "surrogatepass")) for text in texts]
        distinct = dict(zip(names, texts, strict=True))
        drawer = self._drawer(model, "text")
        order = list(distinct)
        missing = [order[index] for index in self._missing(drawer, order)]
        if missing:
            with (
                self.progress.track(f"{model.card.name}: texts", len(missing)) as done,
                Writer({"text": drawer}, {"text": set(missing)}) as writer,
            ):
                for start in range(0, len(missing), TEXTS):
                    part = missing[start : start + TEXTS]
                    writer.add(
                        part,
                        self._in_pieces(model, partial(_read, model, [distinct[name] for name in part]), len(part)),
                    )
                    done(len(part))
        return drawer.rows(names).tensor()

    def _rows(self, model: Model, items: Sequence[Item], tap: str) -> Rows:
        part = self._named(items)
        unread = part.unread(self._extract(model, dict(part.pictures()), (tap,)))
        if unread:
            first = f"{unread[0].id}: {unread[0].reason}"
            raise Refused(f"{len(unread)} of {len(items)} pictures cannot be read; the first is {first}")
        return self._drawer(model, tap).rows([name for _, name in part.good])

    def _drawer(self, model: Model, tap: str, precision: str = "") -> Drawer:
        """Where the features of this model, tap and precision (the model's own when not given) are kept."""
        card = model.card
        weights = card.digest or self._identity(model)
        key = FeatureKey.of(card, tap, weights=weights, precision=precision or self.precision_of(model))
        return (self.store if card.digest else self._own).drawer(key, card.name)

    def _missing(self, drawer: Drawer, names: Sequence[str]) -> list[int]:
        missing = drawer.missing(names)
        for shard in drawer.take_aside():
            self.progress.say(f"a shard of features is not what was written and is computed again; set aside: {shard}")
        return missing

    def _identity(self, model: Model) -> str:
        """A name for this very object, which is held so that no other can take its id."""
        self._nameless[id(model)] = model
        return f"object {id(model)}"

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
        for tap in taps:
            if tap not in known_taps(model):
                raise Refused(f"{model.card.name} has no tap {tap!r}; it has {', '.join(known_taps(model))}")
        names = list(pictures)
        drawers = {tap: self._drawer(model, tap) for tap in taps}
        missing = {tap: self._missing(drawer, names) for tap, drawer in drawers.items()}
        wanted = sorted(set(chain.from_iterable(missing.values())))
        if not wanted:
            return {}
        lacking = {tap: {names[place] for place in places} for tap, places in missing.items() if places}
        plan = [[names[place] for place in batch] for batch in batches(wanted, self._batch_size(model))]
        writer, feed = Writer(drawers, lacking), Feed(_eyes(model), pictures, plan, self.workers)
        with self.progress.track(f"{model.card.name}: images", len(wanted)) as done, writer, feed:
            for batch in feed:
                if batch.names:
                    features = self._in_pieces(
                        model, partial(_seen, model, batch.pixels, tuple(lacking)), len(batch.names)
                    )
                    self.forwarded += len(batch.names)
                    writer.add(batch.names, features)
                done(batch.count)
        return feed.failed

    def _in_pieces(self, model: Model, look: Callable[[slice], Mapping[str, Tensor]], count: int) -> dict[str, Tensor]:
        """All taps of `count` inputs on the CPU in fp32, in pieces that fit into memory.

        Raises:
            Refused: features are not finite, there are not as many as inputs, or one input alone exceeds the memory.
        """
        pieces: list[dict[str, Tensor]] = []
        start = 0
        while start < count:
            size = min(self._limit.get(model.card.name, count), count - start)
            try:
                with self._running(model, self.precision_of(model)):
                    seen = look(slice(start, start + size))
                    pieces.append({tap: rows.float().cpu() for tap, rows in seen.items()})
            except RuntimeError as error:
                if not _out_of_memory(error):
                    raise
                self._halve(model, size)
                continue
            start += size
        features = {tap: torch.cat([piece[tap] for piece in pieces]) for tap in pieces[0]}
        for tap, rows in features.items():
            _check(rows, count, model, tap)
        return features

    def _halve(self, model: Model, size: int) -> None:
        if size == 1:
            raise Refused(f"{model.card.name} does not fit into the memory of {model.device} with a single input")
        self._limit[model.card.name] = size // 2
        self.progress.say(f"{model.card.name}: out of memory with {size} inputs at once, goes on with {size // 2}")

    @contextlib.contextmanager
    def _running(self, model: Model, precision: str) -> Iterator[None]:
        kind = model.device.split(":")[0]
        with torch.inference_mode(), torch.autocast(kind, DTYPES[precision], enabled=precision != "fp32"):
            yield

    def _reaches(self, model: Model, precision: str) -> bool:
        """Whether half precision changes anything: it does not in a model that another library computes."""
        name = f"{model.card.digest or self._identity(model)} {model.device} {precision}"
        if name not in self._reached:
            self._reached[name] = self._differs(model, precision)
        return self._reached[name]

    def _differs(self, model: Model, precision: str) -> bool:
        taps = known_taps(model)[:1]
        if not taps:
            return False
        pixels = torch.rand(1, 3, *model.card.preprocessing.size, generator=torch.Generator().manual_seed(0))
        answers = []
        for tried in ("fp32", precision):
            with self._running(model, tried):
                answers.append(_seen(model, pixels, taps, slice(0, 1))[taps[0]].float().cpu())
        return not torch.equal(*answers)

    def _batch_size(self, model: Model) -> int:
        if self.batch is not None:
            return self.batch
        height, width = model.card.preprocessing.size
        image = 4 * 3 * height * width * HELD
        if model.device.startswith("cuda"):
            return int(max(1, min(IMAGES["cuda"], torch.cuda.mem_get_info()[0] // 2 // image)))
        return int(max(1, min(IMAGES["cpu"], psutil.virtual_memory().available // 4 // image)))


@dataclass(frozen=True)
class _Named:
    """Items with the digests of their pictures, and those that have none."""

    good: list[tuple[Item, str]]
    bad: list[Unread]

    def pictures(self) -> Iterator[tuple[str, Picture]]:
        return ((name, item.picture) for item, name in self.good)

    def unread(self, failed: Mapping[str, str]) -> tuple[Unread, ...]:
        late = (Unread(id=item.id, reason=failed[name]) for item, name in self.good if name in failed)
        return (*self.bad, *late)


def _eyes(model: Model) -> ImageEncoder | Classifier:
    if isinstance(model, ImageEncoder | Classifier):
        return model
    raise Refused(f"{model.card.name} has no image side")


def known_taps(model: Model) -> tuple[str, ...]:
    """The taps that the bench can read from a model."""
    image = model.card.taps if isinstance(model, TappedEncoder) else ("image",) * isinstance(model, ImageEncoder)
    return tuple(dict.fromkeys((*image, *("logits",) * isinstance(model, Classifier))))


def _seen(model: Model, pixels: Tensor, taps: tuple[str, ...], piece: slice) -> Mapping[str, Tensor]:
    """All `taps` of a piece of a batch, in one forward pass where the model can."""
    part = pixels[piece].to(model.device)
    found: dict[str, Tensor] = {}
    if isinstance(model, TappedEncoder):
        inner = [tap for tap in taps if tap in model.card.taps]
        if inner:
            found |= model.encode_taps(part, inner)
    elif "image" in taps and isinstance(model, ImageEncoder):
        found["image"] = model.encode_image(part)
    if "logits" in taps and "logits" not in found and isinstance(model, Classifier):
        found["logits"] = model.classify(part)
    return {tap: found[tap] for tap in taps}


def _read(model: TextEncoder, texts: Sequence[str], piece: slice) -> Mapping[str, Tensor]:
    return {"text": model.encode_text(texts[piece])}


def _best(model: Model) -> str:
    """Half precision where the machine gains from it."""
    pays = model.device.startswith("cuda") or model.card.width >= WIDE
    return "bf16" if pays and gains_from_bf16(model.device) else "fp32"


def _check(rows: Tensor, count: int, model: Model, tap: str) -> None:
    if len(rows) != count:
        raise Refused(
            f"{model.card.name} gives {len(rows)} rows at the tap {tap!r} for {count} inputs; expected as many"
        )
    bad = int((~torch.isfinite(rows).flatten(1).all(1)).sum())
    if bad:
        raise Refused(f"{model.card.name} gives NaN or infinity at the tap {tap!r} for {bad} of {count} inputs")


def _out_of_memory(error: RuntimeError) -> bool:
    return isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in str(error)
