"""Photos and logs on reports, tries and cards: seen with what names them, gone with it."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from domain.access import Role
from domain.events import Event, EventType
from domain.ids import EventId, FileId
from ingest import knowledge
from ingest.imports import import_batch
from records.database import Connection
from tests.files.samples import digest, photo
from tests.journeys.conftest import Somebody
from tests.journeys.people import CREATE, DELHI, PUNE, REPORT, Person, content
from tests.journeys.planted_files import announced, kept_file
from tests.journeys.queue_records import record, sync
from tests.journeys.stored_counts import stored_counts
from tests.journeys.test_customers import ERASE, VEHICLE, kept
from tests.journeys.test_files import fetched
from tests.journeys.test_files import kept as kept_as
from tests.journeys.test_repairs import ATTEMPT, START
from web.server import ticket_handler
from web.wiring import Runtime

pytestmark = pytest.mark.journey
TICKET = """query ($id: ID!) { ticket(id: $id) { version files { key kind sha256 url smallUrl }
  attempts { files { key url } } } }"""
CARD = """query ($id: ID!) { card(id: $id) {
  evidence { photos { key sha256 file { key url } } sensorLogs { file { key } } } } }"""
SYMPTOMS = """query ($id: ID!) { ticket(id: $id) { symptoms { code } files { batteryLog {
  rows badRows cells spreadV worstCell lowestCellV hottestC chargeStart chargeEnd
  readings { name value } } } } }"""
MATCH = """query ($report: ReportInput!) { match(report: $report) { __typename
  ... on Matches { matches { card { key } reasons { kind subject } } }
  ... on Refusal { message } } }"""
LOG = b"time,volts\n0,3.71\n"


@pytest.fixture
def asha(somebody: Somebody) -> Person:
    return somebody(Role.TECHNICIAN, PUNE, name="asha")


async def report(person: Person, *files: str, **said: object) -> dict[str, Any]:
    wanted = {"text": "The pack is warm", "files": list(files), **said}
    return await person.ask(REPORT, op=str(uuid4()), report=wanted)


async def files_of(person: Person, ticket: str) -> list[str] | None:
    found = await person.ask(TICKET, id=ticket)
    return None if found is None else [one["key"] for one in found["files"]]


@pytest.mark.row("PI-1", "CA-13")
async def test_a_report_and_a_try_show_their_files(
    house: Runtime, asha: Person, somebody: Somebody
) -> None:
    seen = await kept_as(asha, photo(), "JPEG")
    log, tried = [await kept_file(house, asha, LOG + n) for n in (b"1", b"2")]
    ticket = (await report(asha, seen["key"], log, log))["ticket"]["key"]
    await asha.ask(START, op=str(uuid4()), id=ticket, n=1)
    said = {"worked": False, "files": [tried]}
    await asha.ask(ATTEMPT, op=str(uuid4()), id=ticket, n=2, attempt=said)
    found = await asha.ask(TICKET, id=ticket)
    assert [(one["key"], one["kind"]) for one in found["files"]] == [
        (seen["key"], "PHOTO"),
        (log, "LOG"),
    ]
    assert [one["key"] for one in found["attempts"][0]["files"]] == [tried]
    shown = await fetched(asha, found["files"][0]["url"])
    assert digest(shown.content) == found["files"][0]["sha256"]
    assert (await fetched(asha, found["attempts"][0]["files"][0]["url"])).content == LOG + b"2"
    others = [somebody(Role.TECHNICIAN, PUNE, name="ravi"), somebody(Role.MANAGER, DELHI)]
    assert [await files_of(other, ticket) for other in others] == [None, None]
    assert await files_of(somebody(Role.MANAGER, PUNE), ticket) == [seen["key"], log]


@pytest.mark.row("PI-1")
async def test_what_is_not_yours_is_not_named(
    house: Runtime, asha: Person, somebody: Somebody
) -> None:
    ravi = somebody(Role.TECHNICIAN, PUNE, name="ravi")
    theirs, coming = await kept_file(house, ravi, LOG), await announced(asha, LOG)
    used = await kept_file(house, asha, LOG + b"3")
    await report(asha, used)
    good = await kept_file(house, asha, LOG + b"good")
    before = await stored_counts(house)
    for named in (theirs, coming, used, FileId(f"fil_{'0' * 32}")):
        refused = await report(asha, good, named)
        assert refused["__typename"] == "InvalidInput"
        assert refused["message"].startswith(f"report.files: {named} is no file that you have sent")
    assert await stored_counts(house) == before
    assert (await house.files.keeper.files.get(good)).ticket is None
    eleven = await report(asha, *[f"fil_{n:032x}" for n in range(11)])
    assert (eleven["__typename"], eleven["message"].split(":")[0]) == (
        "InvalidInput",
        "report.files",
    )


@pytest.mark.row("PI-1", "OF-1")
async def test_a_report_of_a_queue_names_its_files(house: Runtime, asha: Person) -> None:
    named = await kept_file(house, asha, LOG + b"4")
    said = record("reportFailure", {"report": {"text": "No signal here", "files": [named]}})
    [answer] = await sync(asha, said)
    assert answer["state"] == "APPLIED"
    assert await files_of(asha, answer["key"]) == [named]
    [again] = await sync(asha, said)
    assert (again["state"], again["key"]) == ("REPEATED", answer["key"])


@pytest.mark.row("CA-13")
async def test_a_card_shows_what_was_photographed(
    house: Runtime, asha: Person, somebody: Somebody
) -> None:
    seen = await kept_as(asha, photo(50, 50), "JPEG")
    named = {"key": seen["key"], "sha256": seen["sha256"]}
    said = content("A pack that swells") | {"evidence": {"photos": [named]}}
    made = await asha.ask(CREATE, op=str(uuid4()), card=said)
    [shown] = (await asha.ask(CARD, id=made["card"]["key"]))["evidence"]["photos"]
    assert (shown["key"], shown["sha256"], shown["file"]["key"]) == (*named.values(), seen["key"])
    assert digest((await fetched(asha, shown["file"]["url"])).content) == seen["sha256"]
    held = await house.graph.read(
        "MATCH (e:Evidence {key: $key}) RETURN properties(e) AS e", key=seen["key"]
    )
    assert [row["e"] for row in held] == [named | {"kind": "photo"}]
    before = await stored_counts(house)
    lies = [named | {"sha256": "0" * 64}, {"key": f"fil_{'0' * 32}", "sha256": "0" * 64}]
    for lie in lies:
        wrong = content("A pack that swells") | {"evidence": {"photos": [lie]}}
        refused = await asha.ask(CREATE, op=str(uuid4()), card=wrong)
        assert refused["__typename"] == "InvalidInput"
    stranger = somebody(Role.MANAGER, DELHI)
    theirs = content("Ours by the look of it") | {"evidence": {"photos": [named]}}
    assert (await stranger.ask(CREATE, op=str(uuid4()), card=theirs))[
        "__typename"
    ] == "InvalidInput"
    assert await stored_counts(house) == before


async def test_files_go_with_their_ticket(house: Runtime, asha: Person) -> None:
    named, other = [await kept_file(house, asha, LOG + n) for n in (b"5", b"6")]
    ticket = (await report(asha, named))["ticket"]["key"]
    await report(asha, other)
    [link] = [one["url"] for one in (await asha.ask(TICKET, id=ticket))["files"]]
    event = Event(
        id=EventId(str(uuid4())),
        type=EventType.TICKET_DELETED,
        entity=ticket,
        version=2,
        at=house.now(),
        actor="boss",
        garage=PUNE,
    )
    async with house.records.transaction() as connection:
        await ticket_handler(_nothing)(event, connection)
    assert (await fetched(asha, link)).status_code == 404
    assert await files_of(asha, ticket) == []
    rows = await house.records.rows(
        "select id, state, key is null as noise from stored_file where id = any(%(ids)s)",
        ids=[named, other],
    )
    assert {row["id"]: (row["state"], row["noise"]) for row in rows} == {
        named: ("removed", True),
        other: ("stored", False),
    }


async def test_files_go_with_whose_vehicle_they_show(
    house: Runtime, asha: Person, somebody: Somebody
) -> None:
    boss = somebody()
    customer = await kept(boss, "Whose scooter it is")
    said = {"make": "Ather", "model": "450X", "owner": customer}
    vehicle = (await boss.ask(VEHICLE, op=str(uuid4()), vehicle=said))["vehicle"]["key"]
    named = await kept_file(house, asha, LOG + b"7")
    ticket = (await report(asha, named, vehicleId=vehicle))["ticket"]["key"]
    gone = await boss.ask(ERASE, op=str(uuid4()), customer=customer)
    assert {"kind": "FILE", "count": 1} in gone["erased"]
    assert await files_of(asha, ticket) == []


async def _nothing(event: Event, connection: Connection) -> None:
    del event, connection


def battery_log(weakest: float) -> bytes:
    """Give a log of four cells, one of which falls to this voltage under load."""
    rows = [f"{n},3.71,3.70,{3.70 if n < 30 else weakest},3.71,31,{80 - n}" for n in range(60)]
    return "\n".join(["time,cell 1,cell 2,cell 3,cell 4,temp,soc", *rows, "torn,row"]).encode()


@pytest.mark.row("CA-14")
async def test_what_a_log_measured_is_read_with_the_report(house: Runtime, asha: Person) -> None:
    spread = "SYM_BMS_002"
    known = knowledge.read_knowledge()
    tells = [one for one in known.cards if one.id == "fc_ather_450x_cell_imbalance"]
    apart = [one for one in known.symptoms if one.code in tells[0].signature.symptoms]
    await import_batch(replace(known, cards=tuple(tells), symptoms=tuple(apart)), house)
    await house.reader.refresh(house.vocabulary)
    weak = await kept_file(house, asha, battery_log(3.2))
    good = await kept_file(house, asha, battery_log(3.695))
    said = "Range is poor, cell voltage difference 250 mV"
    tickets = [
        (await report(asha, *files, text=said))["ticket"]["key"] for files in ([], [weak], [good])
    ]
    seen = [
        {one["code"] for one in (await asha.ask(SYMPTOMS, id=each))["symptoms"]} for each in tickets
    ]
    assert [spread in codes for codes in seen] == [True, True, False]
    told = await asha.ask(SYMPTOMS, id=tickets[1])
    assert told["files"] == [
        {
            "batteryLog": {
                "rows": 60,
                "badRows": 1,
                "cells": 4,
                "spreadV": 0.51,
                "worstCell": 3,
                "lowestCellV": 3.2,
                "hottestC": 31.0,
                "chargeStart": 80.0,
                "chargeEnd": 21.0,
                "readings": [
                    {"name": "cell_voltage_variance", "value": 0.51},
                    {"name": "lowest_cell_voltage", "value": 3.2},
                    {"name": "highest_cell_voltage", "value": 3.71},
                    {"name": "battery_temperature", "value": 31.0},
                    {"name": "state_of_charge", "value": 21.0},
                ],
            }
        }
    ]
    # By the log alone, whatever the words say, and by its figure.
    ather = {"make": "Ather", "model": "450X", "year": 2023}
    plain = {"text": "It goes less far than it did", "vehicle": ather, "files": [weak]}
    found = await asha.ask(MATCH, report=plain)
    best = found["matches"][0]
    assert best["card"]["key"] == tells[0].id
    assert spread in {one["subject"] for one in best["reasons"] if one["kind"] == "SYMPTOM"}
    theirs = await asha.ask(MATCH, report=plain | {"files": [f"fil_{'0' * 32}"]})
    assert theirs["__typename"] == "InvalidInput"
