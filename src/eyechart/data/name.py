"""The grammar of dataset names: ``source:location?key=value&key=value``, or a path that tells by itself what it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from eyechart import plugins
from eyechart.errors import BadInput, UnknownName

_OPTIONS = re.compile(r"(?P<rest>.*?)\?(?P<options>[a-z_]+=.*)", re.DOTALL)
_SOURCE = re.compile(r"(?P<source>[a-zA-Z][\w-]+):(?!//)(?P<location>.*)", re.DOTALL)  # one letter is a drive
_FILES = {".parquet": "parquet", ".csv": "csv", ".tsv": "csv", ".json": "coco", ".tar": "wds"}
_SAVED = ("dataset_dict.json", "dataset_info.json")  # what Hugging Face's save_to_disk leaves
_SHARDED = ("classnames.txt", "test/nshards.txt", "train/nshards.txt")  # what CLIP_benchmark's layout has


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """Where a dataset comes from."""

    source: str
    location: str
    options: Mapping[str, str]


def parse(text: str) -> Name:
    """Take a name apart; a bare path is given the source that reads what lies there.

    Values of options may be percent-encoded ("%26" for an ampersand); locations are taken as they are.

    Raises:
        UnknownName: no source is called that.
        BadInput: nothing lies at the path; an option lacks its value or is given twice.
    """
    whole = text.strip()
    if not whole:
        raise BadInput("a dataset's name is empty; give a path, or source:location such as folder:/data/pets")
    parts = _OPTIONS.fullmatch(whole)
    rest, options = (parts["rest"], _options(parts["options"], whole)) if parts else (whole, {})
    if rest in plugins.names("data"):
        return Name(source=rest, location="", options=options)
    named = _SOURCE.fullmatch(rest)
    if named and not Path(rest).exists():
        return Name(source=_known(named["source"]), location=named["location"], options=options)
    return Name(source=recognise(rest), location=rest, options=options)


def recognise(location: str) -> str:
    """Which source reads what lies there.

    Raises:
        BadInput: nothing lies there, or nothing that can be read.
        UnknownName: it is no path, and no dataset is called that.
    """
    path = Path(location).expanduser()
    if "://" in location:
        raise BadInput(f"{location} is an address; put the source before it, for example wds:{location}")
    if any(sign in location for sign in "*[{"):
        return _by_suffix(location)
    if path.is_dir():
        return _by_content(path)
    if path.exists():
        return _by_suffix(location)
    if path.suffix or len(path.parts) > 1 or location.startswith(("~", ".")):
        raise BadInput(f"there is no file or folder {location}; give the path of a dataset, or source:location")
    raise UnknownName("dataset", location, plugins.names("data"))


def accept(options: Mapping[str, str], known: Iterable[str], source: str) -> None:
    """Refuse options that a source does not have. Raises `UnknownName`, with the nearest."""
    known = tuple(known)
    for option in options:
        if option not in known:
            raise UnknownName(f"option of {source}", option, known)


def spell(source: str, location: str | Path, options: Mapping[str, str]) -> str:
    """The name under which the same dataset is loaded again; of equal meaning, equal spelling."""
    listed = "&".join(
        f"{key}={value.replace('%', '%25').replace('&', '%26')}" for key, value in sorted(options.items())
    )
    return (f"{source}:{location}" if location else source) + (f"?{listed}" if listed else "")


def existing(location: str, source: str) -> Path:
    """The absolute path of what lies there. Raises `BadInput` where nothing does."""
    if not location:
        raise BadInput(f"{source} needs to know where the data lie; write {source}:path")
    path = Path(location).expanduser().absolute()
    if not path.exists():
        raise BadInput(f"there is no file or folder {path}, which {source} should read")
    return path


def _options(text: str, whole: str) -> dict[str, str]:
    options: dict[str, str] = {}
    for part in text.split("&"):
        key, equals, value = part.partition("=")
        if not (equals and key and value):
            raise BadInput(f"an option reads key=value, joined by &; got {part!r} in {whole!r}")
        if key in options:
            raise BadInput(f"the option {key!r} is given twice in {whole!r}; give it once")
        options[key] = unquote(value)
    return options


def _known(source: str) -> str:
    known = plugins.names("data")
    if source not in known and source.replace("-", "_") not in known:
        raise UnknownName("source of data", source, known)
    return source


def _by_suffix(location: str) -> str:
    suffix = Path(location).suffix.lower()
    if suffix not in _FILES:
        raise BadInput(
            f"{location} is no kind of file that is recognised; known are {', '.join(_FILES)} and folders of pictures"
        )
    return _FILES[suffix]


def _by_content(folder: Path) -> str:
    if any((folder / name).exists() for name in _SAVED):
        return "hf"
    if any((folder / name).exists() for name in _SHARDED) or any(folder.glob("*.tar")):
        return "wds"
    if any(folder.glob("*.parquet")) or any(folder.glob("data/*.parquet")):
        return "parquet"
    return "folder"
