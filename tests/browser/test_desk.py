"""A garage's desk in a browser: the accountant bills, the manager gives work and reviews."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import LiteralString, cast

import pytest
from playwright.async_api import Browser, Locator, Route, expect

from domain.access import Role
from ingest.batch import ImportBatch
from tests.browser.conftest import Technician
from tests.browser.looks import draw, walk_looks
from tests.browser.phone import PATIENCE_MS, Phone, PhoneLook
from tests.browser.test_repairs import told_of
from tests.journeys.billing_garage import EDIT, Shop, furnished, op
from tests.journeys.conftest import Somebody
from tests.journeys.people import Person, content, fresh_word
from tests.journeys.sign_in_door import Door, invited
from web.wiring import Runtime

pytestmark = [
    pytest.mark.journey,
    pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
TakeDesk = Callable[[Role], Awaitable[Phone]]
BOOKED = """query ($id: ID!) { invoice(id: $id) { payments { amount { paise } }
  creditNotes { totals { payable { paise } } } } }"""
CLOSED = "{ till { closing { difference { paise } } } }"
CHANGED = """mutation ($id: ID!, $card: CardInput!, $n: Int!, $op: UUID!) {
  updateCard(id: $id, card: $card, expectedVersion: $n, operationId: $op) { __typename } }"""
WRITTEN = """query ($id: ID!) { card(id: $id) { version title cardStatus
  cause { primary confidence } evidence { readings { name } }
  vehicles { edges { node { make firmware } } }
  resolution { labourMinutes highVoltage steps { action safety } } } }"""
STANDING = "query ($id: ID!) { card(id: $id) { cardStatus } }"
DESKTOP = PhoneLook(width=1280, height=800)


@pytest.fixture(scope="module")
async def shop(house: Runtime, somebody: Somebody) -> Shop:
    return await furnished(house, somebody)


@pytest.fixture
async def take_desk(
    browser: Browser, place: str, root: Person, entry: Door
) -> AsyncGenerator[TakeDesk]:
    """Give a screen at which somebody of a role is signed in."""
    async with AsyncExitStack() as stack:

        async def take(role: Role) -> Phone:
            email, _ = await invited(root, entry, role)
            context = await browser.new_context(**DESKTOP.options())
            stack.push_async_callback(context.close)
            context.set_default_timeout(PATIENCE_MS)
            desk = Phone(page=await context.new_page(), place=place)
            await desk.sign_in(email)
            return desk

        yield take


def row(desk: Phone, text: str) -> Locator:
    return desk.page.get_by_role("link").filter(has_text=text)


@pytest.mark.row("SV-9")
async def test_a_draft_is_billed_paid_in_part_and_credited(
    take_desk: TakeDesk, shop: Shop, axe: str
) -> None:
    """In two methods at once; what is too much is refused at its field, and nothing is written."""
    who = f"Meera {fresh_word()}"
    ticket = await shop.closed(fresh_word())
    wish = {"customer": {"name": who, "phone": "9800000000"}}
    other = await shop.closed(fresh_word())
    await shop.admin.ask(EDIT, op=op(), ticket=ticket, n=0, invoice=wish)
    another = {"customer": {"name": fresh_word()}}
    await shop.admin.ask(EDIT, op=op(), ticket=other, n=0, invoice=another)
    desk = await take_desk(Role.ACCOUNTANT)
    page = desk.page
    await row(desk, who).click()
    await page.get_by_label("Off the labour").fill("100.50")
    await desk.tap("Keep the draft")
    await expect(page.get_by_text("₹15,269.00")).to_be_visible()
    await desk.tap("Issue the invoice")
    await expect(page.get_by_text("Unpaid")).to_be_visible()
    await desk.tap("Record a payment")
    await page.get_by_label("Rupees").fill("99,999")
    await desk.tap("Write it down")
    await expect(page.locator("[aria-invalid]")).to_have_value("99,999")
    await page.get_by_label("Rupees").fill("1,000.50")
    await desk.tap("Part of it another way")
    await page.get_by_label("Rupees").last.fill("500")
    await desk.tap("Write it down")
    await expect(page.get_by_text("Partly paid")).to_be_visible()
    await expect(page.get_by_text("₹1,500.50")).to_be_visible()
    invoice = page.url.removeprefix(f"{desk.place}/app")
    await desk.tap("Credit note")
    await page.get_by_label("Why").fill("The part came back")
    await desk.tap("Issue the credit note")
    await expect(page.get_by_role("link", name="Credit note")).to_be_visible()
    paper = await shop.accountant.ask(BOOKED, id=invoice.removeprefix("/invoices/"))
    assert sorted(one["amount"]["paise"] for one in paper["payments"]) == [50_000, 100_050]
    assert paper["creditNotes"] == [{"totals": {"payable": {"paise": 1_526_900}}}]
    pages = {"drafts": "/drafts", "draft": f"/drafts/{other}", "invoices": "/invoices"}
    pages |= {"invoice": invoice, "dues": "/dues"}
    assert [fault async for fault in walk_looks(desk, pages, axe)] == []


async def test_a_payment_whose_answer_was_lost_is_written_once(
    take_desk: TakeDesk, shop: Shop
) -> None:
    """Sent again with another sum, too: the page says that the first was taken."""
    issued = await shop.issued(await shop.closed(fresh_word()), name=fresh_word())
    paper = issued["invoice"]["key"]
    desk = await take_desk(Role.ACCOUNTANT)
    await desk.open(f"/invoices/{paper}")
    await desk.tap("Record a payment")
    await desk.page.get_by_label("Rupees").fill("700")

    async def lose_answer(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await desk.page.route("**/v1/graphql", lose_answer, times=1)
    await desk.tap("Write it down")
    await expect(desk.page.get_by_text("No answer came")).to_be_visible()
    await desk.page.get_by_label("Rupees").fill("800")
    for _ in range(2):
        await desk.tap("Write it down")
        await expect(desk.page.get_by_text("An earlier try was taken")).to_be_visible()
    booked = await shop.accountant.ask(BOOKED, id=paper)
    assert [one["amount"]["paise"] for one in booked["payments"]] == [70_000]


async def test_a_till_is_closed_undone_and_a_month_fetched(
    take_desk: TakeDesk, shop: Shop, axe: str
) -> None:
    desk = await take_desk(Role.ACCOUNTANT)
    page = desk.page
    await desk.open("/till")
    lay = shop_money(await page.locator("dl").last.locator("dd").last.inner_text())
    await page.get_by_label("Cash counted").fill(f"{lay + 10}")
    await page.get_by_label("Stays in it").fill("0")
    await desk.tap("Close the till")
    await expect(page.get_by_text("Say why, in 10 characters")).to_be_visible()
    await page.get_by_label("Why it differs").fill("A note lay under the drawer")
    await desk.tap("Close the till")
    await expect(page.get_by_text("A note lay under the drawer")).to_be_visible()
    await expect(page.get_by_text("₹10.00 more than expected.")).to_be_visible()
    closed = await shop.accountant.ask(CLOSED)
    assert closed["closing"]["difference"] == {"paise": 1_000}
    await desk.tap("Undo this closing")
    await page.get_by_label("Why it is undone").fill("Counted before the last customer")
    await desk.tap("Undo this closing")
    await expect(page.get_by_text("Undone: Counted before the last customer")).to_be_visible()
    assert (await shop.accountant.ask(CLOSED))["closing"] is None
    await desk.open("/invoices")
    await desk.tap("Month and GSTR-1")
    await expect(page.get_by_text("Nothing was billed")).to_be_visible()
    await desk.tap("Make the files")
    link = await page.get_by_role("link", name="Fetch the files").get_attribute("href")
    answer = await page.request.get(f"{desk.place}{link}")
    assert (await answer.body())[:2] == b"PK"
    looks = {"till": "/till", "month": "/month"}
    assert [fault async for fault in walk_looks(desk, looks, axe)] == []


def shop_money(said: str) -> int:
    """Read whole rupees as a page writes them."""
    return int(said.removeprefix("₹").replace(",", "").removesuffix(".00"))


@pytest.mark.row("GA-3")
async def test_a_manager_gives_a_ticket_to_somebody(
    take_desk: TakeDesk, technician: Technician, somebody: Somebody
) -> None:
    text = f"The horn is silent {fresh_word()}"
    reported = await somebody(Role.CUSTOMER_SUPPORT).report(text)
    desk = await take_desk(Role.MANAGER)
    waiting = desk.page.get_by_role("listitem").filter(has_text=text)
    await waiting.get_by_role("button", name="Give it to somebody").click()
    await waiting.get_by_role("button", name="Give to Asha Kulkarni").first.click()
    await expect(waiting).to_have_count(0)
    [ticket] = await told_of(somebody(Role.ADMIN), text)
    assert (ticket["key"], ticket["ticketStatus"]) == (reported["key"], "ASSIGNED")


@pytest.mark.row("CA-19")
async def test_a_card_is_verified_by_keys_alone(
    take_desk: TakeDesk, somebody: Somebody, axe: str
) -> None:
    author, title = somebody(Role.TECHNICIAN), f"Belt slips {fresh_word()}"
    first = await author.create(content(f"Chain is loose {fresh_word()}"))
    made = await author.create(content(title))
    desk = await take_desk(Role.MANAGER)
    await desk.open("/review")
    place = desk.page.locator("main").get_by_role("status")
    await expect(place).to_contain_text("1 of")
    # The newest stands last; what other tests handed in may stand before it.
    waiting = int((await place.inner_text()).split()[2])
    for _ in range(waiting - 1):
        await desk.page.keyboard.press("j")
    await expect(desk.page.get_by_role("heading", name=title)).to_be_visible()
    await desk.page.keyboard.press("v")
    await expect(desk.page.get_by_role("heading", name=title)).to_have_count(0)
    await expect(place).to_contain_text(f"of {waiting - 1}")
    standing = [await author.ask(STANDING, id=card["key"]) for card in (first, made)]
    assert standing == [{"cardStatus": "DRAFT"}, {"cardStatus": "VERIFIED"}]
    await somebody(Role.CUSTOMER_SUPPORT).report(f"The lamp is dark {fresh_word()}")
    looks = {"unassigned": "/unassigned", "review": "/review"}
    assert [fault async for fault in walk_looks(desk, looks, axe)] == []


@pytest.mark.row("CA-19")
async def test_a_card_is_written_found_and_changed_beside_somebody_else(
    take_desk: TakeDesk, somebody: Somebody, axe: str
) -> None:
    """A script in its title is text; what two people change is shown beside each other."""
    word, admin = fresh_word(), somebody(Role.ADMIN)
    title = f"<script>document.title='run'</script> hums {word}"
    desk = await take_desk(Role.MANAGER)
    page = desk.page
    await desk.open("/cards/new")
    await page.get_by_label("The failure in a line").fill(title)
    await page.get_by_label("What is noticed").fill(f"The motor hums {word}")
    await page.get_by_label("Work on high voltage").check()
    await page.get_by_label("Step 1", exact=True).fill("Take the plug out")
    await desk.tap("Hand it in for review")
    await expect(page.get_by_text("begins with a step that makes it safe")).to_be_visible()
    await expect(page.get_by_label("Why it fails")).to_have_attribute("aria-invalid", "true")
    await desk.kill_tab("/cards/new")
    page = desk.page
    await expect(page.get_by_label("The failure in a line")).to_have_value(title)
    await page.get_by_label("Why it fails").fill("A bearing is dry")
    await page.get_by_label("For your safety").check()
    await desk.tap("Hand it in for review")
    await expect(page.get_by_role("heading", name=title)).to_be_visible()
    await desk.tap("Publish it")
    await expect(page.get_by_text("Published")).to_be_visible()
    await desk.open("/cards")
    await page.get_by_label("What fails, in your words?").fill(f"hums {word}")
    await page.get_by_label("What fails, in your words?").press("Enter")
    await row(desk, title).click()
    await desk.tap("Change this card")
    await page.get_by_label("Why it fails").fill("A bearing is worn")
    await page.get_by_label("Minutes of work").fill("40")
    key = page.url.split("/")[-2]
    theirs = content(f"Motor hums {word}", cause={"primary": "A bearing rusts", "confidence": 0.75})
    theirs["vehicles"] = [{"make": "Ather", "model": "450X", "firmware": "3.1"}]
    theirs["evidence"] = {"readings": [{"name": "noise", "value": 71}]}
    await admin.ask(CHANGED, id=key, card=theirs, n=2, op=op())
    await desk.tap("Keep the change")
    await expect(page.get_by_text("You both changed the same")).to_be_visible()
    await expect(page.get_by_text("A bearing rusts")).to_be_visible()
    await desk.tap("Keep mine")
    await desk.tap("Keep the change")
    await page.get_by_text("What version 4 changed").click()
    await expect(page.get_by_text("A bearing rusts")).to_be_visible()
    assert await admin.ask(WRITTEN, id=key) == {
        "version": 4,
        "title": f"Motor hums {word}",
        "cardStatus": "PROVISIONAL",
        "cause": {"primary": "A bearing is worn", "confidence": 0.75},
        "evidence": {"readings": [{"name": "noise"}]},
        "vehicles": {"edges": [{"node": {"make": "Ather", "firmware": "3.1"}}]},
        "resolution": {
            "labourMinutes": 40,
            "highVoltage": False,
            "steps": [{"action": "Look closely", "safety": False}],
        },
    }
    await desk.open("/cards/mine")
    await expect(row(desk, f"Motor hums {word}")).to_contain_text("Not used yet")
    looks = {
        "own-cards": "/cards/mine",
        "cards": f"/cards?text={word}",
        "card": f"/cards/{key}",
        "write": f"/cards/{key}/edit",
    }
    assert [fault async for fault in walk_looks(desk, looks, axe)] == []


@pytest.mark.row("EX-6")
async def test_an_engineer_walks_from_a_card_through_the_graph(
    take_desk: TakeDesk, house: Runtime, shipped: ImportBatch, axe: str
) -> None:
    """What is copied as Cypher finds, in the graph itself, what is drawn; a browser that copies
    nothing shows it.
    """
    card = shipped.cards[0]
    desk = await take_desk(Role.MANAGER)
    page = desk.page
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    faults = list[str]()
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    await desk.open(f"/cards/{card.id}")
    await desk.tap("See it in the graph")
    await expect(page.get_by_role("heading", name=card.title)).to_be_visible()
    await expect(page.locator("canvas").first).to_be_visible()
    drawn = await drawn_things(desk)
    await desk.tap("Two steps")
    await expect(page.get_by_role("img", name=f"Drawing of {drawn} things")).to_have_count(0)
    await page.locator("canvas").first.scroll_into_view_if_needed()
    await draw(page, "graph-of-a-card")
    # What a supplier is reached by is left out: the supplier is drawn, and found, all the same.
    await page.get_by_label("Component").uncheck()
    await desk.tap("Copy as Cypher")
    assert await found_by_copy(desk, house) == await drawn_things(desk) - 1
    await page.get_by_label("Component").check()
    await desk.tap("One step")
    await expect(page.get_by_role("img", name=f"Drawing of {drawn} things")).to_be_visible()
    await page.get_by_label("Symptom").uncheck()
    symptoms = len(set(card.signature.symptoms))
    assert await drawn_things(desk) == drawn - symptoms
    await desk.tap("Copied")
    assert await found_by_copy(desk, house) == drawn - symptoms - 1
    await page.evaluate("void (navigator.clipboard.writeText = () => Promise.reject())")
    await desk.tap("Copied")
    shown = page.get_by_label("The browser did not copy it")
    await expect(shown).to_have_value(await page.evaluate("navigator.clipboard.readText()"))
    async with page.expect_download() as download:
        await desk.tap("Save the picture")
    picture = await (await download.value).path()
    assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    await page.locator("summary").filter(has_text="Cause").click()
    await page.locator("details").get_by_role("button", name=card.cause.primary).click()
    await expect(page.get_by_text("→ caused by")).to_be_visible()
    await desk.tap("Go on from here")
    await expect(page.get_by_role("heading", name=card.cause.primary, level=2)).to_be_visible()
    looks = {"graph": page.url.split("/app")[1], "no-graph": "/graph?of=nothing"}
    assert [fault async for fault in walk_looks(desk, looks, axe)] == []
    assert faults == []


async def found_by_copy(desk: Phone, house: Runtime) -> int:
    """Give how many things beside the first the copied query finds."""
    await expect(desk.named("Copied")).to_be_visible()
    said = str(await desk.page.evaluate("navigator.clipboard.readText()"))
    found = await house.graph.read(cast("LiteralString", said))
    first = {row["p"].start_node.element_id for row in found}
    return len({row["p"].end_node.element_id for row in found} - first)


async def drawn_things(desk: Phone) -> int:
    """Give how many things stand in the drawing, as it says itself."""
    name = await desk.page.get_by_role("img", name="Drawing of").get_attribute("aria-label")
    return int(str(name).split()[2])
