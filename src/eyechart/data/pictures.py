"""Pictures that are decoded when they are asked for, as a viewer would show them.

`decode` takes the usual formats to upright 8-bit RGB: EXIF rotation; palettes; transparency on white; CMYK, the
inverted one of Adobe's JPEG files too; 16 bits scaled to 8, not clipped; the first frame of animations. Embedded colour
profiles are not applied. Formats that run a program (EPS) or lack a signature (TGA) are not read.
"""

from __future__ import annotations

import struct
import zlib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from stat import S_ISREG
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    IcoImagePlugin,
    Image,
    ImageCms,
    Jpeg2KImagePlugin,
    JpegImagePlugin,
    PngImagePlugin,
    PpmImagePlugin,
    QoiImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)
from PIL.ImageFile import ImageFile

from eyechart.errors import Unreadable
from eyechart.store import digest

PIXELS = 2**30 // 12  # 89 million: Pillow calls what is larger a possible decompression bomb
BYTES = 2**30  # of one encoded picture

# What Pillow's decoders raise on broken content, as fuzzing found it; none of it is a fault of the caller.
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    ArithmeticError,
    AttributeError,
    LookupError,
    EOFError,
    RuntimeError,
    MemoryError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)

# --------------------------------------------------------------------------------------------------------------------
# Where pictures lie


@dataclass(slots=True, eq=False)
class Stored(ABC):
    """A picture whose encoded bytes lie somewhere. Its digest is computed once, of those bytes."""

    _digest: str = field(default="", init=False, repr=False)

    @abstractmethod
    def read(self) -> bytes:
        """The encoded bytes. Raises `Unreadable`."""

    def digest(self) -> str:
        """Hex digest of the encoded bytes. Raises `Unreadable` where they cannot be had."""
        if not self._digest:
            self._digest = digest.of_bytes(self.read())
        return self._digest

    def load(self) -> Image.Image:
        """The image as a viewer shows it: upright, RGB, 8 bits. Raises `Unreadable` with the reason."""
        return decode(self.read())


@dataclass(slots=True, eq=False)
class File(Stored):
    """A file that the user named."""

    path: str | Path

    def read(self) -> bytes:
        return _read(Path(self.path))


@dataclass(slots=True, eq=False)
class Within(Stored):
    """A file that a list named: it is read only if it lies under the root of that list, links followed."""

    root: Path
    name: str

    def read(self) -> bytes:
        return _read(inside(self.root, self.name))


@dataclass(slots=True, eq=False)
class Slice(Stored):
    """A part of a file, such as the member of a tar archive."""

    path: Path
    offset: int
    size: int

    def read(self) -> bytes:
        _admit(self.size)
        try:
            with self.path.open("rb") as file:
                file.seek(self.offset)
                content = file.read(self.size)
        except OSError as error:
            raise Unreadable(f"its file cannot be read: {error.strerror or error}") from error
        if len(content) < self.size:
            raise Unreadable(f"its file is cut off: {len(content)} of {self.size} bytes are there")
        return content


@dataclass(slots=True, eq=False)
class Encoded(Stored):
    """Encoded bytes at hand."""

    content: bytes

    def read(self) -> bytes:
        return self.content


@dataclass(frozen=True, slots=True, eq=False)
class Pixels:
    """Pixels that were never encoded: ``uint8[h, w]`` or ``uint8[h, w, 3]``."""

    array: NDArray[Any]

    def digest(self) -> str:
        """Of shape and values."""
        return digest.of_arrays({"pixels": self.array})

    def load(self) -> Image.Image:
        """RGB, 8 bits. Raises `Unreadable` for arrays of another kind."""
        array = np.squeeze(self.array, axis=2) if self.array.ndim == 3 and self.array.shape[2] == 1 else self.array
        if array.dtype != np.uint8 or array.ndim not in (2, 3) or array.shape[2:] not in ((), (3,)):
            raise Unreadable(f"an array {array.dtype}{list(array.shape)}; expected uint8 [h, w] or [h, w, 3]")
        return Image.fromarray(array).convert("RGB")


