"""`battwheels admin`: the first administrator of a bare machine, a chain's garages and people."""

import asyncio
import sys
from datetime import UTC, datetime
from getpass import getpass
from random import SystemRandom
from typing import Annotated

import typer

from access.passwords import LEAST
from domain.errors import InvalidInput
from domain.ids import PersonId, uuid7
from domain.people import PersonName, parse_name
from web.settings import Settings
from web.wiring import open_people, open_records

app = typer.Typer(
    no_args_is_help=True,
    help="Make the first administrator; bring in a chain's garages and people.",
)
RANDOM_BITS = 80


@app.command()
def create(
    email: Annotated[str, typer.Option(prompt="E-mail address", help="What they sign in with.")],
    name: Annotated[str, typer.Option(prompt="Name", help="Their name; it is kept sealed.")],
    another: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--another", help="Although there is an administrator already.")
    ] = False,
) -> None:
    """Make the first administrator; asks for the password, or reads it from standard input."""
    who = parse_name(name, email)
    person = asyncio.run(_make_admin(Settings.read(), who, read_password(), another=another))
    typer.echo(f"{who.email} is an administrator ({person}). Sign in: docs/access.md says how.")


def read_password() -> str:
    """Give the password that somebody types twice without its being seen, or sends as one line.

    Raises:
        InvalidInput: both are not the same.
    """
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    typed = getpass(f"Password, {LEAST} characters at least (it is not shown): ")
    if getpass("The same again: ") != typed:
        raise InvalidInput("password", "was not the same twice")
    return typed


async def _make_admin(
    settings: Settings, who: PersonName, password: str, *, another: bool
) -> PersonId:
    now = datetime.now(UTC)
    id = PersonId(f"per_{uuid7(now, SystemRandom().getrandbits(RANDOM_BITS)).hex}")  # noqa: A001
    async with open_records(settings) as records:
        admins = open_people(settings, records).admins
        return (await admins.make(id, who, password, now, another=another)).id
