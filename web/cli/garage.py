"""`battwheels garage`: a workshop that goes on working without a network."""

import asyncio
import json
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import httpx
import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from domain.errors import InvalidInput, Unavailable
from domain.ids import garage_id, uuid7
from domain.reports import TEXT_LIMIT
from ingest.hazards import find_hazards
from ingest.safety_advice import advise
from web.cli.match_output import print_safety
from web.garage.client import POLL_SECONDS, RemoteService, synchronise
from web.garage.hints import SyncHints
from web.garage.replica import Replica
from web.store_addresses import leaves_in_clear

URGENT, USUAL = 1, 5

app = typer.Typer(no_args_is_help=True, help="Work offline; hand in and catch up when online.")
console = Console()
File = Annotated[
    Path, typer.Option("--file", envvar="BATTWHEELS_GARAGE", help="The garage's own database.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for other programs.")]
Key = Annotated[str, typer.Argument(help="The card, by its key.")]
TicketKey = Annotated[
    str, typer.Argument(help="The ticket, by its key, or by what its report was kept as.")
]
HOME = Path.home() / ".battwheels-garage" / "garage.db"


@app.command()
def init(
    garage: Annotated[str, typer.Option(help="Id of the garage, garage_….")],
    token: Annotated[str, typer.Option(help="Access token.", envvar="BATTWHEELS_TOKEN")],
    url: Annotated[str, typer.Option(help="Where the service is.")] = "http://127.0.0.1:8000",
    file: File = HOME,
) -> None:
    """Say who this garage is and where the service is; what it keeps stays."""
    if leaves_in_clear(url):
        raise InvalidInput("url", "has no TLS, and the token would be read on the way; use https")
    Replica.open(file).set(garage=garage_id(garage), token=token, url=url)
    typer.echo(f"{garage} keeps its queue and cards in {file}.")


@app.command()
def report(
    text: Annotated[str, typer.Argument(help="What fails, in your own words.")],
    code: Annotated[list[str] | None, typer.Option(help="An error code; may be repeated.")] = None,
    file: File = HOME,
) -> None:
    """Report a failing vehicle; a danger that it tells is answered at once, without a network."""
    print_safety(console, advise(text[:TEXT_LIMIT], find_hazards(text[:TEXT_LIMIT])))
    _queue_record(file, "report_failure", {"report": {"text": text, "codes": code or []}}, URGENT)


@app.command()
def start(
    ticket: TicketKey,
    card: Annotated[str | None, typer.Option(help="The card that is followed.")] = None,
    file: File = HOME,
) -> None:
    """Begin a repair."""
    _queue_for_ticket(file, "start_repair", ticket, {"card": card})


@app.command()
def attempt(
    ticket: TicketKey,
    *,
    worked: Annotated[bool, typer.Option("--worked/--failed", help="Whether it helped.")] = False,
    notes: Annotated[str, typer.Option(help="What was tried.")] = "",
    file: File = HOME,
) -> None:
    """Note what was tried."""
    _queue_for_ticket(
        file, "record_attempt", ticket, {"attempt": {"worked": worked, "notes": notes}}
    )


@app.command()
def resolve(
    ticket: TicketKey,
    minutes: Annotated[int, typer.Option(help="How long the repair took.")],
    *,
    worked: Annotated[bool, typer.Option("--worked/--failed", help="Whether it helped.")] = True,
    notes: Annotated[str, typer.Option(help="What was done.")] = "",
    file: File = HOME,
) -> None:
    """End a repair with its outcome."""
    outcome = {"worked": worked, "minutes": minutes, "notes": notes}
    _queue_for_ticket(file, "resolve_ticket", ticket, {"outcome": outcome})


@app.command()
def close(
    ticket: TicketKey,
    rating: Annotated[int | None, typer.Option(min=1, max=5, help="The customer's.")] = None,
    file: File = HOME,
) -> None:
    """Hand the vehicle back."""
    _queue_for_ticket(file, "close_ticket", ticket, {"rating": rating})


@app.command()
def rate(
    ticket: TicketKey,
    card: Key,
    stars: Annotated[int, typer.Argument(min=1, max=5, help="One to five.")],
    file: File = HOME,
) -> None:
    """Say how good a card was for a ticket."""
    name = Replica.open(file).named(ticket)
    _queue_record(
        file, "rate_card", {"id": name, "feedback": {"card": card, "stars": stars}}, USUAL
    )


@app.command()
def stock(
    part: Annotated[str, typer.Argument(help="The part, by its key.")],
    quantity: Annotated[int, typer.Argument(help="+ came, - left (write -- before it).")],
    reason: Annotated[str, typer.Option(help="Why.")],
    file: File = HOME,
) -> None:
    """Say that parts came onto the shelf, or left it."""
    delta = {"part": part, "quantity": quantity, "reason": reason}
    _queue_record(file, "adjust_stock", {"stock": delta}, USUAL)


