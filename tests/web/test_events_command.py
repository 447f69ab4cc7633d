"""`battwheels events` as another process, on a log and dead letters of real records."""

import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from domain.errors import InvalidInput
from domain.events import EventType
from records.change_log import ChangeLog
from records.database import Connection, Records
from records.dead_letters import DeadLetters
from records.inbox import InboxStore, RetryPolicy
from sync import asyncapi
from sync.envelope import event_envelope
from tests import commands
from tests.records.samples import event
from web.local.stores import StoreUrls


@pytest.fixture
def place(records: Records, stores: StoreUrls, tmp_path: Path) -> dict[str, str]:
    del records
    return commands.place(stores, tmp_path) | {"COLUMNS": "200"}


def called(place: dict[str, str], *words: str) -> tuple[int, str, str]:
    return commands.called("events", *words, **place)


async def given_up(records: Records, *numbers: int) -> None:
    """Log events and have a listener give these up."""
    numbered = await ChangeLog(records).append([event(n) for n in range(1, 5)])
    inbox = InboxStore(records, "noting", EventType, RetryPolicy(limit=1))

    async def never(connection: Connection) -> None:
        del connection
        raise InvalidInput("event", "is indigestible")

    for n in numbers:
        entry = (numbered[n - 1], event(n))
        with pytest.raises(InvalidInput):
            await inbox.handle_once(entry, never)
        assert await inbox.record_failure(entry, "event: is indigestible", 1.0, counts=True)


async def test_the_log_is_shown_from_a_number_on(records: Records, place: dict[str, str]) -> None:
    await ChangeLog(records).append([event(n) for n in range(1, 6)])
    code, said, _ = called(place, "log", "--after", "2", "--limit", "2", "--json")
    lines = [orjson.loads(line) for line in said.splitlines()]
    assert code == 0
    assert lines == [{"seq": n} | event_envelope(event(n)) for n in (3, 4)]
    code, shown, _ = called(place, "log", "--after", "4")
    head, line = shown.splitlines()
    assert (code, head.split()) == (0, ["number", "type", "entity", "version", "garage", "at"])
    assert line.split() == [
        "5",
        "failure_card.created",
        "fc_00005",
        "1",
        "garage_pune",
        "2026-11-23T09:30:05+00:00",
    ]


def test_an_empty_log_says_so(place: dict[str, str]) -> None:
    assert called(place, "log")[:2] == (0, "Nothing.\n")
    assert called(place, "dead")[:2] == (0, "Nothing.\n")


async def test_dead_letters_are_listed_and_shown(records: Records, place: dict[str, str]) -> None:
    await given_up(records, 2, 3)
    code, said, _ = called(place, "dead", "--json")
    letters = [orjson.loads(line) for line in said.splitlines()]
    assert code == 0
    assert {(one["consumer"], one["seq"], one["tries"], one["error"]) for one in letters} == {
        ("noting", n, 1, "event: is indigestible") for n in (2, 3)
    }
    code, whole, _ = called(place, "dead", event(2).id)
    assert (code, orjson.loads(whole)["event"]) == (0, event_envelope(event(2)))
    code, listed, _ = called(place, "dead")
    assert code == 0
    assert {line.split()[0] for line in listed.splitlines()[1:]} == {event(2).id, event(3).id}


async def test_letters_are_replayed_one_or_all(records: Records, place: dict[str, str]) -> None:
    await given_up(records, 1, 2, 3)
    assert called(place, "replay", event(1).id)[:2] == (0, "1 to be tried again.\n")
    assert {one.event.id for one in await DeadLetters(records).page(9)} == {
        "event-00002",
        "event-00003",
    }
    assert called(place, "replay", "--all")[:2] == (0, "2 to be tried again.\n")
    assert await DeadLetters(records).page(9) == []
    due = await InboxStore(records, "noting", EventType, RetryPolicy()).waiting_entries(60.0, 9)
    assert [one.id for _, one in due] == [event(n).id for n in (1, 2, 3)]


async def test_what_is_not_there_is_refused(records: Records, place: dict[str, str]) -> None:
    await given_up(records, 1)
    for asked, said in (
        (
            ("dead", "nothing"),
            "There is no dead letter 'nothing' that you may see. Check the id.\n",
        ),
        (
            ("replay", "nothing"),
            "There is no dead letter 'nothing' that you may see. Check the id.\n",
        ),
        (("replay",), "event: name one event, or say --all\n"),
        (("replay", "event-00001", "--all"), "event: name one event, or say --all\n"),
    ):
        assert called(place, *asked) == (1, "", said)
    assert len(await DeadLetters(records).page(9)) == 1


def test_the_schema_is_the_committed_one(place: dict[str, str]) -> None:
    assert called(place, "schema")[:2] == (0, asyncapi.PRINTED.read_text(encoding="utf-8"))


async def test_the_tail_follows_what_comes(records: Records, place: dict[str, str]) -> None:
    await ChangeLog(records).append([event(1), event(2)])
    with subprocess.Popen(  # noqa: S603, ASYNC220 - our own code, and nothing else runs here
        [sys.executable, "-c", commands.RUN, "events", "tail", "--after", "1"],
        env=os.environ | place,
        stdout=subprocess.PIPE,
        text=True,
    ) as tail:
        assert tail.stdout is not None
        first = orjson.loads(tail.stdout.readline())
        await ChangeLog(records).append([event(3)])
        second = orjson.loads(tail.stdout.readline())
        tail.terminate()
    assert [first["seq"], second["seq"]] == [2, 3]
