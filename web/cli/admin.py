"""`battwheels admin`: the first administrator of a bare machine, a chain's garages and people."""

import asyncio
import sys
from datetime import UTC, datetime
from getpass import getpass
from pathlib import Path
from random import SystemRandom
from typing import Annotated
from uuid import uuid4

import typer

from access.password_resets import GOOD_FOR
from access.passwords import LEAST, parse_password
from access.people_import import PeopleFile, PeopleImported, import_people, read_people
from domain.access import Role
from domain.errors import ImportRefused, InvalidInput
from domain.ids import PersonId, uuid7
from domain.people import PersonName, parse_name
from web.local import files
from web.people import open_people_alone
from web.records import open_records
from web.settings import Settings
from web.tokens import build_tokens

app = typer.Typer(
    no_args_is_help=True,
    help="Make the first administrator; bring in a chain's garages and people.",
)
RANDOM_BITS = 80
MOST_BYTES = 8 << 20


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
    password = read_password()
    # Stores take a while to start: a password that is refused is refused before.
    parse_password(password, [who.name, who.email])
    settings = Settings.read()
    person = asyncio.run(_make_admin(settings, who, password, another=another))
    demanded = Role.ADMIN in settings.second_factor_roles
    factor = " Have a telephone at hand: a second factor is demanded of you." if demanded else ""
    typer.echo(f"{who.email} is an administrator ({person}). Next: battwheels sign-in.{factor}")


@app.command()
def reset(
    email: Annotated[str, typer.Option(prompt="E-mail address", help="Who forgot the password.")],
) -> None:
    """Print a word by which somebody chooses a new password, where no mail goes out."""
    word, minutes = asyncio.run(_issue_word(Settings.read(), email)), GOOD_FOR.seconds // 60
    typer.echo(word)
    told = f"Good once and for {minutes} minutes, for them alone: battwheels sign-in --word"
    typer.echo(told, err=True)


async def _issue_word(settings: Settings, email: str) -> str:
    async with open_records(settings) as records:
        people = await open_people_alone(settings, records, build_tokens(settings))
        return await people.door.resets.issue(email, uuid4(), datetime.now(UTC))


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
        admins = (await open_people_alone(settings, records, build_tokens(settings))).admins
        return (await admins.make(id, who, password, now, another=another)).id


@app.command("import")
def import_chain(
    file: Annotated[Path, typer.Argument(help="A CSV of garages and people.")],
    words: Annotated[
        Path | None, typer.Option(help="Where to write the invitations [default: beside the file].")
    ] = None,
    dry_run: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--dry-run", help="Read the file and say what is wrong; write nothing.")
    ] = False,
) -> None:
    """Bring in a chain's garages and people; the same file again changes nothing.

    Columns: kind (garage or person), garage, name; of a garage also place, hours, region; of a
    person also email, role, department, shift, certification, region.
    """
    found = read_people(str(file), _read_file(file))
    if dry_run:
        typer.echo(f"{len(found.garages)} garages and {len(found.people)} people read well.")
        return
    done = asyncio.run(_import(Settings.read(), found, str(file)))
    kept = words or file.with_suffix(".invitations.csv")
    if done.words:
        lines = [f"{email},{word}" for email, word in done.words.items()]
        files.write_whole(kept, "\n".join(["email,invitation", *lines, ""]), mode=0o600)
    told = f" Their invitations, each for that person alone: {kept}." if done.words else ""
    typer.echo(
        f"{done.garages} new garages, {done.people} people invited, "
        f"{done.known} known already.{told}"
    )


def _read_file(file: Path) -> str:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise ImportRefused(str(file), f"Has more than {MOST_BYTES >> 20} MiB.")
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ImportRefused(str(file), f"Cannot be read ({error}).") from error


async def _import(settings: Settings, found: PeopleFile, source: str) -> PeopleImported:
    async with open_records(settings) as records:
        people = await open_people_alone(settings, records, build_tokens(settings))
        return await import_people(people.admins, found, source, datetime.now(UTC))
