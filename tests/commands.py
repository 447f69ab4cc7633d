"""`battwheels` as another process, on the stores of this test run."""

import os
import subprocess
import sys
from pathlib import Path

from web.local.stores import StoreUrls

RUN = "from web.cli.main import main; main()"


def called(*words: str, **environment: str) -> tuple[int, str, str]:
    """Run a command and give its exit code, what it printed, and what it complained of."""
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", RUN, *words],
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
