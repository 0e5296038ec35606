"""The nouns: Dataset, Model, Exam, Norm, Sheet, Record. The first file to read; no torch is imported here.

Axes in all annotations: ``n`` images, ``m`` texts, ``c`` classes, ``d`` features, ``t`` tokens, ``h w`` pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    import altair as alt
    import numpy as np
    from jaxtyping import Float
    from numpy.typing import NDArray
    from PIL.Image import Image
    from torch import Tensor

    from eyechart.bench import Bench

Fact = str | int | float | bool

# --------------------------------------------------------------------------------------------------------------------
# Data


@runtime_checkable
class Picture(Protocol):
    """An image that is not decoded until it is asked for."""

    def digest(self) -> str:
        """Hex digest of whatever determines the pixels (the encoded bytes, or a seed and an index)."""

    def load(self) -> Image:
        """The image as a viewer shows it: upright, RGB, 8 bits. Raises `Unreadable` with the reason."""


class Box(NamedTuple):
    """A rectangle in pixels, from the upper left corner (inclusive) to the lower right one (exclusive)."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A named part of an image: its box and, where known, its mask (a call that gives ``bool[h, w]``)."""

    label: str
    box: Box
    mask: Callable[[], NDArray[np.bool_]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One picture and all that is known of it. Reading an item decodes nothing."""

    id: str
    picture: Picture
    label: int | None = None
    captions: tuple[str, ...] = ()
    distractors: tuple[str, ...] = ()
    regions: Sequence[Region] = ()
    group: str = ""  # items of one group are not independent; empty: the item stands alone
    facts: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def cluster(self) -> str:
        """What is resampled as one: the group, or the item itself."""
        return self.group or self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """Named, versioned items to be examined on, and beside them those that may be learnt from."""

    name: str  # as one types it: "world", "digits", "parquet:/data/test.parquet"
    split: str
    revision: str
    items: Sequence[Item]
    classes: tuple[str, ...] = ()
    templates: tuple[str, ...] = ("a photo of a {}.",)
    taxonomy: Mapping[str, str] = field(default_factory=dict)  # child → parent, names as in `classes`
    licence: str = "unknown"
    train: Dataset | None = None  # never overlaps `items`
    staged: Mapping[str, Callable[[], Dataset]] = field(default_factory=dict)  # exam → what it is taken on instead

    def __len__(self) -> int:
        return len(self.items)

    def keep(self, items: Sequence[Item]) -> Dataset:
        """The same dataset with these items only."""
        return replace(self, items=items)


# --------------------------------------------------------------------------------------------------------------------
# Models


@dataclass(frozen=True, slots=True, kw_only=True)
class Preprocessing:
    """From a picture of any size to the model's input: geometry, then mean and deviation per band."""

    size: tuple[int, int]  # height, width
    resize: Literal["crop", "squash", "pad"]  # shorter side and centre crop · both sides · longer side and border
    interpolation: Literal["nearest", "bilinear", "bicubic", "lanczos"] = "bicubic"
    crop_fraction: float = 1.0  # of the resized shorter side that the crop keeps
    mean: tuple[float, ...] = (0.0, 0.0, 0.0)
    std: tuple[float, ...] = (1.0, 1.0, 1.0)
    chosen_by: Literal["model", "user"] = "model"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """What a reader must know of a model to trust a number about it."""

    name: str  # what `load` was given
    digest: str  # of all weights; "" where there are none to digest, and then nothing is cached
    params: int
    flops: int | None  # multiply-adds × 2 of one image through the image side
    width: int  # of what `encode_image` returns; of the logits for a bare classifier
    preprocessing: Preprocessing
    taps: tuple[str, ...] = ("image",)
    link: Literal["softmax", "sigmoid", "none"] = "none"  # how a dual encoder turns logits into probabilities
    precision: str = "fp32"  # of the forward pass; scores are fp32 always
    trained_on: str = "unknown"
    samples_seen: int | None = None
    licence: str = "unknown"


@runtime_checkable
class Model(Protocol):
    """Anything with a card; what it can do beyond that is told by the capabilities below."""

    @property
    def card(self) -> ModelCard: ...

    @property
    def device(self) -> str: ...


@runtime_checkable
class ImageEncoder(Model, Protocol):
    """Turns pixels into one vector per image."""

    def preprocess(self, image: Image) -> Float[Tensor, "3 h w"]:
        """Geometry only; pixels in [0, 1], fp32, on the CPU."""

    def encode_image(self, pixels: Float[Tensor, "n 3 h w"]) -> Float[Tensor, "n d"]:
        """Differentiable; pixels in [0, 1]; mean and deviation are applied inside; not normalised."""


@runtime_checkable
class TappedEncoder(ImageEncoder, Protocol):
    """An image encoder that gives several of its depths in one forward pass.

    Taps: "image" is what `encode_image` returns; "pooled" the vector before the projection (equal to "image" where
    there is none); "patches" the tokens of the last layer, ``n t d``, without class or register tokens.
    """

    def encode_taps(self, pixels: Float[Tensor, "n 3 h w"], taps: Sequence[str]) -> dict[str, Tensor]: ...


@runtime_checkable
class PatchEncoder(TappedEncoder, Protocol):
    """An encoder whose taps include "patches"."""

    def encode_patches(self, pixels: Float[Tensor, "n 3 h w"]) -> Float[Tensor, "n t d"]: ...


@runtime_checkable
class TextEncoder(Model, Protocol):
    """Turns texts into one vector each."""

    def encode_text(self, texts: Sequence[str]) -> Float[Tensor, "m d"]: ...


@runtime_checkable
class DualEncoder(ImageEncoder, TextEncoder, Protocol):
    """Image and text in one space."""

    def logits(self, image: Float[Tensor, "n d"], text: Float[Tensor, "m d"]) -> Float[Tensor, "n m"]:
        """The model's own temperature and bias over the cosine; inputs need not be normalised; fp32."""


@runtime_checkable
class Classifier(Model, Protocol):
    """Knows a fixed list of classes."""

    @property
    def classes(self) -> tuple[str, ...]: ...

    def preprocess(self, image: Image) -> Float[Tensor, "3 h w"]: ...

    def classify(self, pixels: Float[Tensor, "n 3 h w"]) -> Float[Tensor, "n c"]: ...


# --------------------------------------------------------------------------------------------------------------------
# What an exam leaves behind


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number with its interval; `units` counts the independent units behind it, `chance` what a dead model gets."""

    value: float
    low: float
    high: float
    units: int
    method: str  # "wilson", "cluster bootstrap", "exact" …
    chance: float | None = None
    better: Literal["higher", "lower", "neither"] = "higher"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """How uncertainty is computed; part of the norm."""

    level: float = 0.95
    resamples: int = 2000
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One row per question put to the model, by columns; every number of a report is recomputed from it.

    Each column is an array with one entry (or one row of fixed width) per question. Always there: ``id`` (the item),
    ``group`` (what is resampled together) and ``score`` (this row's contribution to the headline; 1 is right, 0 wrong,
    a tie its expectation). By custom: ``truth`` and ``answer`` in words, ``confidence``. What holds for the whole
    sheet (class names, pool size, the penalty that was chosen) stands in `facts` as plain JSON values.
    """

    columns: Mapping[str, NDArray[Any]]
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.columns["id"])

    def __getitem__(self, column: str) -> NDArray[Any]:
        return self.columns[column]


