"""The sixteen everyday classes of Geirhos et al. and the classes of ImageNet-1k that belong to each.

Source: Geirhos et al. 2019, "ImageNet-trained CNNs are biased towards texture", appendix A.2, and its published code
(github.com/rgeirhos/texture-vs-shape, ``probabilities_to_decision.py``): a class of the sixteen has the mean of the
probabilities of its members.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

# Members by their place among ImageNet's thousand classes in the usual order (sorted WordNet ids); "8-10" is 8, 9, 10.
_MEMBERS = {
    "airplane": "404",
    "bear": "294-297",
    "bicycle": "444 671",
    "bird": "8 10-16 18-20 22-24 80-83 87-96 98-100 127-133 135-145",
    "boat": "472 554 625 814 914",
    "bottle": "440 720 737 898 899 901 907",
    "car": "436 511 817",
    "cat": "281-286",
    "chair": "423 559 765 857",
    "clock": "409 530 892",
    "dog": "152-191 193-203 205-226 228-241 243-250 252-257 259 261-263 265-268",
    "elephant": "385 386",
    "keyboard": "508 878",
    "knife": "499",
    "oven": "766",
    "truck": "555 569 656 675 717 734 864 867",
}
SIXTEEN = tuple(_MEMBERS)

# Enough of the names to tell that a list of a thousand is ImageNet's in its usual order.
LANDMARKS = {
    0: "tench", 16: "bulbul", 151: "chihuahua", 281: "tabby", 386: "african", 404: "airliner",
    508: "keyboard", 555: "fire", 671: "mountain bike", 817: "sports car", 898: "water bottle", 999: "toilet",
}  # fmt: skip


def is_imagenet(classes: Sequence[str]) -> bool:
    """Whether these are the thousand classes of ImageNet-1k in the usual order, told by some of their names."""
    return len(classes) == 1000 and all(name in classes[place].casefold() for place, name in LANDMARKS.items())


def members(name: str) -> list[int]:
    """The places of a class of the sixteen among the thousand."""
    spans = [tuple(map(int, part.split("-"))) for part in _MEMBERS[name].split()]
    return [place for span in spans for place in range(span[0], span[-1] + 1)]


def to_sixteen(logits: Float[Tensor, "n 1000"], names: Sequence[str]) -> Float[Tensor, "n c"]:
    """The mean probability of the members of each of the classes in `names`."""
    shares = logits.float().softmax(1)
    return torch.stack([shares[:, members(name)].mean(1) for name in names], 1)
