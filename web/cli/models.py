"""`battwheels models`: which trained models there are, and which of them serve."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from domain.ids import run_id
from domain.model_runs import ModelKind, ModelRun, ModelTurn
from gnn.live_models import LiveModels
from ingest.embedder import DEFAULT_MODEL
from records.audit_trail import DeedWriter
from records.model_runs import ModelRunStore
from web.audit import build_deed_vault, operators_change
from web.models import open_models
from web.records import open_records
from web.settings import Settings
from web.vault import read_master_keys

app = typer.Typer(
    no_args_is_help=True,
    help="Trained models: list, show and promote them, roll one back (docs/learning.md).",
)
T = TypeVar("T")

RunOption = Annotated[str, typer.Argument(help="The run, as `battwheels models list` names it.")]


@app.command("list")
def show_list(
    kind: Annotated[ModelKind | None, typer.Option(help="Only of this kind.")] = None,
    first: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 100,
) -> None:
    """Print the runs, the newest first: kind, state, when, and the first figures."""
    for run in asyncio.run(with_models(lambda m: m.runs.page(first=first, kind=kind))):
        typer.echo(f"{run.id}  {run.kind:<10}  {run.state:<9}  {run.trained_at:%Y-%m-%d %H:%M}")
        for name, figure in sorted(run.figures.items()):
            typer.echo(f"    {name}: {figure}")


@app.command()
def show(run: RunOption) -> None:
    """Print all that is known of one run."""
    wanted = run_id(run)
    typer.echo(_one(asyncio.run(with_models(lambda m: m.runs.get(wanted)))))


@app.command()
def promote(run: RunOption) -> None:
    """Have a candidate serve that passed its gates."""
    wanted, done = run_id(run), operators_change(datetime.now(UTC))
    typer.echo(_turned(asyncio.run(with_models(lambda m: m.promote(wanted, done)))))


@app.command()
def rollback(kind: Annotated[ModelKind, typer.Argument(help="What the model is for.")]) -> None:
    """Have serve again what served before, everywhere within five seconds."""
    done = operators_change(datetime.now(UTC))
    typer.echo(_turned(asyncio.run(with_models(lambda m: m.roll_back(kind, done)))))


async def with_models(work: Callable[[LiveModels], Awaitable[T]]) -> T:
    """Do something with the registry and the files of models."""
    settings = Settings.read()
    writer = DeedWriter(build_deed_vault(read_master_keys(settings)).sign)
    async with open_records(settings) as records:
        embedding = Path(settings.embedding_model or DEFAULT_MODEL).name
        return await work(open_models(settings, ModelRunStore(records, writer), embedding))


def _one(run: ModelRun) -> str:
    synthetic = ", from simulated repairs" if run.synthetic else ""
    told = [
        f"{run.kind} {run.id}: {run.state}",
        f"  trained {run.trained_at:%Y-%m-%d %H:%M} by {run.trained_by}{synthetic}",
        f"  code {run.code_commit}, seed {run.seed}, version {run.version}",
        f"  history {run.data_hash}",
        f"  file {run.artefact}",
        f"  held against {run.compared_with or 'what serves without a model'}",
        *(f"  {name} = {value}" for name, value in sorted(run.parameters.items())),
        *(f"  {name}: {figure}" for name, figure in sorted(run.figures.items())),
        *(
            f"  {'passed' if one.passed else 'REFUSED'}: {one.figure} {one.said}"
            for one in run.verdicts
        ),
    ]
    return "\n".join(told)


def _turned(turn: ModelTurn) -> str:
    now = turn.run or "what needs no model"
    return f"{turn.kind}: {now} serves now, instead of {turn.replaced or 'what needs no model'}."
