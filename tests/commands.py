"""`battwheels` as another process, on the stores of this test run."""

import os
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from secrets import randbelow

from web.local.stores import StoreUrls

# Above them the system takes the ports of outgoing connections: one that is free there may be taken
# before a server that has yet to start listens.
FIRST_PORT, LAST_PORT = 10_240, 32_000
RUN = "from web.cli.main import main; main()"


def called(*words: str, typed: str = "", **environment: str) -> tuple[int, str, str]:
    """Run a command and give its exit code, what it printed, and what it complained of."""
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", RUN, *words],
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environment,
    )
    return done.returncode, done.stdout, done.stderr


def place(stores: StoreUrls, home: Path) -> dict[str, str]:
    """Give the environment of a house on these stores."""
    return {
        "BATTWHEELS_HOME": str(home),
        "NEO4J_URI": stores.neo4j_uri,
        "NEO4J_PASSWORD": stores.neo4j_password,
        "POSTGRES_URL": stores.postgres_url,
        "REDIS_URL": stores.redis_url,
    }


def free_port() -> int:
    """Give a port that nobody listens on, for a server that starts later."""
    while True:
        port = FIRST_PORT + randbelow(LAST_PORT - FIRST_PORT)
        with socket.socket() as free, suppress(OSError):
            free.bind(("127.0.0.1", port))
            return port
