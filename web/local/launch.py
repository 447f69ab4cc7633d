"""Bring one local store up and take it down, whatever the last run left behind."""

import signal
import socket
import time
from typing import ClassVar, Protocol

from domain.errors import LocalServiceError
from web.local import processes, tcp_ports
from web.local.home import StoreHome
from web.local.processes import ProcessCommand, ProcessRecord
from web.local.progress import Report, StartProgress

START_S = 120.0
STOP_S = 60.0
PAUSE = 0.1
TRIES = 3
NO_SPACE = "No space left on device"
SIGNS_OF_FAILURE = ("Caused by", "FATAL", "ERROR", "Error", "aborting")


class LocalServer(Protocol):
    """What differs from store to store."""

    name: ClassVar[str]
    stop_signal: ClassVar[signal.Signals]

    @property
    def mark(self) -> str:
        """The argument that no process but this store's carries."""
        ...

    def prepare(self) -> None:
        """Whatever must be there before the first start; does nothing when it is."""
        ...

    def command(self, port: int) -> ProcessCommand: ...

    def answers(self, port: int) -> bool:
        """Whether a client that knows the password gets an answer."""
        ...


def running_record(server: LocalServer, home: StoreHome) -> ProcessRecord | None:
    """The record of the store's process, when that very process runs."""
    record = ProcessRecord.load(home.record(server.name))
    if record is None or record.mark != server.mark or record.process() is None:
        return None
    return record


def start_server(server: LocalServer, home: StoreHome, report: Report) -> int:
    """Start the store unless it runs, and give the port where it answers."""
    record = running_record(server, home)
    # One that still runs may be on its way up or, just killed, on its way down.
    if record is None or not _wait_for_answer(server, home, record):
        # A start that was killed before it wrote its record leaves a process that nobody owns.
        _end_strays(server)
        server.prepare()
        report(StartProgress(server.name, "starting"))
        record = _start_once(server, home)
    report(StartProgress(server.name, "ready", done=1, total=1))
    return record.port


def stop_server(server: LocalServer, home: StoreHome) -> None:
    """End the store gracefully; its record goes last, so that a killed stop can be repeated."""
    _end_strays(server)
    home.record(server.name).unlink(missing_ok=True)


def _end_strays(server: LocalServer) -> None:
    for process in processes.marked_processes(server.mark):
        processes.end_process(process, server.stop_signal, STOP_S)


def _start_once(server: LocalServer, home: StoreHome) -> ProcessRecord:
    for _ in range(TRIES):
        record = _spawn_server(server, home, tcp_ports.kept_port(home, server.name))
        if _wait_for_answer(server, home, record):
            return record
        if tcp_ports.is_free(record.port):
            raise _ended_error(server, home)
        tcp_ports.fresh_port(home, server.name)
    raise LocalServiceError(
        server.name, f"lost its port to another program {TRIES} times in a row;", "start again."
    )


def _spawn_server(server: LocalServer, home: StoreHome, port: int) -> ProcessRecord:
    log = home.log(server.name)
    if log.exists():
        # What this start says must not be mixed with what an earlier one said.
        log.replace(log.with_suffix(".log.old"))
    pid = processes.spawn_process(server.command(port))
    record = ProcessRecord(pid, processes.created_at(pid), port, server.mark)
    record.save(home.record(server.name))
    return record


def _wait_for_answer(server: LocalServer, home: StoreHome, record: ProcessRecord) -> bool:
    """Wait until the store answers; false when it ends before it does."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if record.process() is None:
            return False
        if _is_listening(record.port) and server.answers(record.port):
            return True
        time.sleep(PAUSE)
    raise LocalServiceError(
        server.name,
        f"runs (process {record.pid}) but has not answered for {START_S:.0f} seconds;",
        f"read {home.log(server.name)}, then run `battwheels local stop` and start again.",
    )


def _is_listening(port: int) -> bool:
    try:
        with socket.create_connection((tcp_ports.LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False


def _ended_error(server: LocalServer, home: StoreHome) -> LocalServiceError:
    home.record(server.name).unlink(missing_ok=True)
    log = home.log(server.name)
    said = log.read_text(errors="replace") if log.exists() else ""
    if NO_SPACE in said:
        return LocalServiceError(
            server.name,
            "the disk is full;",
            f"free some space under {home.root} and start again: what is there is kept.",
        )
    return LocalServiceError(
        server.name,
        f"ended while starting ({_failure_reason(said)});",
        f"see {log} and start again.",
    )


def _failure_reason(said: str) -> str:
    """The last line that speaks of a failure, else the last line."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if any(sign in line for sign in SIGNS_OF_FAILURE)]
    return (telling or lines or ["it said nothing"])[-1]
