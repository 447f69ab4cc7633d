"""Signing in by a provider that demands PKCE and checks it: `oidc-provider` from npm."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from records.database import Records
from tests.access.scripted_provider import CLIENT, SECRET
from tests.commands import free_port
from tests.conformance.conftest import find_node
from tests.waits import eventually
from tests.web.test_oidc import HERE, House, is_refused, opened, told_by
from web.paths import OIDC_CALLBACK

pytestmark = pytest.mark.conformance
EMAIL = "asha@example.org"


@pytest.fixture
async def issuer(clients: Path) -> AsyncGenerator[str]:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(find_node(), str(clients / "provider.mjs"), str(port), CLIENT, SECRET),
        *(f"{HERE}{OIDC_CALLBACK}", EMAIL),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    issuer = f"http://127.0.0.1:{port}"

    async def answers() -> bool:
        assert process.returncode is None, "the provider ended"
        try:
            async with httpx.AsyncClient(base_url=issuer) as client:
                return (await client.get("/.well-known/openid-configuration")).is_success
        except httpx.TransportError:
            return False

    try:
        await eventually(answers)
        yield issuer
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.fixture
async def house(opened_records: Records, tmp_path: Path, issuer: str) -> AsyncGenerator[House]:
    async with opened(opened_records, tmp_path, issuer) as house:
        yield house


async def answered(address: str) -> dict[str, str]:
    """Go where a browser is sent, until it is sent back to us; give what it brings."""
    async with httpx.AsyncClient() as browser:
        while address.startswith("http://127.0.0.1") and not address.startswith(HERE):
            told = await browser.get(address)
            address = str(told.url.join(told.headers["location"]))
    assert urlsplit(address).path == OIDC_CALLBACK
    return told_by(address)


@pytest.mark.row("AU-2")
async def test_a_code_is_of_the_browser_that_began(house: House, issuer: str) -> None:
    """Whoever brings another sign-in's code brings the wrong verifier: the provider refuses it."""
    person = await house.invite(EMAIL)
    (theirs, _), (ours, cookie) = await house.start(), await house.start()
    stolen, own = await answered(theirs), await answered(ours)
    before = await house.kept()
    assert is_refused(await house.back({**own, "code": stolen["code"]}, cookie))
    assert await house.kept() == before
    async with httpx.AsyncClient(auth=(CLIENT, SECRET)) as thief:
        form = {"grant_type": "authorization_code", "redirect_uri": f"{HERE}{OIDC_CALLBACK}"}
        guess = form | {"code": own["code"], "code_verifier": "a" * 43}
        told = await thief.post(f"{issuer}/token", data=guess)
    assert (told.status_code, told.json()["error"]) == (400, "invalid_grant")
    again, cookie = await house.start(returnTo="/garage")
    told = await house.back(await answered(again), cookie)
    assert (told.status_code, told.headers["location"]) == (303, "/garage")
    assert await house.state(person) == "active"
