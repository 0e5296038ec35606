"""What every source returns: one class per set of capabilities, put together from parts that each do one thing.

Exams ask for capabilities with `isinstance`, which looks for methods: a model without text must not have
`encode_text` at all. Hence small parts (`Sees`, `SeesPatches`, `Reads`, `Names`), which nobody overrides, and final
classes that only say which parts they have.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, final

from jaxtyping import Float
from PIL.Image import Image
from torch import Tensor, nn

from eyechart.core import ModelCard
from eyechart.errors import Refused
from eyechart.models.flops import Survey, survey
from eyechart.models.sight import Sight, Voice

LOGITS = "logits"
TAPS = ("image", "pooled", "patches")


class Sees:
    """Part: an image as a whole."""

    sight: Sight

    @property
    def device(self) -> str:
        """Where the weights are."""
        return self.sight.device

    @property
    def network(self) -> nn.Module | None:
        """What sees and may learn further (`eyechart.models.trainable`); None where torch does not compute it."""
        return self.sight.network

    def preprocess(self, image: Image) -> Float[Tensor, "3 h w"]:
        """Geometry only, pixels in [0, 1]."""
        return self.sight.geometry(image)

    def encode_image(self, pixels: Float[Tensor, "n 3 h w"]) -> Float[Tensor, "n d"]:
        """One vector per image, not normalised."""
        return self.sight.look(pixels, ("image",))["image"]

    def encode_taps(self, pixels: Float[Tensor, "n 3 h w"], taps: Sequence[str]) -> dict[str, Tensor]:
        """Several depths of one forward pass."""
        return self.sight.look(pixels, taps)


class SeesPatches:
    """Part: an image by patches."""

    sight: Sight

    def encode_patches(self, pixels: Float[Tensor, "n 3 h w"]) -> Float[Tensor, "n t d"]:
        """The tokens of the last layer, row by row (of a CNN, the cells of its last map)."""
        return self.sight.look(pixels, ("patches",))["patches"]


class Reads:
    """Part: texts in the space of the images."""

    voice: Voice

    def encode_text(self, texts: Sequence[str]) -> Float[Tensor, "m d"]:
        """One vector per text, not normalised."""
        return self.voice.read(texts)

    def logits(self, image: Float[Tensor, "n d"], text: Float[Tensor, "m d"]) -> Float[Tensor, "n m"]:
        """The model's own temperature and bias over the cosine; fp32."""
        return self.voice.logits(image, text)


class Names:
    """Part: a head over a fixed list of classes; its logits are a tap, so they cost no pass of their own."""

    sight: Sight

    def classify(self, pixels: Float[Tensor, "n 3 h w"]) -> Float[Tensor, "n c"]:
        """The head's logits."""
        return self.sight.look(pixels, (LOGITS,))[LOGITS]


@final
@dataclass(frozen=True, eq=False)
class Encoder(Sees):
    """An `ImageEncoder` with taps."""

    card: ModelCard
    sight: Sight


@final
@dataclass(frozen=True, eq=False)
class DenseEncoder(Sees, SeesPatches):
    """A `PatchEncoder`."""

    card: ModelCard
    sight: Sight


@final
@dataclass(frozen=True, eq=False)
class Pair(Sees, Reads):
    """A `DualEncoder` with taps."""

    card: ModelCard
    sight: Sight
    voice: Voice


@final
@dataclass(frozen=True, eq=False)
class DensePair(Sees, SeesPatches, Reads):
    """A `DualEncoder` and a `PatchEncoder`."""

    card: ModelCard
    sight: Sight
    voice: Voice


@final
@dataclass(frozen=True, eq=False)
class Labeller(Sees, Names):
    """A backbone with its head: an `ImageEncoder` with taps and a `Classifier`."""

    card: ModelCard
    sight: Sight
    classes: tuple[str, ...]


@final
@dataclass(frozen=True, eq=False)
class DenseLabeller(Sees, SeesPatches, Names):
    """A backbone with its head: a `PatchEncoder` and a `Classifier`."""

    card: ModelCard
    sight: Sight
    classes: tuple[str, ...]


Seeing = Encoder | DenseEncoder | Pair | DensePair | Labeller | DenseLabeller


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What only the source of a model knows of it."""

    name: str  # as `load` was given it
    digest: str
    params: int
    trained_on: str = "unknown"
    samples_seen: int | None = None
    licence: str = "unknown"
    link: Literal["softmax", "sigmoid", "none"] = "none"


def assemble(
    origin: Origin,
    sight: Sight,
    *,
    voice: Voice | None = None,
    classes: tuple[str, ...] = (),
    seen: Survey | None = None,
) -> Seeing:
    """The model of these parts, with its card; what the tower gives is learnt by surveying it, unless `seen` tells.

    Raises:
        Refused: the tower does not accept the size of the preprocessing, or does not give one vector per image.
    """
    size = sight.preprocessing.size
    seen = seen or survey(lambda pixels: sight.tower(pixels, TAPS), size, sight.device, origin.name)
    if len(seen.shapes["image"]) != 2:
        raise Refused(f"{origin.name} gives features of shape {seen.shapes['image']}; expected one vector per image")
    card = ModelCard(
        name=origin.name,
        digest=origin.digest,
        params=origin.params,
        flops=seen.flops,
        width=seen.shapes["image"][-1],
        preprocessing=sight.preprocessing,
        taps=(*(tap for tap in TAPS if tap in seen.shapes), *((LOGITS,) if classes else ())),
        link=origin.link,
        trained_on=origin.trained_on,
        samples_seen=origin.samples_seen,
        licence=origin.licence,
    )
    dense = "patches" in seen.shapes
    if voice is not None:
        return DensePair(card, sight, voice) if dense else Pair(card, sight, voice)
    if classes:
        return DenseLabeller(card, sight, classes) if dense else Labeller(card, sight, classes)
    return DenseEncoder(card, sight) if dense else Encoder(card, sight)
