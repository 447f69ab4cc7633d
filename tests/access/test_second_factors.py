"""A second factor: each code is good once, whoever is to have one is not in without."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from pyotp.totp import TOTP

from access.one_time_codes import STEP_SECONDS, step_of
from access.second_factors import OWED_FOR, SignInChallenge
from access.sign_in import SignedIn
from domain.access import Role
from domain.errors import NotAllowed, NotAuthenticated, TooMany
from domain.ids import GarageId
from domain.people import Duty, parse_garage, parse_name
from domain.sign_in_methods import FAR_REACHING, SignInMethod
from records.database import Records, Row
from tests.access.test_people_records import PASSWORD, admin, deed, request
from web.people import PeopleRuntime
from web.settings import RunMode, SecondFactorRule, Settings

# In the middle of a step, so that a step before and after is what it says.
NOW = datetime.fromtimestamp(1_796_000_010, UTC)
STEP = timedelta(seconds=STEP_SECONDS)
EMAIL = "asha@example.org"


def demanding(people: PeopleRuntime, roles: frozenset[Role] = FAR_REACHING) -> PeopleRuntime:
    """Give the same people where a second factor is demanded, as in production."""
    factors = replace(people.door.factors, demanded_of=roles)
    return replace(people, door=replace(people.door, factors=factors))


async def owed(
    people: PeopleRuntime, at: datetime = NOW, *, enrol: bool = False
) -> SignInChallenge:
    """Say Asha's right password where a code is owed beside it."""
    found = await people.door.sign_in(EMAIL, PASSWORD, request(at), enrol=enrol)
    assert isinstance(found, SignInChallenge)
    return found


async def enrolled(people: PeopleRuntime, at: datetime = NOW) -> tuple[TOTP, Sequence[str]]:
    """Give what Asha has in her hand after she enrolled: a telephone, and codes on paper."""
    asked = await owed(people, at, enrol=True)
    phone = TOTP(asked.secret or "")
    came = await people.door.confirm(asked.word, phone.at(at), request(at))
    return phone, came.recovery_codes


async def kept(records: Records) -> Sequence[Row]:
    """Give what a refusal leaves as it is."""
    return await records.rows(
        "select (select count(*) from session) as sessions, (select count(*) from second_factor) "
        "as factors, (select sum(last_step) from second_factor) as steps, "
        "(select count(*) from recovery_code where used_at is null) as codes, "
        "(select count(*) from deed where result = 'done') as deeds"
    )


@pytest.mark.row("AU-1")
async def test_whoever_is_to_have_one_enrols_to_come_in(
    people: PeopleRuntime, records: Records
) -> None:
    await admin(people, "asha")
    strict = demanding(people)
    asked = await owed(strict)
    phone = TOTP(asked.secret or "")
    assert asked.uri == (
        f"otpauth://totp/Battwheels%20OS:asha%40example.org?secret={asked.secret}"
        "&issuer=Battwheels%20OS"
    )
    before = await kept(records)
    with pytest.raises(NotAuthenticated, match="the code is wrong"):
        await strict.door.confirm(asked.word, "000000", request(NOW))
    assert await kept(records) == before
    wanted = request(NOW)
    came = await strict.door.confirm(asked.word, phone.at(NOW), wanted)
    # The answer was lost: the same request is answered the same, another one is not.
    again = await strict.door.confirm(asked.word, phone.at(NOW), wanted)
    assert (again.session, again.recovery_codes) == (came.session, came.recovery_codes)
    assert len({*came.recovery_codes}) == 10
    with pytest.raises(NotAuthenticated, match="sign in again"):
        await strict.door.confirm(asked.word, phone.at(NOW + STEP), request(NOW))
    fresh = await strict.door.refresh(came.refresh_token, request(NOW))
    assert fresh.session == came.session
    [row] = await records.rows("select secret from second_factor")
    assert (asked.secret or "").encode() not in row["secret"]
    told = await records.rows(
        "select user_id, new_value, result from deed where event_type = 'user.credential_change'"
    )
    assert told == [
        {"user_id": "per_asha", "new_value": '{"second_factor":"enrolled"}', "result": "done"}
    ]


