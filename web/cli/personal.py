"""`battwheels personal`: what is kept of people, for how long, and what is over."""

import asyncio
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from access.people import PeopleDeed
from domain.access import Actor, Role
from domain.deeds import OPERATOR
from domain.errors import NotFound
from domain.ids import CUSTOMERS, VEHICLES, OperationId, customer_id, person_id, uuid7, vehicle_id
from domain.personal_records import RETENTION, RecordKind
from records.erasure import every_erased
from records.retention import Retention
from repair.customers import erase_again
from web.people import PeopleRuntime, open_people_alone
from web.records import open_records
from web.settings import Settings
from web.wiring import build_tokens

app = typer.Typer(
    no_args_is_help=True,
    help="What is kept of people: for how long, and what is over (docs/personal-data.md).",
)


RANDOM_BITS = 74
OPERATOR_ACTOR = Actor(id=OPERATOR, role=Role.ADMIN)


@app.command("kinds")
def list_kinds() -> None:
    """List every kind of record that tells of somebody: what for, and for how long it is kept."""
    for kind in RecordKind:
        rule = RETENTION[kind]
        typer.echo(f"{kind.value} ({rule.purpose.value}): {rule}")


@app.command("due")
def clear_due(
    clear: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--clear", help="Remove it now; whoever works does so every hour.")
    ] = False,
) -> None:
    """Show how many records of each kind have been kept long enough; nothing goes without --clear.

    So nobody has to stop anything to look.
    """
    found = asyncio.run(_over(datetime.now(UTC), clear=clear))
    said = "gone" if clear else "would go"
    for kind, count in found.items():
        typer.echo(f"{kind.value}: {count} {said}; kept {RETENTION[kind]}")


@app.command("erased")
def list_erased() -> None:
    """List who was erased, by id: keep it apart from the database, with every copy of it."""

    async def work() -> None:
        async with open_records(Settings.read()) as records:
            for person, at in await every_erased(records):
                typer.echo(f"{person} {at:%Y-%m-%dT%H:%M:%SZ}")

    asyncio.run(work())


@app.command("replay")
def replay_erasures(
    file: Annotated[
        Path, typer.Argument(help="What `erased` printed.", exists=True, dir_okay=False)
    ],
) -> None:
    """Erase again whom an older copy of the database brought back; again is harmless."""
    named = [line.split()[0] for line in file.read_text().splitlines() if line.strip()]
    for erased, said in asyncio.run(_replayed(named, datetime.now(UTC))):
        typer.echo(f"{erased}: {said}")


async def _replayed(named: Sequence[str], now: datetime) -> list[tuple[str, str]]:
    settings = Settings.read()
    async with open_records(settings) as records:
        people = await open_people_alone(settings, records, build_tokens(settings))
        return [(one, await _erased_again(people, one, now)) for one in named]


async def _erased_again(people: PeopleRuntime, id: str, now: datetime) -> str:
    """Erase somebody or something as the operator of the machine, and say what became of it."""
    operation = OperationId(str(uuid7(now, secrets.randbits(RANDOM_BITS))))
    deed = PeopleDeed(id=operation, actor=OPERATOR_ACTOR, at=now, body_hash=f"replay {id}")
    try:
        if id.startswith((CUSTOMERS, VEHICLES)):
            own = people.administration
            known = vehicle_id(id) if id.startswith(VEHICLES) else customer_id(id)
            gone = await erase_again(own.store, own.deeds, known, deed)
        else:
            gone = len((await people.erasures.erase(person_id(id), deed)).erased)
    except NotFound:
        return "is not there"
    return "is erased again" if gone else "was erased already"


async def _over(now: datetime, *, clear: bool) -> dict[RecordKind, int]:
    async with open_records(Settings.read()) as records:
        retention = Retention(records)
        return await (retention.clear(now) if clear else retention.due(now))
