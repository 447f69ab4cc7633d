"""`battwheels demo` ends on a page where one picks who one is."""

import asyncio
import os
import shutil
import signal
import sys
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, expect

from graph.database import Graph
from records.database import Records
from tests.browser.looks import draw
from tests.browser.phone import PATIENCE_MS, PhoneLook
from tests.commands import free_port, place
from tests.conftest import ROOT
from tests.waits import eventually
from web.local.stores import StoreUrls

pytestmark = [pytest.mark.journey, pytest.mark.long]
RUN = "from web.cli.main import main; main()"
SAID = "Charging stops near 80 percent and the range has dropped. Gaadi poori charge nahi hoti."


async def test_the_demo_ends_on_a_page_where_one_picks_who_one_is(  # noqa: PLR0913, PLR0917 - fixtures
    graph: Graph,
    records: Records,
    stores: StoreUrls,
    browser: Browser,
    built_pages: Path,
    tmp_path: Path,
) -> None:
    """On stores that hold nothing; a technician's report finds its fix there."""
    del graph, records
    # As a start leaves them: they are not built a second time.
    shutil.copytree(built_pages, tmp_path / "app" / "dist")
    shutil.copy(built_pages.parent / "built.stamp", tmp_path / "app")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {**os.environ, **place(stores, tmp_path), "BATTWHEELS_PORT": str(port)}
    environment["PYTHONPATH"] = str(ROOT)
    said = (tmp_path / "said").open("w")
    demo = await asyncio.create_subprocess_exec(
        sys.executable, "-c", RUN, "demo", env=environment, stdout=said, stderr=said
    )
    try:
        async with httpx.AsyncClient() as client:

            async def offers_people() -> bool:
                assert demo.returncode is None, (tmp_path / "said").read_text()
                try:
                    return (await client.get(f"{url}/app/demo-people")).is_success
                except httpx.TransportError:
                    return False

            await eventually(offers_people, pause=0.5)
        context = await browser.new_context(**PhoneLook().options(), device_scale_factor=2)
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        await page.goto(f"{url}/")
        asha = page.get_by_role("button", name="Asha · Technician")
        await expect(asha).to_be_visible()
        await draw(page, "demo-sign-in")
        await asha.click()
        await page.get_by_role("link", name="Report").last.click()
        await page.locator("textarea").fill(SAID)
        await page.get_by_label("Error codes").fill("P0A7F")
        await page.get_by_label("Make").fill("Ather")
        await page.get_by_label("Model optional").fill("450X")
        await draw(page, "demo-report")
        await page.get_by_role("button", name="Find the fix").click()
        begin = page.get_by_role("button", name="Begin with this")
        await expect(begin.first).to_be_visible()
        await page.get_by_role("heading", name="What may fix it").evaluate(
            "one => window.scrollTo(0, one.offsetTop - 60)"
        )
        await draw(page, "demo-fixes")
        await begin.first.click()
        await draw(page, "demo-steps")
        await context.close()
    finally:
        demo.send_signal(signal.SIGINT)
        await demo.wait()
        said.close()
    assert f"{url}/app/" in (tmp_path / "said").read_text()
