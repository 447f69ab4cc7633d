"""What models learn from, out of the stores: `battwheels train examples`, `features`, `history`."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console

from domain.errors import InvalidInput
from domain.feature_sets import FeatureSet
from domain.repair_history import RepairHistory
from gnn.card_features import FeatureFold
from gnn.example_files import BALANCED, store_examples, write_balanced
from gnn.examples import build_examples
from gnn.feature_rows import read_features, write_features
from gnn.history_files import write_history
from graph.repair_history import HistorySpan, RepairHistoryStore
from records.feature_sets import FeatureCatalogue
from web.feature_store import FeatureStore
from web.settings import Settings
from web.wiring import Runtime, open_runtime

DAY = "%Y-%m-%d"
T = TypeVar("T")

Since = Annotated[str, typer.Option("--from", help="The first day (UTC), as in 2026-01-31.")]
Until = Annotated[str, typer.Option("--to", help="The day that ends it, itself left out.")]
Balanced = Annotated[
    float | None, typer.Option(min=0.01, max=0.99, help="The share of successes to train on.")
]
Out = Annotated[
    Path | None, typer.Option("--out", help="The folder; else one of that name in the home.")
]


def examples(
    since: Since, until: Until, out: Out = None, balanced: Balanced = None, seed: int = 1
) -> None:
    """Store an example for each closed, rated repair; the same range again adds nothing.

    `--balanced` writes a training set beside them, anew: of all but the newest tenth of what is
    stored, so many as leave that share of successes. The newest tenth stays as it is, to judge by.
    """
    settings, span = Settings.read(), parse_span(since, until, datetime.now(UTC))
    folder = out or settings.home / "examples"

    async def work(runtime: Runtime) -> str:
        built = build_examples(await history_of(runtime, span), span.known)
        added = await asyncio.to_thread(store_examples, folder, built)
        told = f"{len(built)} examples, {added} of them new, in {folder}."
        if balanced is None:
            return told
        kept = await asyncio.to_thread(write_balanced, folder, balanced, seed)
        return f"{told} {kept} of them, balanced, in {folder / BALANCED}."

    typer.echo(_run(settings, work))


def history(since: Since, until: Until, out: Out = None) -> None:
    """Write the repairs of a range and the cards, as `--history` of the others reads them."""
    settings, span = Settings.read(), parse_span(since, until, datetime.now(UTC))
    folder = out or settings.home / "history"

    async def work(runtime: Runtime) -> str:
        found = await history_of(runtime, span)
        await asyncio.to_thread(write_history, folder, found)
        return f"{len(found.repairs)} repairs and {len(found.cards)} cards in {folder}."

    typer.echo(_run(settings, work))


def features(out: Out = None) -> None:
    """Count what is known of each card by now: a file in the catalogue, and what matches read."""
    settings, now = Settings.read(), datetime.now(UTC)
    folder = out or settings.home / "features"

    async def work(runtime: Runtime) -> str:
        found = await RepairHistoryStore(runtime.graph).until(now)
        written = await _keep_features(runtime, folder, found, now)
        return f"Features of {written.cards} cards in {folder / written.file}; matches read them."

    typer.echo(_run(settings, work))


def gather(console: Console) -> Path:
    """Write history and examples, have matches read the features of now; give the history."""
    settings, now = Settings.read(), datetime.now(UTC)
    folder = settings.home / "training" / "history"

    async def work(runtime: Runtime) -> None:
        found = await RepairHistoryStore(runtime.graph).until(now)
        console.print(f"history: {len(found.repairs)} repairs, {len(found.cards)} cards")
        await asyncio.to_thread(write_history, folder, found)
        built = build_examples(found, now)
        added = await asyncio.to_thread(store_examples, settings.home / "examples", built)
        console.print(f"examples: {len(built)}, {added} of them new")
        cards = await _keep_features(runtime, settings.home / "features", found, now)
        console.print(f"features: of {cards.cards} cards; matches read them")

    _run(settings, work)
    return folder


async def _keep_features(
    runtime: Runtime, folder: Path, history: RepairHistory, now: datetime
) -> FeatureSet:
    table = await asyncio.to_thread(FeatureFold(history).until, now)
    written = await asyncio.to_thread(write_features, folder, table)
    # What matches read is what the file holds, read back: no figure is told twice.
    kept = await asyncio.to_thread(read_features, folder / written.file, written.sha256)
    await FeatureCatalogue(runtime.records).add(written)
    await FeatureStore(runtime.redis).write(kept)
    return written


async def history_of(runtime: Runtime, span: HistorySpan) -> RepairHistory:
    return await RepairHistoryStore(runtime.graph).whole(span)


def parse_span(since: str, until: str, now: datetime) -> HistorySpan:
    """Read two days.

    Raises:
        InvalidInput: one is none, or the first does not lie before the last.
    """
    span = HistorySpan(_parse_day("from", since), _parse_day("to", until), now)
    if span.since >= span.until:
        raise InvalidInput("from", f"{since} does not lie before {until}")
    return span


def _parse_day(field: str, text: str) -> datetime:
    try:
        return datetime.strptime(text[:20], DAY).replace(tzinfo=UTC)
    except ValueError as error:
        raise InvalidInput(field, f"{text[:20]!r} is no day such as 2026-01-31") from error


def _run(settings: Settings, work: Callable[[Runtime], Awaitable[T]]) -> T:
    async def opened() -> T:
        async with open_runtime(settings) as runtime:
            return await work(runtime)

    return asyncio.run(opened())
