"""Digests of what determines an answer: bytes, JSON values, arrays, weights, items.

All are BLAKE2b with 128 bits, in hex. Two things with equal digests are taken to be the same thing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from eyechart.core import Dataset, Item
from eyechart.progress import Progress, quiet

BITS = 128


def of_bytes(content: bytes | memoryview) -> str:
    """Digest of raw bytes."""
    return _hash(content).hexdigest()


def of_json(value: Any) -> str:
    """Digest of a JSON value in canonical form: sorted keys, no spaces, no NaN. Raises `ValueError` on NaN."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return of_bytes(text.encode("utf-8", "surrogatepass"))


def of_arrays(arrays: Mapping[str, NDArray[Any]]) -> str:
    """Digest of named arrays: names, dtypes, shapes and contents; the order of the names does not matter."""
    digest = _hash()
    for name in sorted(arrays):
        array = arrays[name]
        digest.update(f"{name}\0{array.dtype.str}\0{array.shape}\0".encode())
        if array.dtype.kind in "OUS":
            digest.update(json.dumps(array.tolist(), ensure_ascii=False).encode("utf-8", "surrogatepass"))
        else:
            digest.update(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
    return digest.hexdigest()


def of_state(state: Mapping[str, Tensor]) -> str:
    """Digest of weights: names, dtypes, shapes and bytes, wherever the tensors lie."""
    digest = _hash()
    for name in sorted(state):
        tensor = state[name].detach().cpu().contiguous()
        digest.update(f"{name}\0{tensor.dtype}\0{tuple(tensor.shape)}\0".encode())
        digest.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()


def of_items(items: Sequence[Item], progress: Progress = quiet) -> str:
    """Digest of all that an exam can read of the items, in their order; pictures by their own digests."""
    digest = _hash()
    with progress.track("reading items", len(items)) as done:
        for item in items:
            known = (item.id, item.label, item.captions, item.distractors, item.group, dict(item.facts))
            told = json.dumps([*known, item.picture.digest()], sort_keys=True, ensure_ascii=False)
            digest.update(told.encode("utf-8", "surrogatepass"))  # names of files need not be Unicode
            done(1)
    return digest.hexdigest()


def of_dataset(data: Dataset) -> str:
    """Digest of the examined items with their classes and templates; the name takes no part."""
    return of_json([of_items(data.items), list(data.classes), list(data.templates)])


def _hash(content: bytes | memoryview = b"") -> hashlib.blake2b:
    return hashlib.blake2b(content, digest_size=BITS // 8)