@dataclass(frozen=True, slots=True)
class Barred:
    """A picture that is known to be out of reach; it is listed with the reason like any that cannot be read."""

    reason: str

    def digest(self) -> str:
        """Of the reason, since there is nothing else."""
        return digest.of_json({"barred": self.reason})

    def load(self) -> Image.Image:
        """Raises `Unreadable`, always."""
        raise Unreadable(self.reason)


def inside(root: Path, name: str) -> Path:
    """The file `name` under `root`, which must be a resolved path.

    Raises:
        Unreadable: ``..``, an absolute path or a symbolic link leads out of the root.
    """
    try:
        path = (root / name).resolve()
    except (OSError, ValueError, RuntimeError) as error:  # a loop of links, a null byte, a name of 300 letters
        raise Unreadable(f"its path {name[:200]!r} cannot be followed: {error}") from error
    if not path.is_relative_to(root):
        raise Unreadable(f"its path {name[:200]!r} leads out of {root}, so it is not followed")
    return path


def _read(path: Path) -> bytes:
    try:
        status = path.stat()
        if not S_ISREG(status.st_mode):
            raise Unreadable(f"{path} is not a regular file")
        _admit(status.st_size)
        return path.read_bytes()
    except FileNotFoundError as error:
        raise Unreadable(f"there is no file {path}") from error
    except (OSError, ValueError) as error:
        raise Unreadable(f"{path} cannot be read: {error}") from error


def _admit(size: int) -> None:
    if size > BYTES:
        raise Unreadable(f"the file has {size / 2**30:.1f} GiB; pictures of up to {BYTES / 2**30:.0f} GiB are read")


# --------------------------------------------------------------------------------------------------------------------
# From bytes to what a viewer shows

_READERS: Mapping[bytes, type[ImageFile]] = {
    b"\xff\xd8\xff": JpegImagePlugin.JpegImageFile,
    b"\x89PNG\r\n\x1a\n": PngImagePlugin.PngImageFile,
    b"GIF87a": GifImagePlugin.GifImageFile,
    b"GIF89a": GifImagePlugin.GifImageFile,
    b"BM": BmpImagePlugin.BmpImageFile,
    b"II*\0": TiffImagePlugin.TiffImageFile,
    b"MM\0*": TiffImagePlugin.TiffImageFile,
    b"II+\0": TiffImagePlugin.TiffImageFile,
    b"MM\0+": TiffImagePlugin.TiffImageFile,
    b"\0\0\0\x0cjP  \r\n\x87\n": Jpeg2KImagePlugin.Jpeg2KImageFile,
    b"\xff\x4f\xff\x51": Jpeg2KImagePlugin.Jpeg2KImageFile,
    b"\0\0\1\0": IcoImagePlugin.IcoImageFile,
    b"qoif": QoiImagePlugin.QoiImageFile,
    **{f"P{kind}".encode(): PpmImagePlugin.PpmImageFile for kind in "123456fF"},
}
_SUSPECTS: Mapping[bytes, str] = {  # what lies under the name of a picture, and what to do
    b"<": "it is a page of text (HTML, XML or SVG)",
    b"{": "it is text (JSON)",
    b"%PDF": "it is a PDF document",
    b"%!PS": "it is PostScript",
    b"PK\3\4": "it is a ZIP archive",
    b"version https://git-lfs": "it is a pointer of Git LFS; fetch the file itself with 'git lfs pull'",
}
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def decode(content: bytes) -> Image.Image:
    """The first frame as a viewer shows it: upright, RGB, 8 bits.

    A JPEG of more than `PIXELS` pixels is decoded at a half, a quarter or an eighth of its size.

    Raises:
        Unreadable: empty, no image, broken, cut off, or too large to be decoded safely.
    """
    reader = _reader(content)
    try:
        # Not Image.open: it refuses large pictures before they can be drafted, and the rule is global to the process.
        image = reader(BytesIO(content))
        _bound(image)
        _first_shown(image)
        image.load()
        return _upright(_rgb(image), image.info.get("exif"))
    except BROKEN as error:
        raise Unreadable(f"a broken {reader.format} image: {error or type(error).__name__}") from error


