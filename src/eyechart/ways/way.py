"""What a way out is, and how one is chosen and taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Protocol, get_type_hints, runtime_checkable

from eyechart import plugins
from eyechart.core import Result
from eyechart.errors import BadInput, UnknownName
from eyechart.store.codec import coerce


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What was written (files, or names of runs), and in words what was left out and why."""

    written: tuple[str, ...]
    left_out: tuple[str, ...] = ()


@runtime_checkable
class Way(Protocol):
    """One way out. Fields are its options."""

    where: ClassVar[str]  # where it writes when nothing is said

    def publish(self, results: Sequence[Result], where: str) -> Published:
        """Write the results to `where`: a file, a folder, or an address, as the way has it."""


def publish(
    results: Sequence[Result], name: str, where: str = "", *, shelf: str = "shelf", options: Mapping[str, Any]
) -> Published:
    """Publish results by the way called `name`.

    Args:
        results: records with their sheets; of one model under one norm the newest counts.
        name: a file of this package, or of a stranger's.
        where: as the way has it; its usual place when empty.
        shelf: whose kept features are read, by the ways that read any.
        options: of that way, as typed or as values.

    Raises:
        UnknownName: there is no such way, or it has no such option.
        BadInput: there are no results, nothing of them can be published this way, or it cannot be written.
    """
    if not results:
        raise BadInput("there is nothing to publish: no records were given")
    way = chosen(name, options, shelf)
    done = way.publish(results, where or way.where)
    if not done.written:
        raise BadInput("; ".join(done.left_out[:3]) or f"nothing in these records can be published as {name}")
    return done


def chosen(name: str, options: Mapping[str, Any], shelf: str) -> Way:
    """The way of that name with these options; one that reads features reads those of the shelf unless told."""
    found = plugins.find("ways", name)
    known = {field.name for field in fields(found)}
    for option in options:
        if option not in known:
            raise UnknownName(f"option of the way {name!r}", option, known)
    given = {"store": f"{shelf}/features"} if "store" in known else {}
    types = get_type_hints(found)
    typed = {option: coerce(types[option], value, f"{name}: {option}") for option, value in options.items()}
    way: Way = found(**(given | typed))
    return way
