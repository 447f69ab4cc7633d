"""`battwheels train`: models out of the history of repairs, each with its run and its gates."""

import asyncio
import secrets
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Self

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from domain.deeds import OPERATOR
from domain.errors import BrokenModel, Unavailable, UselessTraining
from domain.ids import RunId, uuid7
from domain.model_runs import ModelKind, ModelRun, RunState
from domain.trainer_calendar import StoreWatch, TrainingTerm
from gnn.artefacts import Artefact, ArtefactStore
from gnn.live_models import LiveModels
from gnn.model_kinds import KINDS
from gnn.recipes import StageProgress, Tell
from gnn.trainer import TrainingOrder, train_model
from ingest.embedder import DEFAULT_MODEL, Embedder
from records.trainer_slots import TrainingSlots
from web.audit import RANDOM_BITS, operators_change
from web.cli import train_data
from web.cli.models import with_models
from web.models import artefact_store
from web.records import open_records
from web.settings import Settings
from web.trainer_schedule import TrainingSchedule
from web.trainer_tools import HouseTools
from web.wiring import process_name

app = typer.Typer(
    no_args_is_help=True, help="Train models from the history of repairs (docs/learning.md)."
)
# Of what a training says when it fails.
LONGEST_LINE = 500
ROOT = Path(__file__).resolve().parents[2]

History = Annotated[
    Path, typer.Option(help="A folder with repairs.parquet and cards.parquet.", exists=True)
]
Seed = Annotated[int, typer.Option(min=0, help="The seed of all that is drawn.")]
Promote = Annotated[
    bool, typer.Option("--promote", help="Have it serve at once, if its gates let it pass.")
]


# The network first: the ranker reads its scores.
TOGETHER = (ModelKind.NETWORK, ModelKind.RANKER, ModelKind.CLASSIFIER)


@app.callback()
def train() -> None:
    """Train models from the history of repairs."""


@app.command("all")
def train_all(
    history: Annotated[
        Path | None,
        typer.Option(
            help="A folder with repairs.parquet and cards.parquet; else all that the stores hold.",
            exists=True,
        ),
    ] = None,
    seed: Seed = 1,
    promote: Promote = False,  # noqa: FBT002
) -> None:
    """Train one model of each kind, from the stores on; exit code 1 when one cannot be trained.

    Of the stores: the history, its examples, and the features that matches read; then the graph
    network, the ranker that reads its scores, and the classifier, each held against its gates.
    """
    history = history or train_data.gather(Console(stderr=True))
    _train(TOGETHER, history, seed, promote=promote)


def _command(kind: ModelKind) -> Callable[[Path, int, bool], None]:
    def train_one(history: History, seed: Seed = 1, promote: Promote = False) -> None:  # noqa: FBT002
        _train([kind], history, seed, promote=promote)

    return train_one


for _data in (train_data.examples, train_data.features, train_data.history):
    app.command()(_data)
for _kind in KINDS:
    app.command(_kind.value, help=f"Train the {_kind} alone.")(_command(_kind))


@app.command("calendar")
def train_by_calendar() -> None:
    """Train and watch by the calendar, until ended; several share it, each slot once."""
    asyncio.run(_by_calendar(Settings.read()))


async def _by_calendar(settings: Settings) -> None:
    folder = settings.home / "training" / "history"

    async def train_term(term: TrainingTerm) -> None:
        if isinstance(term.kind, StoreWatch):
            await _child(term, "alarms", "look")
            return
        until = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%d}"
        await _child(
            term, "train", "history", "--from", "2000-01-01", "--to", until, "--out", str(folder)
        )
        await _child(term, "train", term.kind.value, "--history", str(folder), "--promote")

    async with open_records(settings) as records:
        slots = TrainingSlots(records, process_name())
        await TrainingSchedule(slots=slots, train=train_term, now=lambda: datetime.now(UTC)).run()


async def _child(term: TrainingTerm, *words: str) -> None:
    """Run a command as a process of its own: what ends it does not end the calendar."""
    program = (sys.executable, "-c", "from web.cli.main import main; main()", *words)
    child = await asyncio.create_subprocess_exec(*program, stderr=asyncio.subprocess.PIPE)
    _, told = await child.communicate()
    if child.returncode:
        last = told.decode(errors="replace").strip().splitlines()[-1:] or ["it was killed"]
        said = last[0][:LONGEST_LINE]
        if isinstance(term.kind, StoreWatch):
            raise Unavailable(f"the watch for {term.kind}", said)
        raise UselessTraining(term.kind, said)


