"""Detectors of transformers: those with classes of their own (DETR, YOLOS, RT-DETR …), and those that are asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import torch
from PIL.Image import Image

from eyechart.core import ModelCard, Preprocessing
from eyechart.errors import Refused
from eyechart.models.detector import Detections, only_own, surest
from eyechart.models.encoders import Origin
from eyechart.models.wish import Wish

ASKED = ("OwlViTForObjectDetection", "Owlv2ForObjectDetection")  # any names; a name is put into words for them
WORDING = "a photo of a {}"  # Minderer et al. 2022 (OWL-ViT), section 4.1, use prompts of CLIP
UNNAMED = ("N/A", "no-object", "background")  # places in lists of classes that stand for nothing


def detects(model: Any) -> bool:
    """Whether the class of a model is one of detectors."""
    return type(model).__name__.endswith("ForObjectDetection")


@final
@dataclass(frozen=True, eq=False, kw_only=True)
class HuggingFaceDetector:
    """A detector with its own image processor, which knows how boxes come back to the picture."""

    card: ModelCard
    model: Any
    processor: Any
    tokenizer: Any | None
    device: str

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """Names of its classes; empty for a model that is asked."""
        if self.tokenizer is not None:
            return ()
        return tuple(str(name) for name in self.model.config.id2label.values() if name not in UNNAMED)

    def detect(self, images: Sequence[Image], names: Sequence[str]) -> list[Detections]:
        """Pictures of one size go through together, so that none is padded."""
        by_size: dict[tuple[int, int], list[int]] = defaultdict(list)
        for place, image in enumerate(images):
            by_size[image.size].append(place)
        found: dict[int, Detections] = {}
        for (width, height), places in by_size.items():
            inputs = self.processor(images=[images[place].convert("RGB") for place in places], return_tensors="pt")
            raw = self._through(inputs, names, len(places))
            sizes = torch.tensor([[height, width]] * len(places))
            made = self.processor.post_process_object_detection(raw, threshold=0.0, target_sizes=sizes)
            for place, one in zip(places, made, strict=True):
                found[place] = surest(self._named(one, names), names)
        return [found[place] for place in range(len(images))]

    def _through(self, inputs: Mapping[str, torch.Tensor], names: Sequence[str], count: int) -> Any:
        """What the network gives, on the CPU; a model that is asked gets every name with every picture."""
        texts = {} if self.tokenizer is None else self._questions(names, count)
        with torch.inference_mode():
            raw = self.model(**{key: value.to(self.device) for key, value in {**inputs, **texts}.items()})
        for key in ("logits", "pred_boxes"):
            raw[key] = raw[key].float().cpu()
        return raw

    def _questions(self, names: Sequence[str], count: int) -> dict[str, torch.Tensor]:
        if self.tokenizer is None:
            return {}
        length = self.model.config.text_config.max_position_embeddings
        words = [WORDING.format(name) for name in names] * count
        told = self.tokenizer(words, padding="max_length", truncation=True, max_length=length, return_tensors="pt")
        return {key: told[key] for key in ("input_ids", "attention_mask")}

    def _named(self, one: Mapping[str, torch.Tensor], names: Sequence[str]) -> Detections:
        labels = one["labels"].tolist()
        own = self.model.config.id2label
        return Detections(
            boxes=one["boxes"].numpy().astype(np.float32),
            scores=one["scores"].numpy().astype(np.float32),
            labels=tuple(names[label] if self.tokenizer is not None else str(own[label]) for label in labels),
        )


def detector_of(origin: Origin, model: Any, processor: Any, tokenizer: Any | None, wish: Wish) -> HuggingFaceDetector:
    """The detector with its card.

    Raises:
        Refused: it must be asked and cannot read, or another preprocessing than its own is wished for.
    """
    only_own(origin.name, wish)
    asked = type(model).__name__ in ASKED
    if asked and tokenizer is None:
        raise Refused(f"{origin.name} looks for what it is asked for and has no tokenizer; put it beside the weights")
    size = processor.to_dict().get("size") or {}
    shorter = int(size.get("shortest_edge") or size.get("height") or 0)
    card = ModelCard(
        name=origin.name,
        digest=origin.digest,
        params=origin.params,
        flops=None,
        width=0 if asked else len(model.config.id2label),
        preprocessing=Preprocessing(
            size=(shorter, int(size.get("width") or shorter)), resize="squash" if "height" in size else "pad"
        ),
        taps=(),
    )
    return HuggingFaceDetector(
        card=card, model=model, processor=processor, tokenizer=tokenizer if asked else None, device=wish.device
    )