async def test_a_code_is_demanded_of_whoever_has_a_second_factor(people: PeopleRuntime) -> None:
    await admin(people, "asha")
    phone, _ = await enrolled(people)
    asked = await owed(people)
    assert (asked.secret, asked.uri) == (None, None)
    late = NOW + STEP
    came = await people.door.confirm(
        asked.word, f" {phone.at(late)[:3]} {phone.at(late)[3:]}", request(late)
    )
    assert people.callers.verify(came.access_token, late)[0].id == "per_asha"


@pytest.mark.parametrize("steps", [-2, -1, 0, 1, 2, -2880])
def test_a_clock_may_be_one_step_off(steps: int) -> None:
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 - a test's own
    now = int(NOW.timestamp()) // STEP_SECONDS
    code = TOTP(secret).at(NOW + steps * STEP)
    assert step_of(secret, code, NOW) == (now + steps if abs(steps) <= 1 else None)


def test_codes_are_those_of_the_standard() -> None:
    # RFC 6238, appendix B: the secret and its codes of eight digits, the last six of each.
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # noqa: S105 - the standard's
    for seconds, code in ((59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")):
        at = datetime.fromtimestamp(seconds, UTC)
        assert step_of(secret, code, at) == seconds // STEP_SECONDS


async def test_a_code_is_good_once_and_none_before_it(
    people: PeopleRuntime, records: Records
) -> None:
    await admin(people, "asha")
    phone, _ = await enrolled(people)
    before = await kept(records)
    # That of the enrolment was used; that of the step before it is older.
    for code in (phone.at(NOW), phone.at(NOW - STEP)):
        with pytest.raises(NotAuthenticated, match="the code is wrong"):
            await people.door.confirm((await owed(people)).word, code, request(NOW))
    assert await kept(records) == before
    words = [(await owed(people)).word for _ in range(3)]
    asks = [people.door.confirm(word, phone.at(NOW + STEP), request(NOW)) for word in words]
    done = await asyncio.gather(*asks, return_exceptions=True)
    assert Counter(type(one).__name__ for one in done) == {"SignedIn": 1, "NotAuthenticated": 2}


async def test_a_recovery_code_is_good_once(people: PeopleRuntime, records: Records) -> None:
    await admin(people, "asha")
    _, codes = await enrolled(people)
    typed = codes[3].lower().replace("-", " ")
    await people.door.confirm((await owed(people)).word, typed, request(NOW))
    before = await kept(records)
    for code in (codes[3], "AAAA-BBBB-CCCC-DDDD-EEEE-FFFF"):
        with pytest.raises(NotAuthenticated, match="the code is wrong"):
            await people.door.confirm((await owed(people)).word, code, request(NOW))
    assert await kept(records) == before
    wanted = request(NOW)
    asked = await owed(people)
    fresh = [await people.door.renew_codes(asked.word, codes[4], wanted) for _ in range(2)]
    assert fresh[0] == fresh[1]
    assert not {*fresh[0]} & {*codes}
    with pytest.raises(NotAuthenticated):
        await people.door.confirm((await owed(people)).word, codes[5], request(NOW))
    await people.door.confirm((await owed(people)).word, fresh[0][0], request(NOW))


async def test_a_thousand_codes_at_once_are_not_looked_at(
    people: PeopleRuntime, records: Records
) -> None:
    await admin(people, "asha")
    phone, _ = await enrolled(people)
    asked = await owed(people)
    right = phone.at(NOW + STEP)
    wrong = [f"{n:06}" for n in range(1_001) if f"{n:06}" not in {right, phone.at(NOW)}][:1_000]
    before = await kept(records)
    asks = [
        people.door.confirm(asked.word, code, replace(request(NOW), address=f"address:{n}"))
        for n, code in enumerate(wrong)
    ]
    done = await asyncio.gather(*asks, return_exceptions=True)
    assert Counter(type(one).__name__ for one in done) == {"NotAuthenticated": 5, "TooMany": 995}
    assert await kept(records) == before
    with pytest.raises(TooMany):
        await people.door.confirm(asked.word, right, request(NOW))
    # They wait, and are in.
    assert (await people.door.confirm(asked.word, right, request(NOW + STEP))).session


@pytest.mark.parametrize("word", ["", "x" * 43, "x" * 5_000])
async def test_foreign_challenges_are_refused(
    people: PeopleRuntime, records: Records, word: str
) -> None:
    await admin(people, "asha")
    phone, _ = await enrolled(people)
    before = await kept(records)
    for ask in (people.door.confirm, people.door.remove_factor, people.door.renew_codes):
        with pytest.raises(NotAuthenticated, match="sign in again"):
            await ask(word, phone.at(NOW + STEP), request(NOW))
    assert await kept(records) == before


async def test_a_challenge_ends_with_its_time_its_password_and_its_person(
    people: PeopleRuntime, records: Records
) -> None:
    boss, asha = await admin(people, "ravi"), await admin(people, "asha")
    phone, codes = await enrolled(people)
    asked = await owed(people)
    before = await kept(records)
    late = NOW + OWED_FOR
    with pytest.raises(NotAuthenticated, match="sign in again"):
        await people.door.confirm(asked.word, phone.at(late), request(late))
    assert await kept(records) == before
    await people.administration.suspend(asha.id, 1, deed(boss))
    with pytest.raises(NotAuthenticated, match="sign in again"):
        await people.door.confirm(asked.word, codes[0], request(NOW))


async def test_removing_needs_a_code_and_leaves_the_password(
    people: PeopleRuntime, records: Records
) -> None:
    await admin(people, "asha")
    new = await owed(people, enrol=True)
    with pytest.raises(NotAuthenticated):
        # Nothing is removed that is not in use yet.
        await people.door.remove_factor(new.word, TOTP(new.secret or "").at(NOW), request(NOW))
    phone, _ = await enrolled(people)
    with pytest.raises(NotAuthenticated, match="remove it first"):
        await people.door.sign_in(EMAIL, PASSWORD, request(NOW), enrol=True)
    asked, wanted = await owed(people), request(NOW)
    for _ in range(2):
        await people.door.remove_factor(asked.word, phone.at(NOW + STEP), wanted)
    assert await records.rows("select 1 from second_factor") == []
    assert isinstance(await people.door.sign_in(EMAIL, PASSWORD, request(NOW)), SignedIn)
    letters = await records.rows("select occasion from account_letter")
    assert letters == [{"occasion": "second factor changed"}] * 2


async def test_an_administrator_resets_that_of_another(
    people: PeopleRuntime, records: Records
) -> None:
    boss, asha = await admin(people, "ravi"), await admin(people, "asha")
    asked = await owed(people, enrol=True)
    came = await people.door.confirm(asked.word, TOTP(asked.secret or "").at(NOW), request(NOW))
    before = await kept(records)
    with pytest.raises(NotAllowed, match="removeSecondFactor"):
        await people.administration.reset_second_factor(asha.id, deed(asha))
    assert await kept(records) == before
    wanted = deed(boss, id=str(uuid4()))
    for _ in range(2):
        await people.administration.reset_second_factor(asha.id, wanted)
    with pytest.raises(NotAuthenticated, match="sign in again"):
        await people.door.refresh(came.refresh_token, request(NOW))
    assert isinstance(await people.door.sign_in(EMAIL, PASSWORD, request(NOW)), SignedIn)
    told = await records.rows(
        "select user_id, resource_id, new_value from deed where new_value like '%%reset%%'"
    )
    assert told == [
        {
            "user_id": "per_ravi",
            "resource_id": "per_asha",
            "new_value": '{"second_factor":"reset"}',
        }
    ]


async def test_whoever_rises_signs_in_anew(people: PeopleRuntime) -> None:
    boss = await admin(people, "ravi")
    garage = parse_garage(GarageId("garage_pune"), name="P", place="P", hours="Mon 09:00-18:00")
    await people.settings.create_garage(garage, deed(boss))
    strict = demanding(people)
    who, work = (
        parse_name("Meera", "meera@example.org"),
        Duty(role=Role.TECHNICIAN, garage=garage.id),
    )
    word = (await people.administration.invite(who, work, deed(boss))).word
    signed = await strict.door.accept_invitation(word, PASSWORD, request())
    assert isinstance(signed, SignedIn)
    up = Duty(role=Role.ACCOUNTANT, garage=garage.id)
    await strict.administration.change_role(signed.person.id, up, 2, deed(boss))
    with pytest.raises(NotAuthenticated, match="sign in again"):
        await strict.door.refresh(signed.refresh_token, request())
    found = await strict.door.sign_in(who.email, PASSWORD, request())
    assert isinstance(found, SignInChallenge)
    assert found.secret is not None


async def test_another_way_in_is_no_way_past_the_code(
    people: PeopleRuntime, records: Records
) -> None:
    await admin(people, "asha")
    await enrolled(people)
    found = await people.door.store.by_mark(people.door.seal.mark(EMAIL))
    assert found is not None
    before = await kept(records)
    asks = {way: replace(request(NOW), method=way) for way in SignInMethod}
    for way in (SignInMethod.OIDC, SignInMethod.PASSWORD):
        with pytest.raises(NotAuthenticated, match="a second factor is owed"):
            async with records.transaction() as connection:
                await people.door.begin(connection, found[0].person, asks[way])
    assert await kept(records) == before
    async with records.transaction() as connection:
        by_passkey = await people.door.begin(
            connection, found[0].person, asks[SignInMethod.PASSKEY]
        )
    fresh = await demanding(people).door.refresh(by_passkey.refresh_token, request(NOW))
    assert fresh.session == by_passkey.session


@pytest.mark.row("SV-2")
async def test_it_may_be_demanded_of_everybody(people: PeopleRuntime) -> None:
    """A technician is let in by the password alone, and is not where everybody owes a code."""
    boss, place = await admin(people, "root"), GarageId("garage_pune")
    profile = parse_garage(place, name="Pune", place="Pune", hours="Mon-Sat 09:00-18:00")
    await people.settings.create_garage(profile, deed(boss))
    duty = Duty(role=Role.TECHNICIAN, garage=place)
    who = parse_name("Asha", EMAIL)
    invitation = await people.administration.invite(who, duty, deed(boss))
    came = await demanding(people).door.accept_invitation(invitation.word, PASSWORD, request(NOW))
    assert isinstance(came, SignedIn)
    everybody = demanding(
        people, Settings(second_factor=SecondFactorRule.EVERYBODY).second_factor_roles
    )
    owes = await everybody.door.sign_in(EMAIL, PASSWORD, request(NOW))
    assert isinstance(owes, SignInChallenge)
    assert owes.secret is not None
    with pytest.raises(NotAuthenticated, match="sign in again"):
        await everybody.door.refresh(came.refresh_token, request(NOW))


def test_of_whom_it_is_demanded_the_setting_says() -> None:
    said = {rule: Settings(second_factor=rule).second_factor_roles for rule in SecondFactorRule}
    assert said == {
        SecondFactorRule.EVERYBODY: frozenset(Role),
        SecondFactorRule.DEMANDED: frozenset({Role.ADMIN, Role.ACCOUNTANT}),
        SecondFactorRule.OFFERED: frozenset(),
    }
    assert Settings().second_factor_roles == frozenset()
    assert Settings(environment=RunMode.PRODUCTION).second_factor_roles == FAR_REACHING
