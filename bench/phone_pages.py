"""How much the pages weigh, and how soon a slow phone shows them, with a network and without.

The pages are served as the service serves them, without stores behind them: nobody signs in. The
sign-in page is what is first drawn; the bench is opened as by whom the phone remembers, with an
empty copy, so it is the pages that are measured and no garage's data. A slow phone: 360 × 740,
1.6 Mbit/s with 150 ms, the processor a sixth as fast.
"""

import re
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median

from playwright.async_api import Browser, CDPSession, Page, async_playwright
from starlette.applications import Starlette

from bench.bars import Bar, Better
from tests.web.live_server import served
from web.app.build import build_pages
from web.app.pages import AppPages

BUILT = Path(".battwheels/app")
ROUNDS = 5
KIB, BYTES_A_SECOND, LATENCY_MS, SLOWER = 1024, 200_000, 150, 6
NAMES = ("chromium", "chromium-browser", "google-chrome")
# Whom the phone remembers: synthetic, as all that is shown here.
REMEMBERED = """localStorage.setItem("battwheels-person", JSON.stringify({ key: "per_bench",
  name: "Asha", role: "TECHNICIAN", certification: "NONE", garage: { key: "garage_bench" } }))"""
LARGEST = """new Promise(told => new PerformanceObserver(
  list => told(list.getEntries().at(-1).startTime)
).observe({ type: "largest-contentful-paint", buffered: true }))"""
SHOWN = "performance.now()"
# From the tap to the frame that shows the form.
TAP = """() => new Promise(told => {
  const began = performance.now();
  new MutationObserver((_, seen) => {
    if (!document.querySelector("textarea")) return;
    seen.disconnect();
    requestAnimationFrame(() => told(performance.now() - began));
  }).observe(document.body, { childList: true, subtree: true });
  document.querySelector('nav a[href$="/report"]').click();
})"""


async def run() -> list[Bar]:
    pages = build_pages(BUILT)
    weight = first_load(pages)
    print(f"first load: {weight:.1f} KiB of scripts and styles, gzip")
    async with served(Starlette(routes=AppPages(pages).routes())) as address, _browser() as browser:
        place = f"http://{address}/app/"
        paints = [await _first_paint(browser, place) for _ in range(ROUNDS)]
        taps, starts = zip(*[await _remembered(browser, place) for _ in range(ROUNDS)], strict=True)
    print(f"largest paint {paints} ms; tap to form {taps} ms; start without a network {starts} ms")
    return [
        Bar(name="first_load_kib", measured=weight, goal=130, better=Better.LOWER),
        Bar(name="lcp_s", measured=median(paints) / 1000, goal=2.5, better=Better.LOWER),
        Bar(name="interaction_ms", measured=median(taps), goal=200, better=Better.LOWER),
        Bar(name="offline_start_ms", measured=median(starts), goal=1_000, better=Better.LOWER),
    ]


def first_load(pages: Path) -> float:
    """Give what the page names and they import at once, as it is sent, in KiB."""
    page = (pages / "index.html").read_text(encoding="utf-8")
    wanted, seen = set(re.findall(r"assets/[\w.-]+\.(?:js|css)", page)), set[str]()
    while wanted - seen:
        name = (wanted - seen).pop()
        seen.add(name)
        text = (pages / name).read_text(encoding="utf-8")
        if name.endswith(".js"):
            found = re.findall(r'(?:from|import)\s*"\./([\w.-]+\.js)"', text)
            wanted |= {f"assets/{one}" for one in found}
    return sum((pages / f"{name}.gz").stat().st_size for name in seen) / KIB


@asynccontextmanager
async def _browser() -> AsyncGenerator[Browser]:
    path = next(found for name in NAMES if (found := shutil.which(name)))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        await browser.close()


@asynccontextmanager
async def _slow_phone(browser: Browser) -> AsyncGenerator[tuple[Page, CDPSession]]:
    context = await browser.new_context(viewport={"width": 360, "height": 740})
    page = await context.new_page()
    cdp = await context.new_cdp_session(page)
    await cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    yield page, cdp
    await context.close()


async def _first_paint(browser: Browser, place: str) -> float:
    async with _slow_phone(browser) as (page, cdp):
        network = {"downloadThroughput": BYTES_A_SECOND, "uploadThroughput": BYTES_A_SECOND}
        slow = {**network, "offline": False, "latency": LATENCY_MS}
        await cdp.send("Network.emulateNetworkConditions", slow)
        await page.goto(place)
        await page.locator("form button").wait_for()
        return round(await page.evaluate(LARGEST), 1)


async def _remembered(browser: Browser, place: str) -> tuple[float, float]:
    """Give ms from a tap to the form that it opens, and to the bench with no network at all."""
    async with _slow_phone(browser) as (page, _):
        await page.goto(place)
        await page.evaluate(REMEMBERED)
        await page.evaluate("navigator.serviceWorker.ready")
        await page.goto(place)
        await page.locator("main h1").wait_for()
        # Whoever reads the bench gives the phone time for the other pages.
        await page.wait_for_load_state("networkidle")
        tap = await page.evaluate(TAP)
        await page.context.set_offline(True)
        await page.goto(place)
        await page.locator("main h1").wait_for()
        return round(tap, 1), round(await page.evaluate(SHOWN), 1)