def _train(kinds: Sequence[ModelKind], history: Path, seed: int, *, promote: bool) -> None:
    """Train kinds one after another; one that cannot be trained keeps no other from it."""
    console, useless = Console(stderr=True), list[UselessTraining]()
    made = dict[ModelKind, ModelRun]()
    for kind in kinds:
        try:
            network = made.get(ModelKind.NETWORK)
            run = made[kind] = asyncio.run(_trained(kind, history, seed, network, console))
        except UselessTraining as error:
            useless.append(error)
            console.print(str(error), style="red", highlight=False)
            continue
        _tell_run(run)
        if promote and run.state is RunState.CANDIDATE:
            done = operators_change(datetime.now(UTC))
            asyncio.run(with_models(lambda models: models.promote(run.id, done)))  # noqa: B023
            typer.echo(f"{run.kind} {run.id} serves now.")
    if useless:
        raise typer.Exit(1)


async def _trained(
    kind: ModelKind, history: Path, seed: int, network: ModelRun | None, console: Console
) -> ModelRun:
    """Train a kind; a ranker alone reads the network trained before it, or the one that serves."""
    settings = Settings.read()
    store = artefact_store(settings)
    embedder = Embedder(settings.embedding_model or DEFAULT_MODEL, home=settings.home, limit_s=None)
    tools = HouseTools(embedder, settings.home / "training").tools
    now = datetime.now(UTC)
    order = TrainingOrder(
        id=RunId(str(uuid7(now, secrets.randbits(RANDOM_BITS)))),
        history=history,
        seed=seed,
        at=now,
        by=OPERATOR,
        code_commit=await asyncio.to_thread(code_commit),
    )

    async def work(models: LiveModels) -> ModelRun:
        serving = {run.kind: run for run in await models.runs.serving()}
        known = network or serving.get(ModelKind.NETWORK)
        read = network_to_read(kind, known, store, console)
        recipe = KINDS[kind].build_recipe(replace(tools, network=read))
        with _StageBars(console, kind) as bars:
            run = await asyncio.to_thread(
                train_model, recipe, order, store, serving.get(kind), bars.tell
            )
        await models.runs.add(run)
        return run

    try:
        return await with_models(work)
    finally:
        embedder.close()


def network_to_read(
    kind: ModelKind, run: ModelRun | None, store: ArtefactStore, console: Console
) -> Artefact | None:
    """Give the network that a training reads: a ranker's; None, and a line why, if it is broken."""
    if kind is not ModelKind.RANKER or run is None:
        return None
    try:
        artefact = store.read(run.artefact)
        KINDS[ModelKind.NETWORK].read_model(artefact, "")
    except BrokenModel as error:
        console.print(f"{kind}: without {run.name}, as {error.reason}", highlight=False)
        return None
    return artefact


def _tell_run(run: ModelRun) -> None:
    typer.echo(f"{run.kind} {run.id}: {run.state}")
    for one in run.verdicts:
        typer.echo(f"  {'passed' if one.passed else 'REFUSED'}: {one.figure} {one.said}")


def code_commit() -> str:
    """Name the program that trains: its commit and whether it was changed since, or its version."""
    if not (ROOT / ".git").exists():
        return f"battwheels {version('battwheels')}"
    told = _git("rev-parse", "HEAD").strip()
    changed = "+changes" if _git("status", "--porcelain", "--untracked-files=no") else ""
    return f"{told}{changed}"


def _git(*words: str) -> str:
    run = subprocess.run(  # noqa: S603 - our own words
        ["git", *words],  # noqa: S607 - found on the path
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )
    return run.stdout


class _StageBars:
    """A bar for each stage; where nobody watches, a line for each."""

    def __init__(self, console: Console, kind: ModelKind) -> None:
        self._console = console
        self._kind = kind
        self._progress = Progress(
            TextColumn(f"{kind} {{task.description:<10}}"),
            BarColumn(),
            TextColumn("{task.fields[said]}"),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._bars = dict[str, TaskID]()
        self.tell: Tell = self._tell

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def _tell(self, step: StageProgress) -> None:
        if step.stage not in self._bars:
            self._bars[step.stage] = self._progress.add_task(step.stage, total=1.0, said="")
            if not self._console.is_terminal:
                self._console.print(f"{self._kind}: {step.stage}", highlight=False)
        self._progress.update(self._bars[step.stage], completed=step.done, said=step.said)
