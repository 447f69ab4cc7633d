"""A garage's own client: a repair from report to close, kept in SQLite and handed in later."""

from pathlib import Path
from typing import Any

import pytest

from domain.access import Role
from tests.journeys.conftest import Somebody
from tests.journeys.people import PUNE
from tests.journeys.queueing import told
from web.cli import garage
from web.garage.client import Remote, drain, sync
from web.garage.replica import Replica
from web.wiring import Opened

pytestmark = pytest.mark.journey


def answered(file: Path) -> list[dict[str, Any]]:
    return [*Replica.open(file).answers("APPLIED"), *Replica.open(file).answers("REPEATED")]


def quiet(taken: int, all_of_them: int) -> None:
    del taken, all_of_them


async def test_a_repair_done_offline_is_handed_in_and_comes_back(
    house: Opened, somebody: Somebody, tmp_path: Path
) -> None:
    file, technician = tmp_path / "garage.db", somebody(Role.TECHNICIAN, name="offline_1")
    garage.init(PUNE, technician.token, file=file)
    remote = Remote(technician.client, technician.token)
    garage.report("Horn is silent and the lamp is dim", file=file)
    await sync(Replica.open(file), remote, quiet)
    [opened] = answered(file)
    ticket = opened["key"]
    garage.start(ticket, file=file)
    garage.attempt(ticket, notes="Cleaned the plug", file=file)
    garage.resolve(ticket, 20, notes="New fuse", file=file)
    garage.close(ticket, 5, file=file)
    await told(house)
    await sync(Replica.open(file), remote, quiet)
    await told(house)
    await sync(Replica.open(file), remote, quiet)
    replica = Replica.open(file)
    assert (replica.standing().waiting, replica.standing().conflicts) == (0, 0)
    assert replica.answers("REFUSED") == []
    assert [a["key"] for a in answered(file)] == [ticket] * 5
    [kept] = replica.documents("ticket", "horn is silent")
    assert (kept["key"], kept["status"]) == (ticket, "CLOSED")


async def test_a_client_cut_off_before_its_answer_loses_nothing_and_does_nothing_twice(
    house: Opened, somebody: Somebody, tmp_path: Path
) -> None:
    file, technician = tmp_path / "garage.db", somebody(Role.TECHNICIAN, name="offline_2")
    garage.init(PUNE, technician.token, file=file)
    remote = Remote(technician.client, technician.token)
    for n in range(3):
        garage.report(f"Mirror rattles {n}", file=file)
    before = Replica.open(file)
    queue = before.waiting(9)
    before.close()
    await drain(Replica.open(file), remote)
    again = Replica.open(file)
    for record in queue:
        again.enqueue(record, 0)
    again.close()
    assert await drain(Replica.open(file), remote) == 3
    assert [a["state"] for a in answered(file)] == ["REPEATED"] * 3
    [row] = await house.graph.read(
        "MATCH (t:Ticket) WHERE t.text STARTS WITH 'Mirror rattles' RETURN count(t) AS n"
    )
    assert row["n"] == 3
