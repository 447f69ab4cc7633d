"""Alarms over the real chain: the sixth, the eleventh, at night; raised and told once."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from importlib import resources

import pytest

from billing.messages.messengers import MessageState, OutgoingMessage
from domain.alarms import Alarm, AlarmKind
from domain.deeds import Deed, DeedResult, DeedType
from domain.errors import Unavailable
from records.alarms import AlarmStore
from records.audit_chain import DeedChain
from records.database import Records
from tests.records.test_audit_trail import VAULT, deed, write
from web.alarms import AlarmWatch
from web.metrics import Metrics

CONTACT = "security@garage.example"
NIGHT = datetime(2026, 11, 30, 15, 30, tzinfo=UTC)
TOTAL = "battwheels_alarms_total"
MIGRATION = resources.files("records") / "migrations/126_alarm_position_within_the_chain.sql"


class Post:
    """Takes letters; the first `silent` times it does not answer."""

    def __init__(self, silent: int = 0) -> None:
        self.silent = silent
        self.letters: list[OutgoingMessage] = []

    async def send(self, letter: OutgoingMessage) -> MessageState:
        if self.silent:
            self.silent -= 1
            raise Unavailable("mail", "silent")
        self.letters.append(letter)
        return MessageState.SENT


def watch(records: Records, post: Post, contact: str | None = CONTACT) -> AlarmWatch:
    return AlarmWatch(store=AlarmStore(records), messenger=post, contact=contact)


async def sealed(records: Records, deeds: Sequence[Deed]) -> None:
    await write(records, *deeds)
    await DeedChain(records, VAULT.sign).seal()


def sign_ins(count: int, first: int = 0) -> list[Deed]:
    kind, refused = DeedType.USER_LOGIN, DeedResult.REFUSED
    return [deed(first + n, event_type=kind, result=refused) for n in range(count)]


async def raised_after(records: Records, position: int) -> list[Alarm]:
    """Give what is raised by whoever looked at all links up to a position."""
    async with records.transaction() as connection:
        await connection.execute("insert into alarm_position (n) values (%(n)s)", {"n": position})
    return await AlarmStore(records).look() or []


@pytest.mark.row("AD-17", "AD-20")
async def test_the_sixth_failed_sign_in_is_told_once(
    records: Records, caplog: pytest.LogCaptureFixture
) -> None:
    post, metrics = Post(), Metrics()
    others = [
        deed(50, event_type=DeedType.USER_LOGIN),
        deed(51, event_type=DeedType.USER_LOGIN, result=DeedResult.REFUSED, user_id="bala"),
    ]
    await sealed(records, [*sign_ins(5), *others])
    alarms = watch(records, post)
    await alarms.raise_alarms(metrics)
    await alarms.tell()
    assert post.letters == []
    await sealed(records, sign_ins(3, first=5))
    for _ in range(2):
        for one in (alarms, watch(records, post)):
            await one.raise_alarms(metrics)
            await one.tell()
    [letter] = post.letters
    assert (letter.to, letter.id) == (CONTACT, "failed_sign_ins_deed_00005")
    assert letter.subject == "Alarm: 6 sign-ins of asha failed within 15 minutes."
    assert [one.message for one in caplog.records if one.name == "battwheels.alarms"] == ["alarm"]
    assert metrics.registry.get_sample_value(TOTAL, {"kind": "failed_sign_ins"}) == 1


async def test_a_look_before_the_first_link_passes_over_none(records: Records) -> None:
    """On the first day nothing is linked: whoever looks then waits, and hears of what comes."""
    store = AlarmStore(records)
    assert await store.look() is None
    await sealed(records, sign_ins(6))
    [alarm] = await store.look() or []
    assert (alarm.kind, alarm.count) == (AlarmKind.FAILED_SIGN_INS, 6)
    assert await store.look() is None


async def test_a_position_past_the_chain_is_taken_back(records: Records) -> None:
    """What a service looked past on its first day, before it was mended, it looks at again."""
    await sealed(records, sign_ins(6))
    assert await raised_after(records, 248_782_000) == []
    async with records.transaction() as connection:
        await connection.execute(MIGRATION.read_bytes())
    assert [one.kind for one in await AlarmStore(records).look() or []] == [
        AlarmKind.FAILED_SIGN_INS
    ]


@pytest.mark.row("AD-17", "AD-20")
async def test_looking_again_from_the_start_raises_nothing_new(records: Records) -> None:
    post, metrics = Post(), Metrics()
    await sealed(records, sign_ins(20))
    await watch(records, post).raise_alarms(metrics)
    async with records.transaction() as connection:
        await connection.execute("update alarm_position set n = 0")
    await watch(records, post).raise_alarms(metrics)
    await watch(records, post).tell()
    assert len(post.letters) == 1


async def test_a_deed_that_is_linked_late_counts_for_those_after_it(records: Records) -> None:
    """Two processes write what was refused; the fifth try of six may be linked as the last."""
    post, tries = Post(), sign_ins(6)
    await sealed(records, [*tries[:4], tries[5]])
    await watch(records, post).raise_alarms(Metrics())
    await sealed(records, [tries[4]])
    await watch(records, post).raise_alarms(Metrics())
    await watch(records, post).tell()
    assert [one.subject for one in post.letters] == [
        "Alarm: 6 sign-ins of asha failed within 15 minutes."
    ]


@pytest.mark.row("AD-18")
async def test_the_eleventh_export_within_an_hour_is_told(records: Records) -> None:
    post = Post()
    start = deed(0).timestamp
    ten = [
        deed(n, event_type=DeedType.REPORT_EXPORT, timestamp=start + timedelta(minutes=6 * n))
        for n in range(10)
    ]
    # An hour after the first one, which counts no more.
    later = [
        deed(n, event_type=DeedType.REPORT_EXPORT, timestamp=start + timedelta(minutes=n))
        for n in (60, 61)
    ]
    await sealed(records, [*ten, later[0]])
    await watch(records, post).raise_alarms(Metrics())
    await watch(records, post).tell()
    assert post.letters == []
    await sealed(records, later[1:])
    await watch(records, post).raise_alarms(Metrics())
    await watch(records, post).tell()
    assert [one.subject for one in post.letters] == [
        "Alarm: asha exported 11 reports within an hour."
    ]


@pytest.mark.row("AD-19", "AD-20")
async def test_a_clear_read_at_night_waits_for_a_silent_mail_server(records: Records) -> None:
    post = Post(silent=1)
    await sealed(records, [deed(1, event_type=DeedType.EMPLOYEE_PII_ACCESS, timestamp=NIGHT)])
    alarms = watch(records, post)
    await alarms.raise_alarms(Metrics())
    await alarms.tell()
    assert post.letters == []
    await alarms.tell()
    await alarms.tell()
    [letter] = post.letters
    assert "21:00 IST" in letter.body
    told = await records.rows("select state from alarm_told")
    assert told == [{"state": "sent"}]


@pytest.mark.row("AD-20")
async def test_without_a_contact_alarms_are_kept(records: Records) -> None:
    post = Post()
    await sealed(records, sign_ins(6))
    alarms = watch(records, post, contact=None)
    await alarms.raise_alarms(Metrics())
    await alarms.tell()
    assert post.letters == []
    assert await records.rows("select state from alarm_told") == [{"state": "kept"}]
