"""`battwheels keys`: let machines of partners in, and shut them out."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeVar

import typer

from access.api_keys import RANDOM_BYTES, mint_secret
from domain import limits
from domain.api_keys import LONGEST_DAYS, NAME_LIMIT, ApiKey, KeyOrder, KeyScope, Rung, partner_name
from domain.errors import InvalidInput
from domain.ids import KeyId, garage_id, key_id
from records.api_keys import ApiKeyStore
from records.audit_trail import DeedWriter
from web.audit import build_deed_vault, operators_change
from web.records import open_records
from web.settings import Settings
from web.vault import read_master_keys

app = typer.Typer(
    no_args_is_help=True, help="Keys of machines: make, list and revoke them (docs/partners.md)."
)
T = TypeVar("T")


@app.command()
def create(  # noqa: PLR0913, PLR0917 - options, each by its name
    partner: Annotated[str, typer.Option(help="Whose machine it is, as in `fleet-pune`.")],
    name: Annotated[str, typer.Option(help="What the key is for.")],
    scope: Annotated[list[KeyScope], typer.Option(help="What it may do; again for another.")],
    garage: Annotated[
        list[str] | None, typer.Option(help="A garage that it may act in; again for another.")
    ] = None,
    every_garage: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--every-garage", help="Let it act in all garages.")
    ] = False,
    rung: Annotated[
        Rung, typer.Option(help="How far it is held to registered documents.")
    ] = Rung.ID_ONLY,
    days: Annotated[int, typer.Option(min=1, max=LONGEST_DAYS, help="How long it holds.")] = 90,
) -> None:
    """Make a key, and print its secret this once."""
    if bool(garage) is every_garage:
        raise InvalidInput("garage", "name garages, or say --every-garage")
    order = KeyOrder(
        partner=partner_name(partner),
        name=limits.clean_prose("name", name, NAME_LIMIT),
        scopes=tuple(dict.fromkeys(scope)),
        garages=tuple(garage_id(one) for one in dict.fromkeys(garage)) if garage else None,
        rung=rung,
        lifetime=timedelta(days=days),
    )
    made, secret = asyncio.run(_with_keys(lambda keys: _create_key(keys, order)))
    typer.echo(f"Key {made.id} of {made.partner} holds until {made.expires_at:%Y-%m-%d}.")
    typer.echo("Its secret is shown this once; send it as `Authorization: Bearer`:", err=True)
    typer.echo(secret)


@app.command("list")
def show_list(
    partner: Annotated[str | None, typer.Option(help="Only of this partner.")] = None,
    first: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 100,
) -> None:
    """Print the keys: whose, what they may, until when, and when they were used last."""
    wanted = None if partner is None else partner_name(partner)
    found = asyncio.run(_with_keys(lambda keys: keys.page(first=first, partner=wanted)))
    now = datetime.now(UTC)
    for key in found:
        typer.echo(f"{key.id}  bw_{key.prefix}…  {key.partner}  {_terms(key)}  {_state(key, now)}")


@app.command()
def revoke(
    id: Annotated[str | None, typer.Argument(help="The key.")] = None,
    partner: Annotated[
        str | None, typer.Option(help="All keys of this partner, who is removed.")
    ] = None,
) -> None:
    """Refuse a key from now on, or all keys of a partner: everywhere within a second."""
    if (id is None) is (partner is None):
        raise InvalidInput("id", "name one key, or a --partner")
    done = operators_change(datetime.now(UTC))
    if id is not None:
        key = key_id(id)
        asyncio.run(_with_keys(lambda keys: keys.revoke(key, done)))
        typer.echo(f"Key {key} is refused from now on.")
    elif partner is not None:
        whose = partner_name(partner)
        count = asyncio.run(_with_keys(lambda keys: keys.revoke_partner(whose, done)))
        typer.echo(f"{count} keys of {whose} are refused from now on.")


@app.command()
def rung(
    id: Annotated[str, typer.Argument(help="The key.")],
    to: Annotated[Rung, typer.Argument(help="How far it is held to registered documents.")],
) -> None:
    """Hold a key otherwise to its documents: everywhere within a second."""
    key, done = key_id(id), operators_change(datetime.now(UTC))
    asyncio.run(_with_keys(lambda keys: keys.change_rung(key, to, done)))
    typer.echo(f"Key {key} is held at {to} from now on.")


async def _create_key(keys: ApiKeyStore, order: KeyOrder) -> tuple[ApiKey, str]:
    minted = mint_secret(secrets.token_bytes(RANDOM_BYTES))
    done = operators_change(now := datetime.now(UTC))
    key = ApiKey(
        id=KeyId(done.id),
        prefix=minted.prefix,
        partner=order.partner,
        name=order.name,
        scopes=order.scopes,
        garages=order.garages,
        rung=order.rung,
        made_by=done.who,
        made_at=now,
        expires_at=now + order.lifetime,
    )
    return await keys.add(key, minted.digest, done), minted.text


def _terms(key: ApiKey) -> str:
    where = "every garage" if key.garages is None else ",".join(key.garages)
    return f"{','.join(key.scopes)}  {where}  {key.rung}"


def _state(key: ApiKey, now: datetime) -> str:
    if key.revoked_at is not None:
        return f"revoked {key.revoked_at:%Y-%m-%d}"
    used = "never used" if key.last_used_at is None else f"used {key.last_used_at:%Y-%m-%d %H:%M}"
    word = "expired" if key.expires_at <= now else "until"
    return f"{word} {key.expires_at:%Y-%m-%d}, {used}"


async def _with_keys(work: Callable[[ApiKeyStore], Awaitable[T]]) -> T:
    settings = Settings.read()
    writer = DeedWriter(build_deed_vault(read_master_keys(settings)).sign)
    async with open_records(settings) as records:
        return await work(ApiKeyStore(records, writer))
