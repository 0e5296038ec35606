"""Between values and text: the only file that knows pydantic.

Every frozen dataclass of `eyechart.core` goes to JSON and comes back equal. Unknown fields are refused, because a
record written by a later edition must not be read as if nothing were missing; so are values that had to be bent to fit.
"""

from __future__ import annotations

import json
import types
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from math import isfinite
from typing import Any, Union, get_args, get_origin

import numpy as np
from pydantic import TypeAdapter, ValidationError

from eyechart import core
from eyechart.errors import BadInput, Corrupt

EXPECTED = {  # where pydantic's words, or Python's, are clumsy
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "str": "text",
    "list": "a list",
    "dict": "named fields",
}


def plain(value: Any) -> Any:
    """A value as dictionaries, lists, strings and numbers: what JSON holds. Tuples become lists, arrays too.

    Raises:
        BadInput: it holds something else.
    """
    # Not pydantic's dump, which writes NaN as null where the type is open.
    match value:
        case np.ndarray():
            return plain(value.tolist())
        case np.generic():
            return value.item()
        case None | bool() | int() | float() | str():
            return value
        case Mapping():
            return {str(name): plain(part) for name, part in value.items()}
        case list() | tuple():
            return [plain(part) for part in value]
        case _ if is_dataclass(value):
            return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    raise BadInput(f"a {type(value).__name__} cannot be kept as JSON: {value!r}")


def to_json(value: Any) -> str:
    """A value as indented JSON with a final newline. Raises `BadInput` on NaN and infinity."""
    try:
        return json.dumps(plain(value), indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    except ValueError as error:
        raise BadInput(f"a {type(value).__name__} with a number that is not finite is not kept: {error}") from error


def record_from_json(text: str | bytes, where: str = "the record") -> core.Record | core.Refusal:
    """The record or refusal that `to_json` wrote. Raises `Corrupt` that names `where` and the first fault."""
    try:
        raw = json.loads(text)
    except ValueError as error:
        raise Corrupt(f"{where} is not JSON: {error}") from error
    kind: type[Any] = core.Record if isinstance(raw, dict) and "norm" in raw else core.Refusal
    try:
        value = _adapter(kind).validate_python(raw)
    except ValidationError as error:
        raise Corrupt(f"{where} is not a record of this edition: {_first(error)}") from error
    for fault in _bent(raw, plain(value), ""):
        raise Corrupt(f"{where} is not a record of this edition: {fault}")
    return value


def coerce(kind: Any, value: Any, where: str) -> Any:
    """`value`, typed text or plain JSON, as a `kind`; tuples are typed with commas, None as "none".

    Raises:
        BadInput: says `where`, what was given and what was expected; unknown fields and NaN are refused too.
    """
    typed = _typed(kind, value)
    try:
        found = _adapter(kind).validate_python(typed)
    except ValidationError as error:
        raise BadInput(f"{where} was given {value!r}; {_first(error)}") from error
    kept = plain(found)
    if not isinstance(value, str):
        for fault in _bent(value, kept, ""):
            raise BadInput(f"{where}: {fault}")
    if not all(map(isfinite, _floats(kept))):
        raise BadInput(f"{where} was given {value!r}; expected a finite number")
    return found


def _typed(kind: Any, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    options = get_args(kind) if get_origin(kind) in {Union, types.UnionType} else (kind,)
    if type(None) in options and value.lower() == "none":
        return None
    if any(get_origin(option) is tuple for option in options):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def _bent(given: Any, kept: Any, place: str) -> Iterator[str]:
    """What of plain JSON was lost or changed when it became a value: fields nobody knows, text where numbers belong."""
    match given, kept:
        case Mapping(), dict():
            for name, part in given.items():
                if str(name) not in kept:
                    yield f"{place}{name} is no field of it; known: {', '.join(kept) or 'none'}"
                else:
                    yield from _bent(part, kept[str(name)], f"{place}{name}.")
        case list() | tuple(), list():
            for index, (one, other) in enumerate(zip(given, kept, strict=True)):
                yield from _bent(one, other, f"{place}{index}.")
        case _ if given != kept:
            yield f"{place.removesuffix('.') or 'it'} was given {given!r}; expected {_words(kept)}"


def _words(value: Any) -> str:
    kind = type(value).__name__
    return EXPECTED.get(kind, kind)


def _floats(value: Any) -> Iterator[float]:
    match value:
        case dict():
            for part in value.values():
                yield from _floats(part)
        case list():
            for part in value:
                yield from _floats(part)
        case float():
            yield value


def _first(error: ValidationError) -> str:
    """Of a value that may be of several kinds, what is wrong with it as the kind that it says it is."""
    faults = error.errors()
    others = [fault["loc"][:-1] for fault in faults if fault["type"] == "literal_error" and len(fault["loc"]) > 1]
    meant = [fault for fault in faults if not any(fault["loc"][: len(other)] == other for other in others)]
    fault = (meant or faults)[0]
    place = ".".join(str(part) for part in fault["loc"])
    expected = EXPECTED.get(fault["type"].partition("_")[0])
    said = f"expected {expected}" if expected else f"{fault['msg'][:1].lower()}{fault['msg'][1:]}"
    return f"{place + ': ' if place else ''}{said}"


def _adapter(kind: Any) -> TypeAdapter[Any]:
    return _made(kind)


@cache
def _made(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
