"""A queue that takes longer than a call may: what was not begun is to be sent again."""

from datetime import datetime, timedelta

from domain.access import Role
from tests.journeys.queue_records import SYNC, record
from tests.resolvers.fakes import World
from tests.web.clients import actor, ask


class Slow(World):
    """A world in which every look at the clock takes a second."""

    def now(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


async def test_what_a_call_has_no_time_for_is_deferred() -> None:
    world = Slow()
    operations = [
        record("report_failure", {"report": {"text": f"Hums {n}"}}, timestamp=f"{n}.0.phone")
        for n in range(9)
    ]
    body = await ask(world, SYNC, {"operations": operations}, actor(Role.TECHNICIAN))
    answers = body["data"]["syncOperations"]["answers"]
    done = [a["state"] for a in answers].count("APPLIED")
    assert 0 < done < len(operations)
    assert [a["state"] for a in answers] == ["APPLIED"] * done + ["DEFERRED"] * (9 - done)
    assert len(world.tickets.held) == done
