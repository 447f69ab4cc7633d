"""Every page in each theme and language: looked at by axe, measured, and drawn for a gallery."""

import os
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

from playwright.async_api import Page, ViewportSize, expect

from tests.browser.phone import Phone

# Where `make gallery` has the screens drawn; without it they are looked at and not drawn.
GALLERY = os.environ.get("GALLERY")
THEMES = ("light", "dark")
LANGUAGES = ("en", "hi")
LEAST_PIXELS = 48
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 360, "height": 740}
# Words of a line may be links; all else that is tapped is as large as a finger. What is hidden
# behind a label is as large as that.
SMALL = """least => [...document.querySelectorAll("a, button, input, textarea, summary")]
  .filter(one => one.checkVisibility({ visibilityProperty: true }))
  .map(one => [one, (one.closest("label") ?? one).getBoundingClientRect()])
  .filter(([one, box]) => box.width > 1 && !one.classList.contains("sr-only"))
  .filter(([, box]) => box.height < least || box.width < least)
  .map(([one, box]) => `${one.outerHTML.slice(0, 90)} ${box.width}x${box.height}`)"""
RUN_AXE = "() => axe.run().then(found => found.violations)"


def pages_of(ticket: str) -> dict[str, str]:
    """Give each page by its name."""
    return {
        "bench": "/bench",
        "report": "/report",
        "ticket": ticket,
        "steps": f"{ticket}/steps",
        "try": f"{ticket}/try",
        "close": f"{ticket}/close",
        "outbox": "/outbox",
        "me": "/me",
        "soon": "/soon",
        "none": "/no-such-page",
    }


async def walk_looks(phone: Phone, pages: dict[str, str], axe: str) -> AsyncIterator[str]:
    """Give what is wrong with each page in each look."""
    for language in LANGUAGES:
        await phone.page.evaluate(f"localStorage.setItem('battwheels-language', '{language}')")
        for name, path in pages.items():
            await phone.open(path)
            await phone.page.evaluate(axe)
            await expect(phone.page.locator("main h1")).to_be_visible()
            # What stands for content that is still to come is not what is looked at.
            await expect(phone.page.locator("main .animate-pulse")).to_have_count(0)
            for theme in THEMES:
                await phone.page.emulate_media(color_scheme=theme)
                look = f"{name}-{language}-{theme}"
                for fault in await _faults(phone):
                    yield f"{look}: {fault}"
                await _draw(phone, look)


async def _faults(phone: Phone) -> Sequence[str]:
    violations: list[dict[str, Any]] = await phone.page.evaluate(RUN_AXE)
    small: list[str] = await phone.page.evaluate(SMALL, LEAST_PIXELS)
    told = [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in violations]
    return [*told, *(f"small: {one}" for one in small)]


async def draw(page: Page, name: str) -> None:
    """Draw a page as it stands, for whoever wants a gallery."""
    if GALLERY is not None:
        await page.screenshot(path=Path(GALLERY) / f"{name}.png")


async def _draw(phone: Phone, look: str) -> None:
    if GALLERY is None:
        return
    for screen, size in (("phone", PHONE), ("desktop", DESKTOP)):
        await phone.page.set_viewport_size(size)
        await draw(phone.page, f"{look}-{screen}")
    await phone.page.set_viewport_size(PHONE)
