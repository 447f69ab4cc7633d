"""`battwheels events`: what happened, what was given up, and its replay."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Annotated, TypeVar

import orjson
import typer
from rich.console import Console
from rich.table import Table

from domain.errors import InvalidInput, NotFound
from domain.ids import EventId
from records.change_log import ChangeLog
from records.database import Records
from records.dead_letters import DeadLetter, DeadLetters
from sync import asyncapi
from sync.envelope import event_envelope
from sync.stream import Logged
from web.records import open_records
from web.settings import Settings

app = typer.Typer(no_args_is_help=True, help="What happened, what was given up, and its replay.")
T = TypeVar("T")

TAIL_SECONDS = 0.5
PAGE = 500
MOST = 1_000

Json = Annotated[bool, typer.Option("--json", help="A line of JSON each, for programs.")]
Limit = Annotated[int, typer.Option(min=1, max=MOST, help="Lines at most.")]


@app.command()
def log(
    after: Annotated[int, typer.Option(min=0, help="The number to begin behind.")] = 0,
    limit: Limit = 50,
    json: Json = False,  # noqa: FBT002 - a flag
) -> None:
    """Show the change log from a number on, oldest first."""
    entries = _ask_records(lambda records: ChangeLog(records).after(after, limit))
    if json:
        _print_lines(entries)
    else:
        _print_table(
            ("number", "type", "entity", "version", "garage", "at"), map(_entry_row, entries)
        )


@app.command()
def tail(
    after: Annotated[
        int | None, typer.Option(min=0, help="The number to begin behind [default: now].")
    ] = None,
) -> None:
    """Follow the change log as it grows, a line of JSON each, until ended."""
    asyncio.run(_tail_entries(after))


@app.command()
def dead(
    event: Annotated[str | None, typer.Argument(help="One event, shown whole.")] = None,
    limit: Limit = 50,
    json: Json = False,  # noqa: FBT002 - a flag
) -> None:
    """List the events that were given up after their tries, or show one."""
    wanted = EventId(event) if event else None
    letters = _ask_records(lambda records: DeadLetters(records).page(limit, wanted))
    if wanted is not None and not letters:
        raise NotFound("dead letter", wanted)
    if json or wanted is not None:
        for letter in letters:
            typer.echo(
                orjson.dumps(_letter_record(letter), option=0 if json else orjson.OPT_INDENT_2)
            )
    else:
        _print_table(
            ("event", "type", "consumer", "tries", "died at", "error"), map(_letter_row, letters)
        )


@app.command()
def replay(
    event: Annotated[str | None, typer.Argument(help="The event to try again.")] = None,
    everything: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--all", help="Try all dead letters again.")
    ] = False,
) -> None:
    """Give dead letters their tries again; `battwheels work` takes them up within seconds."""
    if (event is None) is not everything:
        raise InvalidInput("event", "name one event, or say --all")
    wanted = EventId(event) if event else None
    count = _ask_records(lambda records: DeadLetters(records).replay(wanted))
    if wanted is not None and not count:
        raise NotFound("dead letter", wanted)
    typer.echo(f"{count} to be tried again.")


@app.command()
def schema() -> None:
    """Print the AsyncAPI document of all events."""
    typer.echo(asyncapi.printed_document(), nl=False)


def _ask_records(ask: Callable[[Records], Awaitable[T]]) -> T:
    async def answer() -> T:
        async with open_records(Settings.read()) as records:
            return await ask(records)

    return asyncio.run(answer())


async def _tail_entries(after: int | None) -> None:
    async with open_records(Settings.read()) as records:
        changes = ChangeLog(records)
        cursor = await changes.last() if after is None else after
        while True:
            entries = await changes.after(cursor, PAGE)
            _print_lines(entries)
            if entries:
                cursor = entries[-1][0]
            else:
                await asyncio.sleep(TAIL_SECONDS)


def _print_lines(entries: Sequence[Logged]) -> None:
    for seq, event in entries:
        typer.echo(orjson.dumps({"seq": seq} | event_envelope(event)))


def _letter_record(letter: DeadLetter) -> dict[str, object]:
    return {
        "consumer": letter.consumer,
        "seq": letter.seq,
        "tries": letter.tries,
        "error": letter.error,
        "died_at": letter.died_at,
        "event": event_envelope(letter.event),
    }


def _entry_row(entry: Logged) -> tuple[str, ...]:
    seq, event = entry
    at = event.at.isoformat(timespec="seconds")
    return str(seq), event.type, event.entity, str(event.version), event.garage or "", at


def _letter_row(letter: DeadLetter) -> tuple[str, ...]:
    died = letter.died_at.isoformat(timespec="seconds")
    event = letter.event
    return event.id, event.type, letter.consumer, str(letter.tries), died, letter.error


def _print_table(columns: Sequence[str], lines: Iterable[tuple[str, ...]]) -> None:
    table = Table(box=None)
    for column in columns:
        table.add_column(column, overflow="fold")
    for line in lines:
        table.add_row(*line)
    Console().print(table if table.row_count else "Nothing.")
