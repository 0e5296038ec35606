"""Every claim put to the evidence, and the commands that repeat what was read."""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from eyechart import plugins
from eyechart.claims.claim import Claim, Finding, Overall, counted, overall
from eyechart.claims.evidence import Evidence, Witness
from eyechart.errors import UnknownName
from eyechart.settings import defaults
from eyechart.store.codec import plain

MODEL = "MODEL"  # stands for the reader's own, where nothing was examined


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A claim with what was found of it."""

    claim: Claim
    findings: tuple[Finding, ...]
    present: int = 0  # records of the exams that it asks for, whether they could be asked or not

    @property
    def verdict(self) -> Overall:
        """Over all findings."""
        return overall(self.findings)

    @property
    def count(self) -> str:
        """For how many it holds."""
        return counted(self.findings) if self.findings else ""

    @property
    def witnesses(self) -> list[Witness]:
        """All records that were read, once each."""
        found = {(one.norm, one.name): one for finding in self.findings for one in finding.witnesses}
        return [found[key] for key in sorted(found)]

    @property
    def commands(self) -> list[str]:
        """That give the records which were read, or those which are lacking."""
        return list(_repeat(self.witnesses)) if self.findings else list(_wanted(self.claim))


def judge(claims: Iterable[Claim], evidence: Evidence) -> list[Judged]:
    """Each claim, in order. Raises `NormMismatch` where a comparison would cross norms."""
    return [
        Judged(
            claim=claim,
            findings=tuple(claim.judge(evidence)),
            present=sum(len(evidence.of(exam)) for exam in claim.asks),
        )
        for claim in claims
    ]


class _Sitting(NamedTuple):
    """What one `eyechart examine` can do at once."""

    data: str
    preprocessing: str
    precision: str
    limit: int | None
    models: tuple[str, ...] = ()


class _Taken(NamedTuple):
    """An exam with the settings that are not its own, as one types them."""

    exam: str
    settings: tuple[str, ...]


def _repeat(witnesses: Sequence[Witness]) -> Iterator[str]:
    studies = sorted({one.schooling.study for one in witnesses if one.schooling and one.own})
    yield from (f"eyechart learn recipes/{study}.toml" for study in studies)
    models: dict[tuple[_Sitting, _Taken], set[str]] = defaultdict(set)
    for one in witnesses:
        asked = one.record.request
        room = _Sitting(asked.data, asked.preprocessing, asked.precision, asked.limit)
        models[room, _Taken(asked.exam, _settings(one))].add(_model(one))
    sittings: dict[_Sitting, list[_Taken]] = defaultdict(list)
    for (room, taken), names in models.items():
        sittings[room._replace(models=tuple(sorted(names)))].append(taken)
    for sitting, exams in sorted(sittings.items(), key=lambda entry: (str(entry[0]), entry[1])):
        for part in _apart(exams):
            yield _command(sitting, part)


def _apart(exams: Sequence[_Taken]) -> list[dict[str, tuple[str, ...]]]:
    """An exam that was taken with several settings needs a command for each."""
    parts: list[dict[str, tuple[str, ...]]] = []
    for exam, settings in sorted(exams):
        place = next((part for part in parts if exam not in part), None)
        if place is None:
            parts.append(place := {})
        place[exam] = settings
    return parts


def _command(sitting: _Sitting, exams: Mapping[str, tuple[str, ...]]) -> str:
    words = ["eyechart examine", *(shlex.quote(name) for name in sitting.models)]
    words.append(f"--data {shlex.quote(sitting.data)}")
    words += [f"--exam {exam}" for exam in exams]
    words += [f"--set {shlex.quote(setting)}" for settings in exams.values() for setting in settings]
    for option, value, usual in (
        ("preprocessing", sitting.preprocessing, "own"),
        ("precision", sitting.precision, "auto"),
        ("limit", sitting.limit, None),
    ):
        if value != usual:
            words.append(f"--{option} {shlex.quote(str(value))}")
    return " ".join(words) if len(sitting.models) < 3 else " \\\n    ".join(words)


def _settings(witness: Witness) -> tuple[str, ...]:
    """Those that are not the exam's own, as one types them."""
    asked = witness.record.request
    try:
        usual = plain(defaults(plugins.find("exams", asked.exam)))
    except UnknownName:
        usual = {}
    return tuple(
        f"{asked.exam}.{name}={_typed(value)}"
        for name, value in asked.settings.items()
        if name not in usual or usual[name] != plain(value)
    )


def _typed(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return "none" if value is None else str(value)


def _model(witness: Witness) -> str:
    """As one types it, from where `eyechart learn` was started."""
    taught = witness.schooling
    if taught is None or not witness.own:
        return witness.record.request.model
    return f"checkpoint:runs/{taught.study}/{taught.course}/model"


def _wanted(claim: Claim) -> Iterator[str]:
    exams = " ".join(f"--exam {exam}" for exam in (*claim.asks, *claim.also))
    if claim.study:
        yield f"eyechart learn recipes/{claim.study}.toml"
        models = f"$(ls -d runs/{claim.study}/*/model | sed 's/^/checkpoint:/')"
    else:
        models = MODEL
    yield f"eyechart examine {models} --data world {exams}"