@app.command()
def search(
    words: Annotated[str, typer.Argument(help="Words that the card holds.")],
    file: File = HOME,
    *,
    as_json: AsJson = False,
) -> None:
    """Search the cards that this garage keeps, without a network."""
    _show_documents(Replica.open(file).documents("failure_card", words), as_json)


@app.command()
def cards(file: File = HOME, *, as_json: AsJson = False) -> None:
    """List the newest cards that this garage keeps."""
    _show_documents(Replica.open(file).documents("failure_card"), as_json)


@app.command()
def status(file: File = HOME, *, as_json: AsJson = False) -> None:
    """Show what waits, what is kept, and what met other changes or was refused."""
    replica = Replica.open(file)
    stands = replica.status()
    answers = replica.answers("CONFLICT") + replica.answers("REFUSED")
    if as_json:
        counts = {"waiting": stands.waiting, "cards": stands.cards, "tickets": stands.tickets}
        typer.echo(json.dumps(counts | {"answers": answers}))
        return
    typer.echo(f"{stands.waiting} waiting, {stands.cards} cards, {stands.tickets} tickets kept")
    for answer in answers:
        said = answer["reason"] or f"merged with {json.dumps(answer['theirs'])}"
        typer.echo(f"{answer['state'].lower()} {answer['operationId']}: {said}")


@app.command(name="sync")
def once(file: File = HOME) -> None:
    """Hand in the queue and catch up, once."""
    replica = Replica.open(file)
    with Progress(console=Console(stderr=True)) as progress:
        bar = progress.add_task("changes", total=None)

        def told(taken: int, all_of_them: int) -> None:
            progress.update(bar, completed=taken, total=all_of_them)

        asyncio.run(_with_remote(replica, lambda remote: synchronise(replica, remote, told)))
    status(file)


@app.command()
def watch(file: File = HOME) -> None:
    """Hand in and catch up as soon as there is news, and every five seconds, until ended."""
    replica = Replica.open(file)
    asyncio.run(_with_remote(replica, lambda remote: follow(replica, remote)))


@dataclass(frozen=True, slots=True)
class PollClock:
    """The clock that polls go by, in seconds."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep


async def follow(replica: Replica, remote: RemoteService) -> None:
    """Sync whenever the service says that there is something to fetch, and every five seconds."""
    hints = SyncHints(remote)
    listening = asyncio.create_task(hints.listen())
    try:
        await poll(replica, remote, PollClock(sleep=hints.wait))
    finally:
        listening.cancel()


async def poll(replica: Replica, remote: RemoteService, beat: PollClock) -> None:
    """Sync every five seconds, for ever; without a network the next turn tries again (OF-3)."""
    while True:
        began = beat.now()
        try:
            await synchronise(replica, remote, _ignore_progress)
        except Unavailable as error:
            console.print(f"offline: {error}")
        await beat.sleep(max(0.0, began + POLL_SECONDS - beat.now()))


async def _with_remote(replica: Replica, work: Callable[[RemoteService], Awaitable[None]]) -> None:
    url, token = replica.setting("url"), replica.setting("token")
    if url is None or token is None:
        raise InvalidInput("garage", "is not known here; run `battwheels garage init`")
    async with httpx.AsyncClient(base_url=url) as http:
        await work(RemoteService(http, token))


def _queue_for_ticket(file: Path, type: str, ticket: str, data: dict[str, Any]) -> None:
    """Queue a change of a ticket, against the version that the ticket has by then."""
    replica = Replica.open(file)
    name = replica.named(ticket)
    expected = replica.reached(name)
    if expected is None:
        raise InvalidInput("ticket", "is not known here; run `battwheels garage sync`")
    _queue_record(file, type, {"id": name, "expected_version": expected, **data}, USUAL)


def _queue_record(file: Path, type: str, data: dict[str, Any], priority: int) -> None:
    replica = Replica.open(file)
    garage = replica.setting("garage")
    if garage is None:
        raise InvalidInput("garage", "is not known here; run `battwheels garage init`")
    record = {
        "operation_id": str(_new_id()),
        "type": type,
        "data": data,
        "garage_id": garage,
        "priority": priority,
    }
    kept = replica.enqueue(record, time.time_ns() // 1_000_000)
    typer.echo(f"kept as {kept['operation_id']}; {replica.status().waiting} waiting")


def _new_id() -> UUID:
    return uuid7(datetime.now(UTC), secrets.randbits(74))


def _show_documents(documents: list[dict[str, Any]], as_json: bool) -> None:  # noqa: FBT001 - a flag of the command line
    if as_json:
        typer.echo(json.dumps(documents))
        return
    table = Table("card", "status", "title", "first step")
    for card in documents:
        steps = card["resolution"]["steps"]
        first = steps[0]["action"] if steps else "–"
        table.add_row(card["key"], card["status"].lower(), card["title"], first)
    console.print(table)


def _ignore_progress(taken: int, all_of_them: int) -> None:
    del taken, all_of_them
