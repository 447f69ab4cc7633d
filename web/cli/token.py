"""`battwheels token`: mint an access token for development."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from domain.access import Actor, Role
from domain.errors import UnsafeSetting
from domain.ids import garage_id, person_id
from web.settings import Settings
from web.tokens import build_tokens


def token(
    role: Annotated[Role, typer.Option(help="Whose rights it carries.")] = Role.TECHNICIAN,
    person: Annotated[str, typer.Option(help="Id of the person.")] = "tech_demo",
    garage: Annotated[str, typer.Option(help="Id of the garage.")] = "garage_demo",
    region: Annotated[str | None, typer.Option(help="Region of the garage.")] = None,
    hours: Annotated[float, typer.Option(min=0.01, max=24 * 30, help="How long it holds.")] = 8.0,
) -> None:
    """Mint an access token for development; refused in production."""
    settings = Settings.read()
    if settings.production:
        raise UnsafeSetting("battwheels token", "mints tokens for development only")
    actor = Actor(id=person_id(person), role=role, garage=garage_id(garage), region=region)
    typer.echo(build_tokens(settings).mint(actor, datetime.now(UTC), timedelta(hours=hours)))
