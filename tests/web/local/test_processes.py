"""A process is found again only when it is the very one."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from web.local import processes
from web.local.processes import ProcessCommand, ProcessRecord

# Says what it was started with, then stays.
SLEEPER = (
    "import sys, time, os; print(os.getsid(0), sorted(os.environ), flush=True); time.sleep(60)"
)

DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(60)
"""


@pytest.fixture
def record(tmp_path: Path) -> Generator[ProcessRecord]:
    mark = str(tmp_path / "mark")
    command = ProcessCommand(
        (sys.executable, "-I", "-c", SLEEPER, mark), mark, {"ONLY": "this"}, tmp_path / "log"
    )
    pid = processes.spawn_process(command)
    # Until it speaks it may still carry the arguments of the process that it came from.
    while not command.log.read_text().endswith("\n"):
        time.sleep(0.01)
    yield ProcessRecord(pid, processes.created_at(pid), 1, mark)
    processes.end_process(psutil.Process(pid), signal.SIGKILL, 5) if psutil.pid_exists(
        pid
    ) else None


def test_spawned_process_has_own_session(record: ProcessRecord, tmp_path: Path) -> None:
    log = tmp_path / "log"

    assert log.read_text().startswith(f"{record.pid} ['")
    assert "'ONLY'" in log.read_text()
    assert "'HOME'" not in log.read_text()


def test_record_survives_its_file(record: ProcessRecord, tmp_path: Path) -> None:
    record.save(tmp_path / "record.json")

    assert ProcessRecord.load(tmp_path / "record.json") == record
    assert record.process() == psutil.Process(record.pid)


def test_reused_id_is_another_process(record: ProcessRecord) -> None:
    other = replace(record, created=record.created - 60, mark="never")

    assert other.process() is None


def test_corrected_clock_changes_nothing(record: ProcessRecord) -> None:
    moved = replace(record, created=record.created - 3600)

    assert moved.process() == psutil.Process(record.pid)


def test_ended_process_is_gone(record: ProcessRecord) -> None:
    os.kill(record.pid, signal.SIGKILL)

    # Until it is waited for it stays as a zombie of this process, which must not count as alive.
    # A process that never goes meets the limit of the whole test.
    while record.process() is not None:
        time.sleep(0.01)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', '"words"'])
def test_spoilt_record_counts_as_none(text: str, tmp_path: Path) -> None:
    (tmp_path / "record.json").write_text(text)

    assert ProcessRecord.load(tmp_path / "record.json") is None
    assert ProcessRecord.load(tmp_path / "missing.json") is None


def test_marked_processes_are_found(record: ProcessRecord) -> None:
    assert processes.marked_processes(record.mark) == [psutil.Process(record.pid)]
    assert processes.marked_processes(record.mark + "x") == []


def test_deaf_process_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", DEAF]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:  # noqa: S603 - ours
        assert child.stdout is not None
        child.stdout.readline()

        processes.end_process(psutil.Process(child.pid), signal.SIGTERM, 0.3)

        assert not psutil.pid_exists(child.pid)
