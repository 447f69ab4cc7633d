"""The one command, `battwheels`: every verb of the command line hangs here."""

import sys

import typer

from domain.errors import BattwheelsError
from web.cli import api, demo, ingest, local, match, token

app = typer.Typer(
    name="battwheels",
    help="Electric-vehicle failures find their fix.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(local.app, name="local")
app.add_typer(ingest.app, name="ingest")
app.command("demo")(demo.demo)
app.command("match")(match.match)
app.command("token")(token.token)
app.command("serve")(api.serve)
app.command("work")(api.work)
app.command("schema")(api.schema)
app.command("migrate")(api.migrate)


def main() -> None:
    """Run; a refusal is one sentence on standard error and exit code 1."""
    try:
        app()
    except BattwheelsError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(1) from error
    except KeyboardInterrupt:
        raise SystemExit(130) from None
