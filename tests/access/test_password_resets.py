"""A forgotten password: the door tells nobody anything, and the letter comes at least once."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median
from time import perf_counter

import pytest

from access.password_resets import GOOD_FOR
from billing.messages.mail import MailServer, SmtpMessenger
from domain.errors import InvalidInput, NotAuthenticated, TooMany
from records.database import Records, Row
from tests.access.test_people_records import NOW, PASSWORD, admin, deed, request, signed_in
from tests.billing.messages.smtp_server import Postbox, postbox
from web.people import PeopleRuntime

CHOSEN = "ladder monsoon 42 tyres"
UNKNOWN = "nobody@example.org"
STATES = "select occasion, state from account_letter order by made_at, id"


@pytest.fixture
async def box() -> AsyncGenerator[Postbox]:
    async with postbox() as box:
        yield box


def mailing(people: PeopleRuntime, box: Postbox, now: datetime = NOW) -> PeopleRuntime:
    """Give the same people with a mail server, at another time."""
    server = MailServer.read(f"smtp://127.0.0.1:{box.port}", "URL")
    messenger = SmtpMessenger(server, "os@battwheels.example", patience_s=2)
    letters = replace(people.letters, messenger=messenger, now=lambda: now)
    return replace(
        people, letters=letters, administration=replace(people.administration, mails=True)
    )


def word_in(box: Postbox) -> str:
    """Give the word of the last letter."""
    [word] = [line[4:] for line in _body(box).splitlines() if line.startswith("    ")]
    return word


def _body(box: Postbox) -> str:
    return str(box.taken[-1].get_content())


async def asked(people: PeopleRuntime, box: Postbox, at: datetime = NOW) -> str:
    """Have a word sent to Asha and read it."""
    await people.door.resets.request("asha@example.org", request(at))
    await mailing(people, box, at).letters.send_due()
    return word_in(box)


async def kept(records: Records) -> Sequence[Row]:
    """Give what a refusal leaves as it is."""
    return await records.rows(
        "select hash, (select count(*) from session where ended_at is null) as sessions, "
        "(select count(*) from deed where result = 'done') as deeds from password order by person"
    )


@pytest.mark.row("AU-1")
async def test_a_word_by_mail_gives_a_new_password(
    people: PeopleRuntime, records: Records, box: Postbox
) -> None:
    await admin(people, "asha")
    old = await signed_in(people, "asha@example.org", PASSWORD, request())
    word = await asked(people, box)
    assert (box.taken[0]["To"], box.taken[0]["From"]) == (
        "asha@example.org",
        "Battwheels OS <os@battwheels.example>",
    )
    assert "resetPassword at http://127.0.0.1:8000/v1/graphql/sign-in" in _body(box)
    wanted = request()
    await people.door.resets.reset(word, CHOSEN, wanted)
    # The answer was lost: the same operation is answered the same, another one is not.
    await people.door.resets.reset(word, CHOSEN, wanted)
    before = await kept(records)
    for again, password in ((wanted, PASSWORD), (request(), CHOSEN)):
        with pytest.raises(NotAuthenticated, match="ask for another"):
            await people.door.resets.reset(word, password, again)
    assert await kept(records) == before
    with pytest.raises(NotAuthenticated, match="sign in again"):
        await people.door.refresh(old.refresh_token, request())
    with pytest.raises(NotAuthenticated):
        await people.door.sign_in("asha@example.org", PASSWORD, request())
    assert (await signed_in(people, "asha@example.org", CHOSEN, request())).session
    told = await records.rows(
        "select user_id, new_value from deed where event_type = 'user.credential_change' "
        "and result = 'done'"
    )
    assert told == [{"user_id": "per_asha", "new_value": '{"password":"reset by mail"}'}]
    await mailing(people, box).letters.send_due()
    assert "password was changed" in box.taken[-1]["Subject"]
    assert (word in _body(box), len(box.taken)) == (False, 2)


async def test_nothing_at_the_door_tells_who_is_there(
    people: PeopleRuntime, records: Records, box: Postbox
) -> None:
    boss = await admin(people, "asha")
    away = await admin(people, "ravi")
    await people.administration.suspend(away.id, 1, deed(boss))
    emails = ("asha@example.org", "ravi@example.org", UNKNOWN, "no address at all")
    for email in emails:
        await people.door.resets.request(email, request())
    [resets] = await records.rows("select count(*) as n from password_reset")
    assert resets == {"n": 4}
    await mailing(people, box).letters.send_due()
    assert [mail["To"] for mail in box.taken] == ["asha@example.org"]
    states = Counter(row["state"] for row in await records.rows(STATES))
    assert states == {"sent": 1, "nobody": 3}


async def test_known_and_unknown_take_the_same_time(
    people: PeopleRuntime, records: Records
) -> None:
    await admin(people, "asha")
    took: dict[str, list[float]] = {"asha@example.org": [], UNKNOWN: []}
    for n in range(30):
        for email, seconds in took.items():
            asks = replace(request(NOW + n * timedelta(hours=1)), address=f"address:{n}")
            began = perf_counter()
            await people.door.resets.request(email, asks)
            seconds.append(perf_counter() - began)
    known, unknown = (median(seconds) for seconds in took.values())
    # The same statements, in the same number, on rows of the same size.
    assert 0.5 < known / unknown < 2


@pytest.mark.parametrize(
    ("later", "good"), [(GOOD_FOR - timedelta(seconds=1), True), (GOOD_FOR, False)]
)
async def test_a_word_is_good_for_half_an_hour(
    people: PeopleRuntime, records: Records, box: Postbox, later: timedelta, good: bool
) -> None:
    await admin(people, "asha")
    word = await asked(people, box)
    before = await kept(records)
    if good:
        # A password that is refused leaves the word good.
        with pytest.raises(InvalidInput, match="password"):
            await people.door.resets.reset(word, "asha asha asha asha", request(NOW + later))
        assert await kept(records) == before
        await people.door.resets.reset(word, CHOSEN, request(NOW + later))
    else:
        with pytest.raises(NotAuthenticated, match="ask for another"):
            await people.door.resets.reset(word, CHOSEN, request(NOW + later))
    assert (await kept(records) == before) is not good


async def test_foreign_words_and_those_of_the_suspended_are_refused(
    people: PeopleRuntime, records: Records, box: Postbox
) -> None:
    boss, asha = await admin(people, "ravi"), await admin(people, "asha")
    word, other = await asked(people, box), await asked(people, box, NOW + timedelta(seconds=1))
    await people.administration.suspend(asha.id, 1, deed(boss))
    before = await kept(records)
    for bad in ("", "x" * 43, word[:-1], word + "=", "x" * 5_000, word):
        with pytest.raises(NotAuthenticated, match="ask for another"):
            await people.door.resets.reset(bad, CHOSEN, request())
    assert await kept(records) == before
    await people.administration.restore(asha.id, 2, deed(boss))
    await people.door.resets.reset(other, CHOSEN, request())
    # One that is used takes those beside it along.
    with pytest.raises(NotAuthenticated):
        await people.door.resets.reset(word, PASSWORD, request())


async def test_asking_too_often_has_to_wait_and_shuts_nobody_out(people: PeopleRuntime) -> None:
    await admin(people, "asha")
    asks = [people.door.resets.request("asha@example.org", request()) for _ in range(40)]
    done = await asyncio.gather(*asks, return_exceptions=True)
    told = Counter(type(one).__name__ for one in done)
    assert told == {"NoneType": 5, "TooMany": 35}
    assert (await signed_in(people, "asha@example.org", PASSWORD, request())).session
    with pytest.raises(TooMany):
        await people.door.resets.request(
            "asha@example.org", request(NOW + timedelta(milliseconds=9))
        )


async def test_one_word_is_used_once_by_many_at_a_time(
    people: PeopleRuntime, records: Records, box: Postbox
) -> None:
    await admin(people, "asha")
    word = await asked(people, box)
    asks = [people.door.resets.reset(word, f"{CHOSEN} {n}", request()) for n in range(4)]
    done = await asyncio.gather(*asks, return_exceptions=True)
    told = Counter(type(one).__name__ for one in done)
    assert told == {"NoneType": 1, "NotAuthenticated": 3}
    assert len({row["hash"] for row in await kept(records)}) == 1


async def test_a_silent_mail_server_is_asked_again(
    people: PeopleRuntime, records: Records, box: Postbox
) -> None:
    await admin(people, "asha")
    box.silent = True
    await people.door.resets.request("asha@example.org", request())
    await mailing(people, box).letters.send_due()
    assert await records.rows(STATES) == [{"occasion": "password reset", "state": None}]
    box.silent = False
    # It is taken for a minute by whoever tried; then by the next one.
    await mailing(people, box, NOW + timedelta(seconds=59)).letters.send_due()
    assert box.taken == []
    await mailing(people, box, NOW + timedelta(seconds=60)).letters.send_due()
    assert await records.rows(STATES) == [{"occasion": "password reset", "state": "sent"}]
    await people.door.resets.reset(word_in(box), CHOSEN, request())


async def test_a_letter_that_is_late_is_not_sent(
    people: PeopleRuntime, records: Records, box: Postbox
) -> None:
    await admin(people, "asha")
    await people.door.resets.request("asha@example.org", request())
    await mailing(people, box, NOW + GOOD_FOR).letters.send_due()
    assert box.taken == []
    assert await records.rows(STATES) == [{"occasion": "password reset", "state": "late"}]


async def test_without_a_mail_server_the_door_answers_alike(
    people: PeopleRuntime, records: Records
) -> None:
    await admin(people, "asha")
    await people.door.resets.request("asha@example.org", request())
    await replace(people.letters, now=lambda: NOW).send_due()
    assert await records.rows(STATES) == [{"occasion": "password reset", "state": "kept"}]


async def test_the_same_request_sends_one_letter(
    people: PeopleRuntime, records: Records, box: Postbox
) -> None:
    await admin(people, "asha")
    wanted = request()
    for _ in range(2):
        await people.door.resets.request("asha@example.org", wanted)
    await mailing(people, box).letters.send_due()
    assert len(box.taken) == 1
    assert len(await records.rows(STATES)) == 1
