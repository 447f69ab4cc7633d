"""The one command, `battwheels`: every verb of the command line hangs here."""

import os
import signal
import sys
from types import FrameType

import typer

from domain.errors import BattwheelsError
from web.cli.lazy import Place, group

COMMANDS = {
    "demo": Place("web.cli.demo:demo", "Start everything, match a sample report, serve the API."),
    "garage": Place("web.cli.garage:app", "Work offline; hand in and catch up when online."),
    "match": Place("web.cli.match:match", "Find the cards for a report, or for a file of them."),
    "diagnose": Place("web.cli.diagnose:diagnose", "Say what causes a failure, what to check."),
    "ingest": Place("web.cli.ingest:app", "Bring in what is known; the same again is harmless."),
    "serve": Place("web.cli.api:serve", "Serve the API and its live push."),
    "work": Place("web.cli.api:work", "Relay and handle events without serving, until ended."),
    "recount": Place("web.cli.recount:recount", "Hold the cards' counters against their ledger."),
    "audit": Place("web.cli.audit:app", "Verify that nobody touched the books; anchor them."),
    "events": Place("web.cli.events:app", "What happened, what was given up, and its replay."),
    "token": Place("web.cli.token:token", "Mint an access token for development."),
    "local": Place("web.cli.local:app", "The stores as processes of this machine."),
    "queries": Place("web.cli.queries:queries", "Print the named Cypher and SQL queries."),
    "migrate": Place("web.cli.api:migrate", "Bring the schemas of both stores up to date."),
    "schema": Place("web.cli.api:schema", "Print the GraphQL schema (SDL)."),
}

# They run until they are told to end; `web.interrupts` hears of it once they are imported.
LASTING = frozenset({"demo", "serve", "work"})
INTERRUPTED = 130

app = typer.Typer(
    name="battwheels",
    cls=group(COMMANDS),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@app.callback()
def battwheels() -> None:
    """Electric-vehicle failures find their fix."""


def _leave(_: int, __: FrameType | None) -> None:
    os._exit(INTERRUPTED)


def main() -> None:
    """Run; a refusal is one sentence on standard error and exit code 1.

    What is written is for the person who started us alone: data, secrets, logs.
    """
    os.umask(0o077)
    if len(sys.argv) > 1 and sys.argv[1] in LASTING:
        signal.signal(signal.SIGINT, _leave)
    try:
        app()
    except BattwheelsError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(1) from error
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None