@dataclass(frozen=True, slots=True, kw_only=True)
class Norm:
    """The agreement under which a number was obtained. Equal digests may be ranked together, others never.

    The name of the data is for people: what was examined is told by digests, wherever it lies.
    """

    exam: str
    version: int
    settings: Mapping[str, Any]
    data: str
    split: str
    revision: str
    items: str  # digest of the examined items
    count: int
    learnt_from: str  # digest of the train items; "" where the exam learns nothing
    preprocessing: str  # "own", or the common one that was asked for
    statistics: Statistics
    wording: str = ""  # digest of the class names and templates


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A picture that could not be shown, and why."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A row worth looking at; `picture` is the name of a thumbnail on the shelf."""

    id: str
    picture: str
    truth: str
    answer: str
    confidence: float


class Hung(NamedTuple):
    """A picture to look at: the name of a thumbnail on the shelf, and what stands under it."""

    picture: str
    caption: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Display:
    """Pictures that belong side by side, in the order in which they are read."""

    title: str
    note: str  # what there is to see, in one sentence
    pictures: tuple[Hung, ...]
    side: int = 128  # pixels of the longer side
    together: int = 1  # so many, from the first on, are one group


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """All that is needed to obtain a record again."""

    model: str
    data: str
    exam: str
    settings: Mapping[str, Any]
    preprocessing: str
    precision: str
    statistics: Statistics
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Where it ran."""

    system: str
    processor: str
    device: str
    cores: int
    memory_gib: float
    python: str
    packages: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One exam taken by one model: the numbers, the norm, and the way back to both."""

    norm: Norm
    card: ModelCard
    question: str
    headline: str  # the estimate by which models are ranked
    estimates: Mapping[str, Estimate]
    sheet: str  # digest; the shelf holds the rows
    facts: Mapping[str, Any]  # the sheet's, repeated
    request: Request
    machine: Machine
    made: str  # UTC, ISO 8601
    seconds: Mapping[str, float]  # by phase: "forward" (shared by the chart), "measure", "grade"
    unread: tuple[Unread, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    displays: tuple[Display, ...] = ()
    eyechart: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An exam that was declined, with the reason: a result too."""

    exam: str
    model: str
    data: str
    reason: str
    made: str


class Result(NamedTuple):
    """A record with its sheet."""

    record: Record
    sheet: Sheet


# --------------------------------------------------------------------------------------------------------------------
# Exams


@runtime_checkable
class Exam(Protocol):
    """One question in one file. Fields are its settings; they are part of the norm."""

    name: ClassVar[str]
    question: ClassVar[str]  # as a person would ask it
    version: ClassVar[int]  # goes up whenever the same model would get another number
    needs: ClassVar[tuple[type, ...]]  # capabilities, any one of which suffices
    asks: ClassVar[tuple[str, ...]]  # of the data: words of `eyechart.run.ASKS`
    headline: ClassVar[str]  # the estimate by which models are ranked
    says: ClassVar[str]  # what came out, in a person's words; estimates stand in it by name: {top1}

    def taps(self) -> tuple[str, ...]:
        """Which features it will read, so that one forward pass can serve the whole chart."""

    def measure(self, model: Any, data: Dataset, bench: Bench) -> Sheet:
        """The only method that sees the model."""

    def grade(self, sheet: Sheet, statistics: Statistics) -> dict[str, Estimate]:
        """Pure, on the CPU, repeatable."""

    def figure(self, results: Sequence[Result]) -> alt.TopLevelMixin:
        """One picture of several models under one norm."""
