"""Tar shards of samples: read every header once, then each picture costs one seek.

The WebDataset convention: members with one path up to the first dot of the file name form a sample, and what follows
that dot says what a member is (``cat/0007.jpg``, ``cat/0007.cls``). Nothing is ever unpacked.
"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any, NamedTuple

from eyechart.errors import BadInput

PICTURES = ("webp", "png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "ppm")  # the first that a sample has is shown


class Span(NamedTuple):
    """Where the bytes of a member lie in its shard."""

    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class Sample:
    """The members of one key. What is not plain bytes inside the shard is in `barred`, with the reason."""

    key: str
    shard: Path
    spans: dict[str, Span] = field(default_factory=dict)
    barred: dict[str, str] = field(default_factory=dict)

    def picture(self) -> str | None:
        """The extension under which the sample has a picture, readable or barred."""
        return next((kind for kind in PICTURES if kind in self.spans or kind in self.barred), None)

    def kinds(self) -> str:
        """The extensions that there are, for messages."""
        return ", ".join(f".{kind}" for kind in {**self.spans, **self.barred})


def samples(shard: Path) -> Iterator[tuple[Sample, IO[bytes]]]:
    """All samples of a shard in order, each with the open shard to read small members from.

    Raises:
        BadInput: the shard is absent, compressed, cut off, no tar at all, or says a member twice.
    """
    try:
        with shard.open("rb") as stream, tarfile.open(fileobj=stream, mode="r:") as tar:
            for sample in _grouped(_members(tar), shard):
                yield sample, stream
    except FileNotFoundError as error:
        raise BadInput(f"there is no shard {shard}") from error
    except tarfile.ReadError as error:
        raise BadInput(
            f"the shard {shard} is not a whole, uncompressed tar file ({error}); fetch it again or unpack it first"
        ) from error


def read(stream: IO[bytes], span: Span) -> bytes:
    """The bytes of a member."""
    stream.seek(span.offset)
    return stream.read(span.size)


def _members(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    while (member := tar.next()) is not None:
        # The library keeps all members otherwise, which a shard of many samples would pay for.
        tar.members = []  # type: ignore[attr-defined]  # the stubs do not declare it
        if not member.isdir():
            yield member


def _grouped(members: Iterator[tarfile.TarInfo], shard: Path) -> Iterator[Sample]:
    sample: Sample | None = None
    for member in members:
        key, kind = _split(member.name)
        stem = PurePosixPath(key).name
        if (
            not kind or key.endswith("/") or not stem or stem.startswith("__")
        ):  # a hidden file, or the shard's own notes
            continue
        if sample is None or key != sample.key:
            if sample is not None:
                yield sample
            sample = Sample(key, shard)
        if kind in sample.spans or kind in sample.barred:
            raise BadInput(f"the shard {shard} holds {member.name!r} twice; every key may have one member of a kind")
        reason = _objection(member)
        if reason:
            sample.barred[kind] = reason
        else:
            sample.spans[kind] = Span(member.offset_data, member.size)
    if sample is not None:
        yield sample


def _split(name: str) -> tuple[str, str]:
    """``a.b/0007.seg.PNG`` → ``("a.b/0007", "seg.png")``."""
    folder, slash, file = name.removeprefix("./").rpartition("/")
    stem, _, kind = file.partition(".")
    return folder + slash + stem, kind.lower()


def _objection(member: tarfile.TarInfo) -> str:
    path = PurePosixPath(member.name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or (path.parts[:1] and path.parts[0].endswith(":")):
        return f"the member {member.name!r} lies outside of its archive"
    if member.issym() or member.islnk():
        return f"the member {member.name!r} is a link to {member.linkname!r}, not a picture"
    if not member.isreg():
        return f"the member {member.name!r} is a device, not a picture"
    if member.issparse():
        return f"the member {member.name!r} is stored with holes, which no single read can show"
    return ""


def expand(pattern: str) -> tuple[str, ...]:
    """``x-{000..003}.tar`` and ``{a,b}.tar`` written out; a pattern without braces is itself. Raises `BadInput`."""
    head, brace, rest = pattern.partition("{")
    if not brace:
        return (pattern,)
    body, closing, tail = rest.partition("}")
    if not closing:
        raise BadInput(f"the shard pattern {pattern!r} opens a brace that is never closed; write x-{{000..003}}.tar")
    tails = expand(tail)
    return tuple(head + middle + end for middle in _choices(body, pattern) for end in tails)


def _choices(body: str, pattern: str) -> Sequence[str]:
    first, dots, last = body.partition("..")
    if not dots:
        return body.split(",")
    if not (first.isdigit() and last.isdigit() and int(first) <= int(last)):
        raise BadInput(f"the range {{{body}}} in {pattern!r} does not count up; write for example {{000..003}}")
    width = len(first) if first.startswith("0") else 0
    return [str(number).zfill(width) for number in range(int(first), int(last) + 1)]


def parse_label(text: bytes, where: str, classes: int) -> int:
    """A class index from the text of a ``.cls`` member. Raises `BadInput` if it is none, or beyond the class names."""
    try:
        label = int(text.decode("ascii").strip())
    except ValueError as error:
        raise BadInput(f"{where}.cls should hold a class index, it holds {text[:40]!r}") from error
    if not 0 <= label < classes:
        raise BadInput(f"{where}.cls says class {label}, but there are {classes} class names (0 … {classes - 1})")
    return label


def parse_captions(kind: str, content: bytes, where: str) -> tuple[str, ...]:
    """Captions from a ``.txt`` member, one per line, or from ``caption``/``captions`` of a ``.json`` member.

    Raises:
        BadInput: not UTF-8, not JSON, or a caption that is no text.
    """
    try:
        text = content.decode("utf-8")
        given = text.splitlines() if kind == "txt" else _from_json(json.loads(text))
    except ValueError as error:  # UnicodeDecodeError and JSONDecodeError are such
        raise BadInput(f"{where}.{kind} should hold captions, it cannot be read: {error}") from error
    if not all(isinstance(caption, str) for caption in given):
        raise BadInput(f"{where}.{kind} should hold captions as text, it holds {given!r:.60}")
    return tuple(caption.strip() for caption in given if caption.strip())


def _from_json(table: Any) -> list[Any]:
    if not isinstance(table, dict):
        raise ValueError("expected an object with a caption")  # noqa: TRY004  # joins what json raises
    given = table.get("captions", table.get("caption", []))
    return given if isinstance(given, list) else [given]
