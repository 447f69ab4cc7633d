"""`battwheels` as another process, on the stores of this test run."""

import multiprocessing
import os
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from multiprocessing.context import ForkServerContext
from pathlib import Path
from secrets import randbelow
from tempfile import TemporaryDirectory

from web.local.stores import StoreUrls

# Above them the system takes the ports of outgoing connections: one that is free there may be taken
# before a server that has yet to start listens.
FIRST_PORT, LAST_PORT = 10_240, 32_000
RUN = "from web.cli.main import main; main()"
# What nearly every command imports, and the most of its time; and the light processes of faults.
# The commands themselves are not here: each is imported in the process that runs it, as when
# somebody types it.
PRELOADED = ["resolvers.api", "web.server", "web.wiring", "tests.faults.without_model"]
STREAMS = (("stdin", os.O_RDONLY), ("stdout", os.O_WRONLY), ("stderr", os.O_WRONLY))


def called(*words: str, typed: str = "", **environment: str) -> tuple[int, str, str]:
    """Run a command and give its exit code, what it printed, and what it complained of."""
    with TemporaryDirectory() as folder:
        streams = [Path(folder) / name for name, _ in STREAMS]
        for stream, said in zip(streams, (typed, "", ""), strict=True):
            stream.write_text(said)
        told = (words, os.environ | environment, streams)
        process = _nursery().Process(target=_run_command, args=told)
        process.start()
        process.join()
        code, _, said, complained = process.exitcode, *(one.read_text() for one in streams)
        process.close()
    assert code is not None
    return code, said, complained


def born(work: Callable[..., None], *told: object) -> int:
    """Have a process do this until it is killed, and give its number."""
    process = _nursery().Process(target=work, args=told, daemon=True)
    process.start()
    assert process.pid is not None
    return process.pid


@cache
def _nursery() -> ForkServerContext:
    """Give who forks all processes of this test run, so that what they import is imported once."""
    nursery = multiprocessing.get_context("forkserver")
    nursery.set_forkserver_preload(PRELOADED)
    return nursery


def _run_command(words: Sequence[str], environment: dict[str, str], streams: list[Path]) -> None:
    """Be the command: its words, its environment and its streams are all that it was given."""
    for number, ((name, mode), stream) in enumerate(zip(STREAMS, streams, strict=True)):
        os.dup2(os.open(stream, mode), number)
        setattr(sys, name, os.fdopen(number, "r" if name == "stdin" else "w"))
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["battwheels", *words]
    from web.cli.main import main  # noqa: PLC0415 - not before this process is the command

    main()


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
