"""The typed client of `docs/building-a-client.md`: generated, checked strictly, and walked."""

import asyncio
import shutil
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import orjson
import pytest
from graphql import build_schema

from domain.access import Role
from schema import sdl
from tests.journeys.billing_garage import STOCK, Shop, furnished, op
from tests.journeys.conftest import Somebody
from tests.journeys.people import PUNE
from tests.schema.selections import documents
from tests.web.live_server import served
from web.asgi import GRAPHQL
from web.npm import run_npm_ci
from web.server import build_application, run_background
from web.wiring import Runtime

pytestmark = pytest.mark.journey
EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "typescript"
FOLDER = EXAMPLE.parent.parent / ".battwheels" / "example-typescript"
SECONDS = 300


@pytest.fixture(scope="module")
async def client() -> Path:
    """The example, installed by its lock, with the types of every verb generated and compiled."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    shutil.copytree(EXAMPLE, FOLDER, dirs_exist_ok=True)
    stamp, lock = FOLDER / "installed.lock", (EXAMPLE / "package-lock.json").read_bytes()
    if not stamp.is_file() or stamp.read_bytes() != lock:
        run_npm_ci(FOLDER)
        stamp.write_bytes(lock)
    text = sdl.PRINTED.read_text(encoding="utf-8")
    (FOLDER / "schema.graphql").write_text(text, encoding="utf-8")
    (FOLDER / "everything.graphql").write_text(everything(text), encoding="utf-8")
    await node("node_modules/@graphql-codegen/cli/cjs/bin.js", "--config", "codegen.json")
    await node("node_modules/typescript/bin/tsc")
    return FOLDER


def everything(text: str) -> str:
    """Give a document of every verb that asks for all that it may answer."""
    found = documents(build_schema(text), 1)
    return "\n".join(doc.replace(f" {name}", f" Every_{name}", 1) for name, doc in found)


async def node(script: str, *words: str) -> str:
    """Run a script of the example with Node and give what it prints."""
    beside = Path(sys.executable).parent / "node"
    program = str(beside) if beside.is_file() else shutil.which("node") or "node"
    process = await asyncio.create_subprocess_exec(
        program,
        script,
        *words,
        cwd=FOLDER,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(SECONDS):
            out, err = await process.communicate()
    except TimeoutError:
        process.kill()
        raise
    assert process.returncode == 0, out.decode() + err.decode()
    return out.decode()


@pytest.fixture(scope="module")
async def shop(house: Runtime, somebody: Somebody) -> AsyncGenerator[Shop]:
    async with run_background(house):
        yield await furnished(house, somebody)


async def test_a_partners_front_end_walks_through_a_day(
    client: Path, house: Runtime, shop: Shop, somebody: Somebody
) -> None:
    assert (client / "src" / "generated.ts").read_text(encoding="utf-8").count("Every_") > 100
    asha = somebody(Role.TECHNICIAN, name="asha")
    stock = {"part": "controller", "quantity": 1, "reason": "Bought"}
    await shop.admin.ask(STOCK, op=op(), stock=stock)
    async with served(build_application(house)) as place:
        url = f"http://{place}{GRAPHQL}"
        printed = await node("build/walk.js", url, asha.token, shop.accountant.token, PUNE)
    said: dict[str, Any] = orjson.loads(printed)
    assert said["sentence"]
    assert said | {"sentence": None} == {
        "same": True,
        "suggested": True,
        "sentence": None,
        "stale": {"actual": 2, "current": "IN_PROGRESS"},
        "closed": {"status": "CLOSED", "firstFix": True},
        "stars": 4,
        "handed": [["APPLIED", None], ["REPEATED", None], ["REFUSED", "data.report"]],
        "followed": ["TicketChange", "TicketChange"],
        "newest": 2,
        "invoice": "PN1/2627/000001",
        "second": "This ticket is already invoiced: PN1/2627/000001. Nothing was saved.",
        "pdf": [200, "application/pdf"],
    }
