"""The one command, `battwheels`: every verb of the command line hangs here."""

import os
import signal
import sys
from types import FrameType

import typer

from domain.errors import BattwheelsError
from web.cli.lazy_commands import CommandLocation, lazy_group

COMMANDS = {
    "demo": CommandLocation(
        "web.cli.demo:demo", "Start everything, match a sample report, serve the API."
    ),
    "garage": CommandLocation(
        "web.cli.garage:app", "Work offline; hand in and catch up when online."
    ),
    "match": CommandLocation(
        "web.cli.match:match", "Find the cards for a report, or for a file of them."
    ),
    "diagnose": CommandLocation(
        "web.cli.diagnose:diagnose", "Say what causes a failure, what to check."
    ),
    "draft": CommandLocation(
        "web.cli.draft:draft", "Read a card out of a technician's free report."
    ),
    "ingest": CommandLocation(
        "web.cli.ingest:app", "Bring in what is known; the same again is harmless."
    ),
    "simulate": CommandLocation(
        "web.cli.simulate:simulate", "Make a year of synthetic garages whose truth is known."
    ),
    "analyst": CommandLocation(
        "web.cli.analyst:app", "Make and serve a read-only copy for analysts' notebooks."
    ),
    "serve": CommandLocation("web.cli.api:serve", "Serve the API and its live push."),
    "work": CommandLocation(
        "web.cli.api:work", "Relay and handle events without serving, until ended."
    ),
    "recount": CommandLocation(
        "web.cli.recount:recount", "Hold the cards' counters against their ledger."
    ),
    "audit": CommandLocation(
        "web.cli.audit:app", "Verify that nobody touched books and deeds; read who did what."
    ),
    "vault": CommandLocation(
        "web.cli.vault:app", "Keys that people are sealed with: list, rotate, clear away."
    ),
    "files": CommandLocation(
        "web.cli.files:app",
        "Photos, videos and logs: whether all are there, and bringing one back.",
    ),
    "personal": CommandLocation(
        "web.cli.personal:app", "What is kept of people, for how long, and what is over."
    ),
    "events": CommandLocation(
        "web.cli.events:app", "What happened, what was given up, and its replay."
    ),
    "admin": CommandLocation(
        "web.cli.admin:app", "Make the first administrator; bring in garages and people."
    ),
    "sign-in": CommandLocation(
        "web.cli.sign_in:sign_in", "Sign in at a service; other commands ask as you."
    ),
    "sign-out": CommandLocation("web.cli.sign_in:sign_out", "End what `sign-in` began."),
    "token": CommandLocation("web.cli.token:token", "Mint an access token for development."),
    "explorer": CommandLocation(
        "web.cli.explorer:explorer", "Install the files of the API explorer."
    ),
    "keys": CommandLocation("web.cli.keys:app", "Keys of machines: make, list, revoke them."),
    "documents": CommandLocation(
        "web.cli.documents:app", "Registered documents: register, list, check them."
    ),
    "train": CommandLocation("web.cli.train:app", "Train models from the history of repairs."),
    "models": CommandLocation(
        "web.cli.models:app", "Trained models: list, show, promote them, roll one back."
    ),
    "alarms": CommandLocation(
        "web.cli.alarms:app", "Emerging defects: look for them, list, acknowledge, close them."
    ),
    "local": CommandLocation("web.cli.local:app", "The stores as processes of this machine."),
    "queries": CommandLocation(
        "web.cli.queries:queries", "Print the named Cypher and SQL queries."
    ),
    "migrate": CommandLocation(
        "web.cli.api:migrate", "Bring the schemas of both stores up to date."
    ),
    "schema": CommandLocation("web.cli.api:schema", "Print the GraphQL schema (SDL)."),
}

# They run until they are told to end; `web.interrupts` hears of it once they are imported.
LASTING = frozenset({"demo", "serve", "work"})
INTERRUPTED = 130

app = typer.Typer(
    name="battwheels",
    cls=lazy_group(COMMANDS),
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
