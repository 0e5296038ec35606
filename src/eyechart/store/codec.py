"""Between values and text: the only file that knows pydantic.

Every frozen dataclass of `eyechart.core` goes to JSON and comes back equal. Unknown fields are refused, because a
record written by a later edition must not be read as if nothing were missing.
"""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from functools import cache
from typing import Any, Union, get_args, get_origin

from pydantic import ConfigDict, TypeAdapter, ValidationError

from eyechart import core
from eyechart.errors import BadInput, Corrupt

for _noun in (
    core.Preprocessing,
    core.ModelCard,
    core.Estimate,
    core.Statistics,
    core.Norm,
    core.Unread,
    core.Mistake,
    core.Request,
    core.Machine,
    core.Record,
    core.Refusal,
):
    setattr(_noun, "__pydantic_config__", ConfigDict(extra="forbid"))  # noqa: B010  # core must not know pydantic


def plain(value: Any) -> Any:
    """A value as dictionaries, lists, strings and numbers: what JSON holds. Tuples become lists, arrays too."""
    kind = dict[str, Any] if isinstance(value, Mapping) else type(value)
    return _adapter(kind).dump_python(value, mode="json", fallback=_from_array)


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
        return _adapter(kind).validate_python(raw)
    except ValidationError as error:
        raise Corrupt(f"{where} is not a record of this edition: {_first(error)}") from error


def coerce(kind: Any, value: Any, where: str) -> Any:
    """`value`, typed text or plain JSON, as a `kind`; tuples are typed with commas, None as "none".

    Raises:
        BadInput: says `where`, what was given and what was expected.
    """
    try:
        return _adapter(kind).validate_python(_typed(kind, value))
    except ValidationError as error:
        raise BadInput(f"{where} was given {value!r}; {_first(error)}") from error


def _typed(kind: Any, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    options = get_args(kind) if get_origin(kind) in {Union, types.UnionType} else (kind,)
    if type(None) in options and value.lower() == "none":
        return None
    if any(get_origin(option) is tuple for option in options):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def _first(error: ValidationError) -> str:
    fault = error.errors()[0]
    place = ".".join(str(part) for part in fault["loc"])
    return f"{place + ': ' if place else ''}{fault['msg'].lower()}"


def _adapter(kind: Any) -> TypeAdapter[Any]:
    return _made(kind)


@cache
def _made(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _from_array(value: Any) -> Any:
    """NumPy's arrays and scalars know how to become lists and numbers; all else is refused."""
    try:
        return value.tolist()
    except AttributeError as error:
        raise BadInput(f"a {type(value).__name__} cannot be kept as JSON: {value!r}") from error
