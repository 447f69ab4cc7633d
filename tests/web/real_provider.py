"""A real identity provider in a process of its own on this machine: `oidc-provider-mock`."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.commands import free_port
from tests.waits import eventually


@dataclass(frozen=True, slots=True)
class RealProvider:
    issuer: str
    client: httpx.AsyncClient

    async def know(self, subject: str, email: str, *, verified: bool = True) -> None:
        """Have it know somebody."""
        said = {"email": email, "email_verified": verified}
        told = await self.client.put(f"/users/{subject}", json=said)
        assert told.status_code == 204, told.text

    async def answer(self, address: str, subject: str) -> dict[str, str]:
        """Let somebody sign in there, who was sent to this address; give what they bring back."""
        told = await self.client.post(address, data={"sub": subject})
        assert told.status_code == 302, told.text
        brought = parse_qs(urlsplit(told.headers["location"]).query)
        return {name: value for name, [value] in brought.items()}


@asynccontextmanager
async def real_provider() -> AsyncGenerator[RealProvider]:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "-p", str(port), "-n"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ},
    )
    issuer = f"http://127.0.0.1:{port}"
    try:
        async with httpx.AsyncClient(base_url=issuer) as client:

            async def answers() -> bool:
                assert process.returncode is None, "the provider ended"
                try:
                    return (await client.get("/.well-known/openid-configuration")).is_success
                except httpx.TransportError:
                    return False

            await eventually(answers)
            yield RealProvider(issuer=issuer, client=client)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
