"""One service with its pages and one browser for each module; a phone for each test."""

import shutil
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from domain.access import Role
from tests.browser.phone import PATIENCE_MS, Phone, PhoneLook
from tests.conftest import ROOT
from tests.journeys.conftest import (  # noqa: F401 - fixtures
    _schemas,  # pyright: ignore[reportPrivateUsage, reportUnusedImport]
    clients,  # pyright: ignore[reportUnusedImport]
    door,  # pyright: ignore[reportUnusedImport]
    embedder,  # pyright: ignore[reportUnusedImport]
    entry,  # pyright: ignore[reportUnusedImport]
    home,  # pyright: ignore[reportUnusedImport]
    house,  # pyright: ignore[reportUnusedImport]
    root,  # pyright: ignore[reportUnusedImport]
    shipped,  # pyright: ignore[reportUnusedImport]
    somebody,  # pyright: ignore[reportUnusedImport]
)
from tests.journeys.people import Person
from tests.journeys.sign_in_door import Door, invited
from tests.waits import eventually
from tests.web.live_server import served
from web.app.build import build_pages
from web.app.documents import register_own_documents
from web.npm import run_npm_ci
from web.server import build_application, run_background
from web.wiring import Runtime

NAMES = ("chromium", "chromium-browser", "google-chrome")
USUAL = PhoneLook()
TakePhone = Callable[..., Awaitable[Phone]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Technician:
    """Somebody with a phone: by their address they sign in, as `person` they ask the API itself."""

    email: str
    person: Person


@pytest.fixture(scope="session")
def chromium() -> str:
    found = [path for name in NAMES if (path := shutil.which(name))]
    if not found:
        pytest.skip("there is no Chromium on the path: apt install chromium fonts-noto-core")
    return found[0]


@pytest.fixture(scope="session")
def built_pages() -> Path:
    """The pages, built once for this checkout."""
    return build_pages(ROOT / ".battwheels" / "app")


@pytest.fixture(scope="session")
def axe() -> str:
    """What looks for faults of accessibility, as a script."""
    script = ROOT / "web" / "app" / "node_modules" / "axe-core" / "axe.min.js"
    if not script.is_file():
        run_npm_ci(ROOT / "web" / "app")
    return script.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
async def place(house: Runtime, built_pages: Path) -> AsyncGenerator[str]:  # noqa: F811
    """Where the service is, with its pages, their documents and all that runs beside it."""
    shutil.copytree(built_pages, house.settings.home / "app" / "dist", dirs_exist_ok=True)
    app = build_application(house)
    await register_own_documents(app.state.registered, app.state.manifests)
    house.parts.started = False
    async with run_background(house), served(app) as address:
        # The first report is searched for once the service is warm: nobody waits for that here.
        await eventually(lambda: _is_started(house))
        yield f"http://{address}"


async def _is_started(house: Runtime) -> bool:  # noqa: F811
    return house.parts.started


@pytest.fixture(scope="module")
async def browser(chromium: str) -> AsyncGenerator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest.fixture(scope="module")
async def technician(root: Person, entry: Door) -> Technician:  # noqa: F811
    """A technician who may work on high voltage, and asks past the pages too."""
    email, entered = await invited(root, entry, Role.TECHNICIAN, certification="HIGH_VOLTAGE")
    return Technician(email=email, person=entry.person(entered))


@pytest.fixture(scope="module")
async def colleague(root: Person, entry: Door) -> Technician:  # noqa: F811
    """Another one, who takes the same phone."""
    email, entered = await invited(root, entry, Role.TECHNICIAN)
    return Technician(email=email, person=entry.person(entered))


@pytest.fixture
async def take_phone(
    browser: Browser, place: str, technician: Technician
) -> AsyncGenerator[TakePhone]:
    """Give a phone of the technician's, signed in."""
    async with AsyncExitStack() as stack:

        async def take(look: PhoneLook = USUAL) -> Phone:
            context = await browser.new_context(**look.options())
            stack.push_async_callback(context.close)
            context.set_default_timeout(PATIENCE_MS)
            phone = Phone(page=await context.new_page(), place=place)
            await phone.sign_in(technician.email)
            return phone

        yield take
