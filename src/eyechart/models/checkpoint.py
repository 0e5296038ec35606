"""``checkpoint:<folder>``: the project's own models, as three files and no code.

``config.json`` (version, plan, facts, digest), ``weights.safetensors`` and, where the model reads, ``tokenizer.json``.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

import eyechart
from eyechart.core import Fact, Preprocessing
from eyechart.errors import BadInput, Corrupt, Refused
from eyechart.models import weights
from eyechart.models.connector import Connector, ConnectorPlan
from eyechart.models.dual import Dual, describe
from eyechart.models.eye import Eye, eye_of
from eyechart.models.image_trunks import fixed
from eyechart.models.language import Script
from eyechart.models.namer import Namer, namer_of
from eyechart.models.narrator import Narrator, narrator_of
from eyechart.models.tokens import Words
from eyechart.models.towers import EyePlan, OneTower, Plan, TwoTowers
from eyechart.models.wish import Wish
from eyechart.store.codec import coerce
from eyechart.store.digest import of_state

CONFIG, WEIGHTS, TOKENIZER = "config.json", "weights.safetensors", "tokenizer.json"


Own = Dual | Eye | Namer | Narrator


def save(model: Own, folder: Path, facts: Mapping[str, Fact], *, dtype: torch.dtype = torch.float32) -> None:
    """Writes the files beside `folder` and puts them in its place when they are complete.

    With a smaller `dtype` the weights are rounded; what is loaded again runs in fp32 and has the digest of the
    rounded weights.
    """
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    network, words = _parts(model)
    held = {name: _rounded(value, dtype) for name, value in network.state_dict().items()}
    config = {
        "eyechart": eyechart.__version__,
        "digest": of_state({name: _rounded(value, torch.float32) for name, value in held.items()}),
        "plan": asdict(network.plan),
        "facts": dict(facts),
    }
    scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    save_file(held, scratch / WEIGHTS)
    if words is not None:
        (scratch / TOKENIZER).write_text(words.to_json(), encoding="utf-8")
    (scratch / CONFIG).write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    scratch.chmod(0o755)
    for path in scratch.iterdir():
        path.chmod(0o644)  # safetensors and temporary folders are for their owner alone
        _flush(path)
    _replace(scratch, folder)


def load(location: str, wish: Wish) -> Own:
    """The model that `save` wrote.

    Raises:
        BadInput: no such folder, or a file of it is missing or is not what it should be.
        Refused: the weights do not fit the plan key by key.
        Corrupt: the weights are not those that were written.
    """
    return read(Path(location).expanduser(), f"checkpoint:{location}", wish)


def read(folder: Path, name: str, wish: Wish) -> Own:
    """As `load`, under the name that the card shall bear."""
    config = _config(folder)
    if "language" in config["plan"]:
        return _narrator(folder, name, wish, config)
    return (_dual if "text" in config["plan"] else _eye)(folder, name, wish, config)


def _dual(folder: Path, name: str, wish: Wish, config: Mapping[str, Any]) -> Dual:
    plan = coerce(Plan, config["plan"], f"{folder / CONFIG}: plan")
    towers = TwoTowers(replace(plan, preprocessing=_wished(plan, wish, name)))
    _install(towers, folder, config["digest"])
    words = Words.from_json(_text(folder / TOKENIZER), plan.text.context)
    if words.entries != plan.text.entries:
        raise Refused(
            f"{folder}: the tokenizer has {words.entries} entries, the text tower expects {plan.text.entries}"
        )
    towers = wish.settled(towers)
    return Dual(towers, words, describe(towers, words, name, config["facts"]), config["facts"])


def _eye(folder: Path, name: str, wish: Wish, config: Mapping[str, Any]) -> Eye | Namer:
    plan = coerce(EyePlan, config["plan"], f"{folder / CONFIG}: plan")
    tower = OneTower(replace(plan, preprocessing=_wished(plan, wish, name)))
    _install(tower, folder, config["digest"])
    tower = wish.settled(tower)
    return (namer_of if plan.classes else eye_of)(tower, name, config["facts"])


def _narrator(folder: Path, name: str, wish: Wish, config: Mapping[str, Any]) -> Narrator:
    plan = coerce(ConnectorPlan, config["plan"], f"{folder / CONFIG}: plan")
    asked = _wished(plan.eye, wish, name)
    if plan.connector == "mlp" and asked.size != plan.eye.preprocessing.size:
        raise Refused(f"{name} says what it sees from a fixed number of tokens; ask for another geometry of its size")
    network = Connector(replace(plan, eye=replace(plan.eye, preprocessing=asked)))
    _install(network, folder, config["digest"])
    script = Script(_text(folder / TOKENIZER), start=plan.start, end=plan.end, context=plan.context)
    if script.entries > network.language.entries:
        raise Refused(
            f"{folder}: the tokenizer has {script.entries} entries, the language model {network.language.entries}"
        )
    network = wish.settled(network)
    return narrator_of(network, script, name, config["facts"])


def _parts(model: Own) -> tuple[TwoTowers | OneTower | Connector, Words | Script | None]:
    """What is kept of a model: its network and its tokenizer."""
    if isinstance(model, Dual):
        return model.towers, model.words
    return (model.connector, model.script) if isinstance(model, Narrator) else (model.tower, None)


def _wished(plan: Plan | EyePlan, wish: Wish, name: str) -> Preprocessing:
    own, asked = plan.preprocessing, wish.over(plan.preprocessing)
    if asked.size != own.size and fixed(plan.image):
        raise Refused(
            f"{name} reads pictures of {own.size[0]} x {own.size[1]} pixels only, its positions are learnt; "
            f"preprocessing={wish.preprocessing!r} was asked, use 'own' or another geometry of that size"
        )
    return asked


def _rounded(value: Tensor, dtype: torch.dtype) -> Tensor:
    """Counters (of batch normalisation) stay whole numbers; a copy, for a file holds no tensor under two names."""
    return value.detach().cpu().to(dtype if value.is_floating_point() else value.dtype, copy=True).contiguous()


def _config(folder: Path) -> dict[str, Any]:
    if not folder.is_dir():
        raise BadInput(f"no checkpoint at {folder}; expected a folder with {CONFIG}, {WEIGHTS} and {TOKENIZER}")
    path = folder / CONFIG
    try:
        config = json.loads(_text(path))
    except json.JSONDecodeError as error:
        raise BadInput(f"{path} is not JSON: {error}") from error
    if not isinstance(config, dict) or (missing := {"plan", "facts", "digest"} - set(config)):
        raise BadInput(f"{path} lacks {', '.join(sorted(missing))}; was it written by eyechart?")
    return config


def _install(network: TwoTowers | OneTower | Connector, folder: Path, digest: str) -> None:
    path = folder / WEIGHTS
    weights.install(network, weights.read(path), str(path), f"the plan in {CONFIG}")
    if of_state(network.state_dict()) != digest:
        raise Corrupt(
            f"{path} does not have the digest that {CONFIG} names; the folder was changed after it was written"
        )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} cannot be read: {error}") from error


def _flush(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _replace(scratch: Path, folder: Path) -> None:
    """A folder cannot be renamed over another that has files, so the old one steps aside first."""
    if not folder.exists():
        scratch.rename(folder)
        return
    aside = scratch.with_name(scratch.name + "-old")
    folder.rename(aside)
    scratch.rename(folder)
    shutil.rmtree(aside)


PUBLIC = load
