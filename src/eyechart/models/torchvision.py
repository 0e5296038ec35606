"""``torchvision:<detector>``: detectors of torchvision, such as Faster R-CNN, RetinaNet, FCOS and SSD.

    torchvision:fasterrcnn_resnet50_fpn             its default published weights, trained on COCO
    torchvision:fcos_resnet50_fpn/runs/best.pth     a local state_dict over the same classes
    torchvision:ssdlite320_mobilenet_v3_large/random?seed=0    random weights, for benchmarks

Boxes with classes are all that is read; masks and key points are left aside. Classifiers of torchvision are timm's too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import torch
from PIL.Image import Image
from torchvision import models as library
from torchvision.transforms import functional as tv

from eyechart.core import ModelCard, Preprocessing
from eyechart.errors import Refused, UnknownName
from eyechart.models.detector import Detections, only_own, surest
from eyechart.models.weights import UNREACHABLE, identity, install, local, read
from eyechart.models.wish import RANDOM, Wish, options_of, seed_of

NOTHING = ("__background__", "N/A")  # places in the list of classes that stand for nothing


@final
@dataclass(frozen=True, eq=False, kw_only=True)
class TorchvisionDetector:
    """A detector that resizes and normalises within its network."""

    card: ModelCard
    model: Any
    classes: tuple[str, ...]
    device: str

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """Names of its classes."""
        return tuple(name for name in self.classes if name not in NOTHING)

    def detect(self, images: Sequence[Image], names: Sequence[str]) -> list[Detections]:
        """One picture after the other: the network pads those that it is given together."""
        found = []
        with torch.inference_mode():
            for image in images:
                (raw,) = self.model([tv.to_tensor(image.convert("RGB")).to(self.device)])
                made = Detections(
                    boxes=raw["boxes"].float().cpu().numpy().astype(np.float32),
                    scores=raw["scores"].float().cpu().numpy().astype(np.float32),
                    labels=tuple(self.classes[label] for label in raw["labels"].tolist()),
                )
                found.append(surest(made, names))
        return found


def load(location: str, wish: Wish) -> TorchvisionDetector:
    """The detector with its weights whole; what it scores below its own threshold it keeps to itself.

    Raises:
        UnknownName: no such detector.
        BadInput: the file does not exist.
        Refused: the weights do not fit or cannot be fetched, or another preprocessing is asked for.
    """
    name = f"torchvision:{location}"
    body, options = options_of(location, {"seed"})
    kind, _, weights = body.partition("/")
    only_own(name, wish)
    known = library.list_models(module=library.detection)
    if kind not in known:
        raise UnknownName("detector of torchvision", kind, known)
    published = library.get_model_weights(kind).DEFAULT
    classes = tuple(str(one) for one in published.meta["categories"])
    trained_on = "COCO"
    if weights == RANDOM or (not weights and "seed" in options):
        network, trained_on = _random(kind, len(classes), seed_of(options)), "nothing: random weights"
    elif weights:
        network, trained_on = _from_file(kind, weights, len(classes)), "unknown"
    else:
        try:
            network = library.get_model(kind, weights=published)
        except UNREACHABLE as error:
            raise Refused(f"{name} cannot be fetched: {error}") from error
    network = wish.settled(network, torch.channels_last)
    shorter = int(network.transform.min_size[0])
    card = ModelCard(
        name=name,
        digest=identity(network, {"torchvision": kind, "classes": classes}),
        params=sum(weight.numel() for weight in network.parameters()),
        flops=None,
        width=len(classes),
        preprocessing=Preprocessing(size=(shorter, shorter), resize="pad", interpolation="bilinear"),
        taps=(),
        trained_on=trained_on,
    )
    return TorchvisionDetector(card=card, model=network, classes=classes, device=wish.device)


def _random(kind: str, classes: int, seed: int) -> Any:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return library.get_model(kind, weights=None, weights_backbone=None, num_classes=classes)


def _from_file(kind: str, weights: str, classes: int) -> Any:
    path = local(weights)
    network = _random(kind, classes, 0)
    install(network, read(path), str(path), kind)
    return network


PUBLIC = load
