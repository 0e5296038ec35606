"""A run of MLflow per model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from pathlib import Path
from time import time
from typing import Any, ClassVar

from eyechart.core import Result
from eyechart.errors import BadInput
from eyechart.learn.journal import check
from eyechart.ways.tracked import PROJECT, Run, runs
from eyechart.ways.way import Published

BATCH = 100  # parameters that a server takes at once
LONGEST = 6000  # letters of a parameter
OPT_IN = "MLFLOW_ALLOW_FILE_STORE"


@dataclass(frozen=True, slots=True, kw_only=True)
class MLflow:
    """To a server, a database or a folder; where MLflow is told to track when nothing is said."""

    where: ClassVar[str] = ""

    def publish(self, results: Sequence[Result], where: str) -> Published:
        check(["mlflow"])
        mlflow = import_module("mlflow")
        address = _address(where) if where else mlflow.get_tracking_uri()
        try:
            client = mlflow.MlflowClient(tracking_uri=address)
            known = client.get_experiment_by_name(PROJECT)
            experiment = known.experiment_id if known else client.create_experiment(PROJECT)
            written = tuple(_write(client, experiment, run) for run in runs(results))
        except mlflow.exceptions.MlflowException as error:
            raise BadInput(_advice(address, str(error))) from error
        return Published(written=written)


def _address(where: str) -> str:
    return where if ":" in where else Path(where).resolve().as_uri()


def _write(client: Any, experiment: str, run: Run) -> str:
    """One run, with the numbers of one moment. Returns the name and id of the run."""
    entities = import_module("mlflow.entities")
    opened = client.create_run(experiment, run_name=run.model).info.run_id
    now = int(1000 * time())
    client.log_batch(opened, metrics=[entities.Metric(name, value, now, 0) for name, value in run.metrics.items()])
    told = iter(run.parameters.items())
    while part := list(islice(told, BATCH)):
        client.log_batch(opened, params=[entities.Param(name, str(value)[:LONGEST]) for name, value in part])
    for name, text in run.records.items():
        client.log_text(opened, text, f"records/{name}")
    client.set_terminated(opened)
    return f"{run.model}: run {opened}"


def _advice(address: str, said: str) -> str:
    if OPT_IN in said:
        return (
            f"MLflow keeps runs in plain files, as in {address}, only where the environment says {OPT_IN}=true; "
            "set that, or give the address of a server or a database"
        )
    if address.startswith("sqlite:") and "unsupported URI" in said:
        return f"mlflow-skinny cannot write the database {address}; install it with: pip install mlflow"
    return f"MLflow did not take the results at {address}: {said.strip().splitlines()[0]}"


PUBLIC = MLflow
