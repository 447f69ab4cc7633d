"""A phone in somebody's hand: a page of the app, and what is done on it again and again."""

from dataclasses import dataclass
from typing import Any, Literal

from playwright.async_api import Locator, Page, expect

from tests.journeys.sign_in_door import PASSWORD

# No clock decides: a busy machine is late, and what never comes says what was there instead.
PATIENCE_MS = 90_000
expect.set_options(timeout=PATIENCE_MS)


SYNC_ENDED = """() => navigator.locks.query().then(({ held }) =>
  Promise.all(held.map(({ name }) => navigator.locks.request(name, () => null))))"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneLook:
    """How a screen is looked at; its usual size is that of a cheap phone."""

    width: int = 360
    height: int = 740
    scheme: Literal["light", "dark"] = "light"
    locale: str = "en-IN"

    def options(self) -> dict[str, Any]:
        return {
            "viewport": {"width": self.width, "height": self.height},
            "color_scheme": self.scheme,
            "locale": self.locale,
            "reduced_motion": "reduce",
        }


@dataclass(slots=True, kw_only=True)
class Phone:
    """`page` is the tab that is open now."""

    page: Page
    place: str

    async def open(self, path: str = "/") -> None:
        await self.page.goto(f"{self.place}/app{path}")

    async def sign_in(self, email: str) -> None:
        await self.open()
        await self.page.locator("input[name=email]").fill(email)
        await self.page.locator("input[name=password]").fill(PASSWORD)
        await self.page.locator("button[type=submit]").click()
        await expect(self.page.locator("nav")).to_be_visible()

    async def lose_network(self) -> None:
        """Go where there is none, once the worker keeps the pages and the copy is whole."""
        await self.page.evaluate("navigator.serviceWorker.ready")
        await expect(self.standing).to_have_text("All handed in")
        await self.page.context.set_offline(True)
        # What was asked before is answered still.
        await self.page.evaluate(SYNC_ENDED)

    async def find_network(self) -> None:
        await self.page.context.set_offline(False)

    async def kill_tab(self, path: str = "/") -> None:
        """Close the tab as a phone that needs room does, and open another."""
        context = self.page.context
        await self.page.close(run_before_unload=False)
        self.page = await context.new_page()
        await self.open(path)

    @property
    def standing(self) -> Locator:
        """Give what tells how much waits."""
        return self.page.get_by_role("status").locator("visible=true").first

    async def report(self, text: str, codes: str = "") -> None:
        await self.open_form()
        await self.page.locator("textarea").fill(text)
        if codes:
            await self.page.get_by_label("Error codes").fill(codes)
        await self.tap("Find the fix")
        await expect(self.page.get_by_role("heading", name="Ticket")).to_be_visible()

    async def open_form(self) -> None:
        await self.page.get_by_role("link", name="Report").last.click()
        await expect(self.page.locator("textarea")).to_be_visible()

    async def tap(self, name: str) -> None:
        await self.named(name).first.click()

    def named(self, name: str) -> Locator:
        """Give what can be tapped by its words."""
        page = self.page
        return page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name))
