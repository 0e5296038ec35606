"""What of a model is attacked: its prompts, its own classes, a probe, or how it finds the words of a picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch.nn.functional import normalize

from eyechart.attack.heads import of_classifier, of_probe, of_prompts
from eyechart.attack.losses import Logits
from eyechart.bench import Bench
from eyechart.core import Classifier, Dataset, DualEncoder, ImageEncoder, Item, Model
from eyechart.errors import BadInput, Refused
from eyechart.marking.answers import columns_of, labels
from eyechart.marking.order import rank
from eyechart.marking.words import heads, prompts
from eyechart.store import digest
from eyechart.transfer.naming import fitted

# What can be attacked, what it takes of the model, and what it asks of the data; "auto" is the first that is possible.
WAYS: Mapping[str, tuple[type, tuple[str, ...]]] = {
    "prompts": (DualEncoder, ("labels",)),
    "classifier": (Classifier, ("labels",)),
    "probe": (ImageEncoder, ("labels", "train")),
    "retrieval": (DualEncoder, ("captions",)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Logits over named answers, the pictures to be asked about, and for each the right answer's place."""

    items: tuple[Item, ...]
    truth: NDArray[np.int64]  # [n]
    names: tuple[str, ...]  # [c]
    logits: Logits
    key: str  # of all that decides the logits beside the weights

    @property
    def told(self) -> dict[str, int]:
        """The right answer by the digest of the picture."""
        return {item.picture.digest(): int(place) for item, place in zip(self.items, self.truth, strict=True)}


def asks_of(model: Model, wanted: str) -> tuple[str, ...]:
    """What a way asks of the data; of one that is none, or that the model is not capable of, `way_of` tells."""
    able = [way for way, (needs, _) in WAYS.items() if isinstance(model, needs)]
    return WAYS.get(wanted if wanted != "auto" or not able else able[0], (ImageEncoder, ("labels",)))[1]


def way_of(model: Model, wanted: str, exam: str) -> str:
    """The way that is wanted, or the first that the model is capable of.

    Raises:
        BadInput: there is no such way.
        Refused: the model is not capable of it.
    """
    able = [way for way, (needs, _) in WAYS.items() if isinstance(model, needs)]
    if wanted not in ("auto", *WAYS):
        raise BadInput(f"{exam}.target is auto or one of {', '.join(WAYS)}; got {wanted!r}")
    if wanted not in ("auto", *able):
        raise Refused(f"{model.card.name} cannot be attacked by {wanted}; it can by {', '.join(able) or 'nothing'}")
    return able[0] if wanted == "auto" else wanted


def target(way: str, model: Any, data: Dataset, bench: Bench, drawn: tuple[str, int, int]) -> Target:
    """What is attacked in one of `WAYS`. `drawn`: the exam, how many pictures are drawn at random, the seed of it.

    *prompts*: cosines with the class names in their templates. *classifier*: its own logits. *probe*: a linear probe,
    fitted on train as the exam `linear` does. *retrieval*: cosines with one caption of each drawn picture, the first
    that no other of them has; pictures without such a caption are left out.

    Raises:
        Refused: there are fewer than two answers to choose from, or what the way asks for is missing.
    """
    exam, count, seed = drawn
    places = sorted(range(len(data)), key=lambda place: rank(f"{seed} {data.items[place].id}"))[:count]
    items = [data.items[place] for place in places]
    if way == "retrieval":
        return _by_captions(model, items, data, bench, exam)
    truth = labels(data, exam)[places]
    if len(data.classes) < 2:
        raise Refused(f"{exam} needs two classes to choose from; {data.name} has {len(data.classes)}")
    if way == "prompts":
        text = heads(prompts(model, data, bench))
        logits, key = of_prompts(model, text), digest.of_bytes(text.numpy().tobytes())
    elif way == "classifier":
        columns = columns_of(model.classes, data)
        logits, key = of_classifier(model, columns), digest.of_json(columns)
    else:
        probe = fitted(model, data, bench, exam, "image")
        logits = of_probe(model, probe.weight, probe.bias)
        key = digest.of_arrays({"weight": probe.weight.numpy(), "bias": probe.bias.numpy()})
    return Target(items=tuple(items), truth=truth, names=data.classes, logits=logits, key=key)


def _by_captions(model: DualEncoder, items: Sequence[Item], data: Dataset, bench: Bench, exam: str) -> Target:
    counts = Counter(caption for item in items for caption in dict.fromkeys(item.captions))
    own = [next((caption for caption in item.captions if counts[caption] == 1), "") for item in items]
    kept = [place for place, caption in enumerate(own) if caption]
    if len(kept) < 2:
        raise Refused(
            f"{exam} by retrieval needs two pictures with a caption that no other picture has; of the {len(items)} "
            f"that were drawn from {data.name} {len(kept)} have one"
        )
    names = sorted(own[place] for place in kept)
    text = normalize(bench.texts(model, names), dim=-1)
    return Target(
        items=tuple(items[place] for place in kept),
        truth=np.array([names.index(own[place]) for place in kept], dtype=np.int64),
        names=tuple(names),
        logits=of_prompts(model, text),
        key=digest.of_bytes(text.numpy().tobytes()),
    )
