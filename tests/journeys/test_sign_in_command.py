"""`battwheels sign-in`: whoever works at a machine asks from there as themselves."""

import asyncio
import json
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from pyotp.totp import TOTP

from domain.errors import NotFound
from tests.commands import called
from tests.journeys.people import PUNE, Person
from tests.journeys.sign_in_door import (
    CONFIRM_FACTOR,
    ENROL_FACTOR,
    PASSWORD,
    SESSIONS,
    Door,
    invited,
)
from tests.web.live_server import served
from web.server import build_application
from web.wiring import Runtime

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
async def url(house: Runtime) -> AsyncGenerator[str]:
    async with served(build_application(house)) as place:
        yield f"http://{place}"


async def run(*words: str, typed: str = "") -> tuple[int, str, str]:
    """Run a command beside the service that it asks."""
    return await asyncio.to_thread(partial(called, *words, typed=typed))


async def test_a_session_is_kept_used_and_ended(
    url: str, entry: Door, root: Person, tmp_path: Path
) -> None:
    email, came = await invited(root, entry)
    place, kept = ("--home", str(tmp_path)), tmp_path / "sign-in.json"
    wanted = ("sign-in", "--url", url, "--email", email, *place)
    wrong = await run(*wanted, typed="wrong words at the door\n")
    assert (wrong[0], kept.exists(), "the password is wrong" in wrong[2]) == (1, False, True)
    done = await run(*wanted, typed=f"{PASSWORD}\n")
    assert done == (0, f"{email} is signed in as technician, kept in {kept}.\n", "")
    assert (kept.stat().st_mode & 0o777, json.loads(kept.read_text())["url"]) == (0o600, url)
    # A garage that works offline asks as whoever signed in.
    file = ("--file", str(tmp_path / "garage.db"))
    made = await run("garage", "init", "--garage", PUNE, "--url", url, *file, *place)
    first = kept.read_text()
    synced = await run("garage", "sync", *file)
    assert (made[0], synced[0], "0 waiting" in synced[1]) == (0, 0, True), synced
    assert kept.read_text() != first
    assert len(await entry.person(came).ask(SESSIONS)) == 2
    out = await run("sign-out", *place)
    assert (out, kept.exists()) == ((0, "Signed out.\n", ""), False)
    assert len(await entry.person(came).ask(SESSIONS)) == 1
    again = await run("sign-out", *place)
    assert (again[0], "battwheels sign-in" in again[2]) == (1, True)
    lost = await run("garage", "sync", *file)
    assert (lost[0], "battwheels sign-in" in lost[2]) == (1, True)


async def test_an_answer_that_was_lost_ends_no_session(
    url: str, entry: Door, root: Person, tmp_path: Path
) -> None:
    email, _ = await invited(root, entry)
    place, kept = ("--home", str(tmp_path)), tmp_path / "sign-in.json"
    await run("sign-in", "--url", url, "--email", email, *place, typed=f"{PASSWORD}\n")
    before = kept.read_text()
    file = ("--file", str(tmp_path / "garage.db"))
    await run("garage", "init", "--garage", PUNE, "--url", url, *file, *place)
    assert (await run("garage", "sync", *file))[0] == 0
    # Killed between the service's answer and the file: the token was used by the kept operation.
    kept.write_text(before)
    assert (await run("sign-out", *place))[1] == "Signed out.\n"


async def test_a_code_is_asked_for_where_one_is_owed(
    url: str, entry: Door, root: Person, tmp_path: Path
) -> None:
    email, _ = await invited(root, entry)
    asked = await entry.ask(ENROL_FACTOR, email=email, password=PASSWORD)
    phone, now = TOTP(asked["secret"]), datetime.now(UTC)
    await entry.ask(CONFIRM_FACTOR, challenge=asked["challenge"], code=phone.at(now))
    typed = f"{PASSWORD}\n000000\n{phone.at(now + timedelta(seconds=30))}\n"
    done = await run(
        "sign-in", "--url", url, "--email", email, "--home", str(tmp_path), typed=typed
    )
    assert (done[0], done[1].partition(" is ")[0]) == (0, email), done
    assert "the code is wrong" in done[2]


async def test_a_word_of_the_machine_gives_a_new_password(
    house: Runtime, url: str, entry: Door, root: Person, tmp_path: Path
) -> None:
    email, _ = await invited(root, entry)
    resets, at = house.people.door.resets, datetime.now(UTC)
    word = await resets.issue(email, uuid4(), at)
    with pytest.raises(NotFound):
        await resets.issue("nobody@example.org", uuid4(), at)
    chosen = PASSWORD[::-1]
    typed = f"{word}\n{chosen}\n{chosen}\n"
    place = ("--url", url, "--home", str(tmp_path))
    done = await run("sign-in", "--email", email, "--word", *place, typed=typed)
    assert (done[0], done[1].splitlines()[-1].partition(" is ")[0]) == (0, email), done


@pytest.mark.parametrize("url", ["http://battwheels.example", "ftp://127.0.0.1", "//x", "https://"])
def test_a_password_never_travels_in_the_clear(url: str, tmp_path: Path) -> None:
    done = called(
        *("sign-in", "--url", url, "--email", "asha@example.org", "--home", str(tmp_path)),
        typed=f"{PASSWORD}\n",
    )
    assert (done[0], done[2].partition(":")[0]) == (1, "url")
    assert list(tmp_path.iterdir()) == []