def _reader(content: bytes) -> type[ImageFile]:
    if not content:
        raise Unreadable("the file is empty")
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return WebPImagePlugin.WebPImageFile
    if content[4:12] in (b"ftypavif", b"ftypavis"):
        return AvifImagePlugin.AvifImageFile
    for signature, reader in _READERS.items():
        if content.startswith(signature):
            return reader
    raise Unreadable(f"not an image: {_suspicion(content)}")


def _suspicion(content: bytes) -> str:
    start = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    for signature, what in _SUSPECTS.items():
        if start.startswith(signature):
            return what
    if content[4:8] == b"ftyp":
        return "it is HEIC or a film, which is not read; convert it to JPEG or PNG"
    return f"it begins with {content[:12]!r}"


def _bound(image: ImageFile) -> None:
    """Let a gigantic JPEG be decoded smaller; refuse any other gigantic picture before memory is taken."""
    width, height = image.size
    if width * height <= PIXELS:
        return
    # A progressive JPEG has to be held whole, however small it is decoded.
    if image.format == "JPEG" and not image.info.get("progressive"):
        scale = next(scale for scale in (2, 4, 8) if width * height <= PIXELS * scale**2)
        image.draft(None, (width // scale, height // scale))
        return
    kind = "progressive JPEG" if image.format == "JPEG" else image.format
    raise Unreadable(
        f"a {kind} image of {width} × {height} pixels; at most {PIXELS // 10**6} million are decoded, make it smaller"
    )


def _first_shown(image: ImageFile) -> None:
    """An animated PNG may hold a still for viewers that cannot animate; the others never show it."""
    if isinstance(image, PngImagePlugin.PngImageFile) and image.default_image and image.n_frames > 1:
        image.seek(1)


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I") or image.mode == "F":
        return Image.fromarray(_eight_bits(image)).convert("RGB")
    if image.mode == "LAB":
        lab, rgb = (ImageCms.ImageCmsProfile(ImageCms.createProfile(space)) for space in ("LAB", "sRGB"))
        return ImageCms.ImageCmsTransform(lab, rgb, "LAB", "RGB").apply(image)
    if image.has_transparency_data:
        shown = image.convert("LA" if image.mode == "La" else "RGBA").convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, "white"), shown).convert("RGB")
    return image.convert("RGB")


def _eight_bits(image: Image.Image) -> NDArray[np.uint8]:
    """Sixteen bits by their full range; wider numbers, which have none, from 0…1 or from the least to the largest."""
    values = np.asarray(image)
    if image.mode.startswith("I;16") or (image.format, image.mode) == ("PPM", "I"):  # Pillow scales PPM to 16 bits
        return ((values.astype(np.uint32) * 255 + 32767) // 65535).astype(np.uint8)
    finite = np.isfinite(values)
    low, high = (float(bound(values[finite])) if finite.any() else 0.0 for bound in (np.min, np.max))
    if image.mode == "F" and low >= 0 and high <= 1:
        low, high = 0.0, 1.0
    shown = np.empty(values.shape, np.uint8)
    step = max(1, 2**20 // values.shape[1])
    for row in range(0, len(values), step):  # by parts, since all of it in double precision would be a gigabyte
        part = values[row : row + step].astype(np.float64)
        known = np.nan_to_num(part, nan=low, posinf=high, neginf=low)
        shown[row : row + step] = np.rint((known - low) / ((high - low) or 1) * 255)
    return shown


def _upright(image: Image.Image, exif: bytes | None) -> Image.Image:
    """Turn by the orientation that the camera noted. TIFF is turned by its reader."""
    turn = _TURNS.get(orientation(exif or b""))
    return image if turn is None else image.transpose(turn)


def orientation(exif: bytes) -> int:
    """Tag 0x0112 of the first directory (EXIF 2.32, 4.6.2); 1, upright, where it is absent or the block is broken."""
    block = exif.removeprefix(b"Exif\0\0")
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack_from(f"{order}I", block, 4)
        (count,) = struct.unpack_from(f"{order}H", block, start)
        entries = (struct.unpack_from(f"{order}HHIH", block, start + 2 + 12 * entry) for entry in range(count))
        return next((int(value) for tag, _, _, value in entries if tag == 0x0112), 1)
    except struct.error:
        return 1
