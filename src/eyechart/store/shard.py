"""One file of features: a safetensors file with `pictures` uint8 [n, 16] and `rows` float32 [n, …].

Its name is the digest of its content (``b2sum -l 128`` gives the same), so that it can be checked without eyechart.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save

from eyechart.errors import Corrupt
from eyechart.store import digest
from eyechart.store.place import Place
from eyechart.store.rows import Floats

SUFFIX = ".safetensors"
WIDTH = digest.BITS // 8  # bytes of a picture's digest
HEADER_BYTES = 1 << 16  # ours has about 200


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the rows of a shard lie, and of what shape they are."""

    shape: tuple[int, ...]  # n, …
    start: int  # byte of the first row

    @property
    def width(self) -> tuple[int, ...]:
        """The shape of one row."""
        return self.shape[1:]


def pack(pictures: NDArray[np.uint8], rows: Floats) -> tuple[str, bytes]:
    """The name and the content of a shard."""
    content = save({"pictures": pictures, "rows": rows})
    return digest.of_bytes(content) + SUFFIX, content


def peek(place: Place, name: str) -> tuple[Layout, NDArray[np.uint8]]:
    """Layout and pictures of a shard, without its rows.

    Raises:
        Corrupt: the header is not that of a shard.
        FileNotFoundError: another process removed it.
    """
    try:
        length = int.from_bytes(place.read(name, 0, 8), "little")
        header = json.loads(place.read(name, 8, 8 + min(length, HEADER_BYTES)))
        pictures, rows = header["pictures"], header["rows"]
        start, end = (8 + length + offset for offset in pictures["data_offsets"])
        listed = np.frombuffer(place.read(name, start, end), np.uint8).reshape(-1, WIDTH)
        shape, size = tuple(rows["shape"]), rows["data_offsets"][1] - rows["data_offsets"][0]
        if rows["dtype"] != "F32" or 4 * prod(shape) != size or shape[0] != len(listed):
            raise Corrupt(f"{place.path(name)} does not hold one row of features per picture")
        return Layout(shape, 8 + length + rows["data_offsets"][0]), listed
    except (ValueError, LookupError, TypeError) as error:
        raise Corrupt(f"{place.path(name)} is not a shard of features: {error}") from error


def is_whole(path: Path) -> bool:
    """Whether the content is what the name says. Reads all of it, at the speed of the digest (about 1 GB/s)."""
    size = path.stat().st_size
    return size > 0 and digest.of_bytes(_mapped(path, size).data) == path.stem.rpartition("_")[2]


def mapped(path: Path, layout: Layout) -> Floats:
    """The rows of a shard that is whole, mapped into memory and not read."""
    size = 4 * prod(layout.shape)
    content = _mapped(path, layout.start + size)[layout.start :]
    return content.view(np.float32).reshape(layout.shape)


def _mapped(path: Path, size: int) -> NDArray[np.uint8]:
    # Not np.memmap, which holds a file descriptor per map: a drawer may have more shards than a process may have files.
    array: NDArray[Any] = torch.from_file(str(path), shared=False, size=size, dtype=torch.uint8).numpy()
    array.flags.writeable = False
    return array


def digests(pictures: Sequence[str]) -> NDArray[np.uint8]:
    """Names of pictures as ``uint8 [n, 16]``: hex digests of 128 bits as they are, any other name by its digest."""
    try:
        content = bytes.fromhex("".join(pictures))
    except ValueError:
        content = b""
    if len(content) != WIDTH * len(pictures) or any(len(name) != 2 * WIDTH for name in pictures):
        content = b"".join(map(_key, pictures))
    return np.frombuffer(content, np.uint8).reshape(len(pictures), WIDTH)


def _key(name: str) -> bytes:
    if len(name) == 2 * WIDTH:
        try:
            return bytes.fromhex(name)
        except ValueError:
            pass
    return bytes.fromhex(digest.of_bytes(name.encode("utf-8", "surrogatepass")))
