"""A technician's repair on a phone, from what the rider says to the customer's stars."""

import os
from pathlib import Path

from playwright.async_api import expect

from tests.browser.conftest import TakePhone
from tests.browser.phone import Phone

SAID = "Hero Optima goes dead on a climb, main breaker terminal is burnt"
GALLERY = os.environ.get("GALLERY")


async def shoot(phone: Phone, name: str) -> None:
    if GALLERY:
        await phone.page.screenshot(path=Path(GALLERY) / f"{name}.png", full_page=True)


async def test_a_report_finds_its_fix_and_is_closed(take_phone: TakePhone) -> None:
    phone = await take_phone()
    page = phone.page
    await shoot(phone, "01-bench")
    await phone.open_form()
    await shoot(phone, "02-report")
    await page.locator("textarea").fill(SAID)
    await phone.tap("Find the fix")
    await expect(phone.named("Begin with this").first).to_be_visible()
    await shoot(phone, "03-ticket")
    await phone.tap("Begin with this")
    await expect(page.get_by_role("heading", name="Make it safe first")).to_be_visible()
    await shoot(phone, "04-gate")
    await expect(phone.named("5 are left")).to_be_disabled()
    for box in await page.get_by_role("checkbox").all():
        await box.check()
    await shoot(phone, "05-gate-done")
    await phone.tap("It is safe: to the steps")
    await expect(page.get_by_text("Step 1 of")).to_be_visible()
    await shoot(phone, "06-step")
    for number in range(1, 7):
        await expect(page.get_by_text(f"Step {number} of 7")).to_be_visible()
        await phone.tap("Done, next step")
    await expect(page.get_by_text("Step 7 of 7")).to_be_visible()
    await shoot(phone, "07-last-step")
    await phone.tap("Done: it is fixed")
    await page.get_by_label("4 stars").check(force=True)
    await shoot(phone, "08-close")
    await phone.tap("Hand the vehicle back")
    await expect(page.get_by_text("It worked").first).to_be_visible()
    await shoot(phone, "09-closed")
    await expect(page.get_by_role("status").first).to_have_text("All handed in")
    await page.get_by_role("link", name="Waiting").last.click()
    await shoot(phone, "10-outbox")
    await page.get_by_role("link", name="Me", exact=True).last.click()
    await shoot(phone, "11-me")
