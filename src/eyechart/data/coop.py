"""Splits that the literature agreed on where a dataset has none: CoOp's split files, and UCF101's middle frames.

CoOp (Zhou et al. 2022, "Learning to prompt for vision-language models", section 4.1) fixed train, val and test of
eleven datasets in files ``split_zhou_*.json``: ``{"train": [[path, label, class name], …], "val": …, "test": …}``. It
also made a picture dataset of UCF101 by taking the middle frame of each video, as
``UCF-101-midframes/<Class_Name>/<video>.jpg``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from eyechart.data.names import in_words
from eyechart.data.torchvision_sets import Read, under
from eyechart.errors import BadInput

FRAMES = "UCF-101-midframes"
LISTS = "ucfTrainTestlist"  # the official lists, unpacked beside the frames


@dataclass(frozen=True, slots=True)
class SplitFile:
    """A split file and the folder that its paths start from."""

    path: Path
    images: Path

    def read(self, split: str) -> Read:
        """One split. Raises `BadInput`: no such split, rows of another shape, labels with gaps."""
        table = _json(self.path)
        if not isinstance(table, dict) or split not in table:
            raise BadInput(f"{self.path} has no split {split!r}; expected an object with train, val and test")
        rows = [self._row(row) for row in table[split]]
        words = {label: word for name in table for _, label, word in map(self._row, table[name])}
        if sorted(words) != list(range(len(words))):
            raise BadInput(f"the labels of {self.path} should run from 0 without gaps; they are {sorted(words)[:5]} …")
        return Read(
            ids=[path for path, _, _ in rows],
            picture=lambda row: under(self.images, rows[row][0]),
            labels=[label for _, label, _ in rows],
            own=tuple(words[label] for label in sorted(words)),
            groups=[_video_group(path) for path, _, _ in rows],
        )

    def _row(self, row: Any) -> tuple[str, int, str]:
        try:
            path, label, word = row
            return str(path), int(label), in_words([word])[0]
        except (TypeError, ValueError) as error:
            raise BadInput(f"{self.path} should list [path, label, class name], it lists {row!r:.80}") from error


@dataclass(frozen=True, slots=True)
class MiddleFrames:
    """UCF101's frames with the official lists ``trainlist01.txt`` and ``testlist01.txt``."""

    root: Path
    fold: str = "01"

    def read(self, split: str) -> Read:
        """The train or the test split. Raises `BadInput`: a list is absent, or names a class that has no folder."""
        folders = {_plain(path.name): path.name for path in sorted((self.root / FRAMES).iterdir()) if path.is_dir()}
        listed = self.root / LISTS / f"{split}list{self.fold}.txt"
        if not listed.is_file():
            raise BadInput(
                f"there is no {listed}; unpack UCF101TrainTestSplits there, or give splits= with a split file"
            )
        videos = [line.split()[0] for line in listed.read_text(encoding="utf-8").splitlines() if line.strip()]
        own = tuple(sorted(folders, key=lambda plain: folders[plain].replace("_", "")))
        rows = [(self._frame(video, folders), own.index(_plain(video.split("/")[0]))) for video in videos]
        return Read(
            ids=[path for path, _ in rows],
            picture=lambda row: under(self.root / FRAMES, rows[row][0]),
            labels=[label for _, label in rows],
            own=tuple(folders[plain] for plain in own),
            groups=[_video_group(path) for path, _ in rows],
        )

    def _frame(self, video: str, folders: Mapping[str, str]) -> str:
        folder, _, name = video.partition("/")
        if _plain(folder) not in folders:
            raise BadInput(f"the list names the class {folder!r}, which has no folder in {self.root / FRAMES}")
        return f"{folders[_plain(folder)]}/{PurePosixPath(name).stem}.jpg"


def _video_group(path: str) -> str:
    """Clips ``v_Archery_g01_c01`` and ``…_c02`` were cut from one video: they are one group."""
    head, clip, _ = PurePosixPath(path).stem.rpartition("_c")
    return head if clip and "_g" in head and head.startswith("v_") else ""


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(f"the split file {path} cannot be read: {error}") from error


def _plain(name: str) -> str:
    return name.replace("_", "").lower()
