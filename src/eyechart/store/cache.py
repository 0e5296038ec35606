"""Features by content: a drawer per (weights, preprocessing, precision, tap), a row per picture.

Layout, readable without eyechart::

    <store>/<digest of the key>/key.json                what the drawer holds, in words
    <store>/<digest of the key>/<digest>.safetensors    a shard: `pictures` uint8 [n, 16], `rows` float32 [n, …]
    <store>/<digest of the key>/<digest>.broken         a shard whose content is not what its name says, set aside

A shard is written beside its place, synced and renamed; its name is the digest of its content. A process that is
killed therefore leaves whole shards or none, and any number of processes may write one drawer: a row that two of them
computed is there twice and read once. The first reading of a shard in a process checks its digest (about 1 GB/s).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from eyechart.errors import BadInput, Corrupt
from eyechart.store import digest
from eyechart.store.place import Place, scratch
from eyechart.store.rows import Floats, Rows

__all__ = ["Drawer", "FeatureKey", "FeatureStore", "Rows"]
WIDTH = digest.BITS // 8  # bytes of a picture's digest
SHARD_BYTES = 64 << 20
ENTRY = np.dtype([("picture", f"S{WIDTH}"), ("block", np.int32), ("place", np.int64)])
DTYPES = {"U8": np.uint8, "F32": np.float32}


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureKey:
    """All that determines a feature beside the picture."""

    weights: str
    preprocessing: str
    precision: str
    tap: str


class FeatureStore:
    """Drawers of features in a folder or behind an fsspec URL."""

    def __init__(self, url: str | Path) -> None:
        """Open a store; it need not exist."""
        self.place = Place(url)
        self._drawers: dict[FeatureKey, Drawer] = {}

    def drawer(self, key: FeatureKey) -> Drawer:
        """The drawer of that key, the same object every time."""
        if key not in self._drawers:
            self._drawers[key] = Drawer(self.place, key)
        return self._drawers[key]

    def summary(self) -> list[dict[str, Any]]:
        """One row per drawer: key, shards, rows, megabytes, shards that were set aside."""
        return [self._summary(folder) for folder in self._folders()]

    def verify(self) -> list[str]:
        """Read every shard; set aside and name those whose content is not what their names say."""
        broken = []
        for folder in self._folders():
            for name in self.place.names(folder, ".safetensors"):
                if digest.of_bytes(self.place.read(f"{folder}/{name}")) != Path(name).stem:
                    _set_aside(self.place, f"{folder}/{name}")
                    broken.append(f"{folder}/{name}")
        self._drawers.clear()
        return broken

    def prune(self) -> None:
        """Remove every drawer."""
        for folder in self._folders():
            self.place.remove(folder)
        self._drawers.clear()

    def _folders(self) -> list[str]:
        keys = self.place.files.glob(f"{self.place.root}/*/key.json")
        return sorted(str(path).rsplit("/", 2)[-2] for path in keys)

    def _summary(self, folder: str) -> dict[str, Any]:
        shards = self.place.names(folder, ".safetensors")
        headers = [_header(self.place, f"{folder}/{name}") for name in shards]
        key = json.loads(self.place.read(f"{folder}/key.json"))
        return {
            "drawer": folder[:8],
            **{name: value[:8] if name == "weights" else value for name, value in key.items()},
            "shards": len(shards),
            "rows": sum(header["rows"]["shape"][0] for header in headers),
            "MB": round(sum(self.place.size(f"{folder}/{name}") for name in shards) / 1e6, 1),
            "set aside": len(self.place.names(folder, ".broken")),
        }


class Drawer:
    """Rows of one key by picture digest. Not shared between threads that write."""

    def __init__(self, place: Place, key: FeatureKey) -> None:
        """Open a drawer; a shard is read when it is first needed."""
        self.key = key
        self.folder = digest.of_json(asdict(key))
        self._place = place
        self._scratch = Path() if place.local else scratch(self)  # copies of remote shards
        self._blocks: list[Floats] = []
        self._known: set[str] = set()
        self._index = np.empty(0, dtype=ENTRY)  # sorted by picture
        self._fresh: list[NDArray[Any]] = []  # entries not yet sorted in
        self._width: tuple[int, ...] | None = None

    def missing(self, pictures: Sequence[str]) -> list[int]:
        """Positions of the pictures whose rows are not there; new shards of other processes are noticed."""
        self._refresh()
        return np.flatnonzero(self._find(pictures) < 0).tolist()

    def append(self, pictures: Sequence[str], features: NDArray[np.floating[Any]]) -> None:
        """Keep one row per picture as one shard; there whole or not at all.

        Raises:
            BadInput: counts differ, or the rows have another shape than those already kept.
        """
        rows = np.ascontiguousarray(features, dtype=np.float32)
        if len(rows) != len(pictures):
            raise BadInput(f"{len(pictures)} pictures were given with {len(rows)} rows of features")
        if self._width is not None and rows.shape[1:] != self._width:
            raise BadInput(f"rows of shape {rows.shape[1:]} were given to a drawer of rows of shape {self._width}")
        if not self._place.exists(f"{self.folder}/key.json"):
            self._place.write(f"{self.folder}/key.json", json.dumps(asdict(self.key), indent=1).encode())
        content = save({"pictures": _digests(pictures), "rows": rows})
        name = f"{digest.of_bytes(content)}.safetensors"
        self._place.write(f"{self.folder}/{name}", content)
        self._open(name, checked=True)

    def rows(self, pictures: Sequence[str]) -> Rows:
        """One row per picture, in that order, unread.

        Raises:
            Corrupt: a row is missing; `missing` tells which, and they must be appended first.
        """
        found = self._find(pictures)
        if (found < 0).any():
            self._refresh()
            found = self._find(pictures)
        if (found < 0).any():
            raise Corrupt(f"{int((found < 0).sum())} of {len(found)} rows are not in drawer {self.folder[:8]}")
        entries = self._index[found]
        return Rows(tuple(self._blocks), entries["block"], entries["place"], self._width or ())

    def _refresh(self) -> None:
        for name in self._place.names(self.folder, ".safetensors"):
            if name not in self._known:
                self._open(name, checked=False)

    def _open(self, name: str, *, checked: bool) -> None:
        """Map one shard and add it to the index; a shard that is not what its name says is set aside."""
        self._known.add(name)
        path = self._place.fetch(f"{self.folder}/{name}", self._scratch)
        if not checked and digest.of_bytes(np.memmap(path, np.uint8, "r").data) != Path(name).stem:
            _set_aside(self._place, f"{self.folder}/{name}")
            return
        arrays = _mapped(path)
        block = np.int32(len(self._blocks))
        self._blocks.append(arrays["rows"])
        self._width = arrays["rows"].shape[1:]
        entries = np.empty(len(arrays["pictures"]), dtype=ENTRY)
        entries["picture"] = np.ascontiguousarray(arrays["pictures"]).view(f"S{WIDTH}").reshape(-1)
        entries["block"], entries["place"] = block, np.arange(len(entries))
        self._fresh.append(entries)

    def _find(self, pictures: Sequence[str]) -> NDArray[np.int64]:
        """Positions in the index, −1 where a picture is not there."""
        if self._fresh:
            joined = np.concatenate([self._index, *self._fresh])
            self._index = joined[np.argsort(joined["picture"], kind="stable")]
            self._fresh.clear()
        if len(self._index) == 0 or len(pictures) == 0:
            return np.full(len(pictures), -1)
        wanted = _digests(pictures).view(f"S{WIDTH}").reshape(-1)
        at = np.minimum(np.searchsorted(self._index["picture"], wanted), len(self._index) - 1)
        return np.where(self._index["picture"][at] == wanted, at, -1)


def _digests(pictures: Sequence[str]) -> NDArray[np.uint8]:
    """Hex digests as ``uint8 [n, 16]``."""
    return np.frombuffer(bytes.fromhex("".join(pictures)), np.uint8).reshape(len(pictures), WIDTH)


def _mapped(path: Path) -> dict[str, NDArray[Any]]:
    """The arrays of a safetensors file, mapped and not read."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
    return {
        name: np.memmap(path, DTYPES[told["dtype"]], "r", 8 + length + told["data_offsets"][0], tuple(told["shape"]))
        for name, told in header.items()
    }


def _header(place: Place, name: str) -> Mapping[str, Any]:
    """What a shard holds, without its rows."""
    with place.files.open(place.path(name), "rb") as file:
        header: Mapping[str, Any] = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    return header


def _set_aside(place: Place, name: str) -> None:
    place.rename(name, name.removesuffix(".safetensors") + ".broken")
