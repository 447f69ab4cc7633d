"""A technician's repair on a phone, with a network and without, from report to hand-over."""

from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from uuid import uuid4

import pytest
from PIL import Image
from playwright.async_api import FilePayload, Route, expect

from tests.browser.conftest import TakePhone, Technician
from tests.browser.looks import draw, pages_of, walk_looks
from tests.browser.phone import SYNC_ENDED, Phone
from tests.journeys.people import Person, fresh_word
from tests.waits import eventually

pytestmark = [
    pytest.mark.journey,
    # A tab that is closed leaves what it asked: graphql-core cancels it before it begins.
    pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
BURNT = "Hero Optima goes dead on a climb, main breaker terminal is burnt"
TICKETS = """query { tickets(first: 100) { edges { node {
  key text version ticketStatus outcome { minutes stars } } } } }"""
RESOLVE = """mutation ($op: UUID!, $id: ID!, $n: Int!, $outcome: OutcomeInput!) {
  resolveTicket(operationId: $op, id: $id, expectedVersion: $n, outcome: $outcome) {
    __typename ... on Refusal { message } } }"""
FILES = """query ($id: ID!) { ticket(id: $id) {
  files { kind width height sha256 url } attempts { notes files { kind } } } }"""
# What an iPhone's photo begins with, and no picture behind it; a film that calls itself a photo.
HEIC = b"\0\0\0\x18ftypheic" + bytes(4_000)
FILM = b"\0\0\0\x18ftypmp42" + bytes(4_000)

# What a browser does when there is no room left.
FULL = """() => { IDBObjectStore.prototype.add = () => {
  throw new DOMException("no room", "QuotaExceededError"); } }"""


async def told_of(person: Person, text: str) -> list[dict[str, object]]:
    """Give the tickets of a person that say so."""
    found = await person.ask(TICKETS)
    return [edge["node"] for edge in found["edges"] if edge["node"]["text"] == text]


async def came_in(person: Person, text: str, status: str) -> dict[str, object]:
    """Wait for the one ticket that says so to stand there, and give it."""

    async def told() -> list[object]:
        return [ticket["ticketStatus"] for ticket in await told_of(person, text)]

    await eventually(told, lambda found: found == [status], pause=0.1)
    return (await told_of(person, text))[0]


@pytest.mark.row("PI-5")
async def test_a_report_finds_its_fix_and_is_closed(
    take_phone: TakePhone, technician: Technician
) -> None:
    phone = await take_phone()
    page, text = phone.page, f"{BURNT} {fresh_word()}"
    await phone.report(text)
    await phone.tap("Begin with this")
    await expect(page.get_by_role("heading", name="Make it safe first")).to_be_visible()
    await expect(phone.named("5 are left")).to_be_disabled()
    await expect(page.get_by_text("Step 1 of")).to_have_count(0)
    for box in await page.get_by_role("checkbox").all():
        await box.check()
    await phone.tap("It is safe: to the steps")
    for number in range(1, 7):
        await expect(page.get_by_text(f"Step {number} of 7")).to_be_visible()
        await phone.tap("Done, next step")
    await phone.tap("Done: it is fixed")
    await page.get_by_label("4 stars").check(force=True)
    await page.get_by_label("Minutes of work").fill("35")
    await phone.tap("Hand the vehicle back")
    await expect(page.get_by_text("It worked").first).to_be_visible()
    ticket = await came_in(technician.person, text, "CLOSED")
    assert ticket["outcome"] == {"minutes": 35, "stars": 4}


@pytest.mark.row("PI-7")
async def test_what_a_killed_tab_kept_is_handed_in_once(
    take_phone: TakePhone, technician: Technician
) -> None:
    """Reported, begun, tried, ended and closed with no network, in a tab that is killed twice."""
    phone, text = await take_phone(), f"The horn is silent {fresh_word()}"
    await phone.lose_network()
    await phone.open_form()
    await phone.page.locator("textarea").fill(text)
    await phone.kill_tab("/report")
    await expect(phone.page.locator("textarea")).to_have_value(text)
    await phone.tap("Find the fix")
    await phone.tap("Begin my own way")
    await phone.tap("It did not help")
    await phone.page.get_by_label("What did you see?").fill("The relay clicks")
    await phone.tap("Keep this try")
    await phone.tap("It is fixed")
    await phone.page.get_by_label("Minutes of work").fill("12")
    await phone.tap("Hand the vehicle back")
    await expect(phone.page.get_by_text("It worked").first).to_be_visible()
    await phone.kill_tab()
    await expect(phone.standing).to_contain_text("5 waiting")
    assert await told_of(technician.person, text) == []
    await phone.find_network()
    ticket = await came_in(technician.person, text, "CLOSED")
    assert ticket["outcome"] == {"minutes": 12, "stars": None}
    await expect(phone.standing).to_have_text("All handed in")


@pytest.mark.row("PI-1")
async def test_photos_go_with_their_report(take_phone: TakePhone, technician: Technician) -> None:
    """Chosen with no network in a tab that is killed; what the service refuses holds nothing up."""
    phone, text = await take_phone(), f"The cable is torn {fresh_word()}"
    await phone.lose_network()
    await phone.open_form()
    chosen = [picture("cable.png", 3_000), payload("film.jpg", FILM), payload("a.heic", HEIC)]
    await phone.page.get_by_label("Choose photos").set_input_files([*chosen, picture("b.png", 60)])
    await expect(phone.page.get_by_text("film.jpg: this is no photo")).to_be_visible()
    await phone.page.get_by_text("film.jpg: this is no photo").scroll_into_view_if_needed()
    await draw(phone.page, "report-photos")
    await phone.tap("Take photo 3 away")
    await phone.kill_tab("/report")
    await expect(phone.page.get_by_role("img", name="Photo")).to_have_count(2)
    await phone.page.locator("textarea").fill(text)
    await phone.tap("Find the fix")
    await expect(phone.page.get_by_role("img", name="Photo 1")).to_be_visible()
    await phone.kill_tab()
    await expect(phone.standing).to_contain_text("1 waiting")
    await phone.find_network()
    ticket = await came_in(technician.person, text, "ASSIGNED")
    await see_fate(phone, "These photos were not taken")
    await draw(phone.page, "photo-refused")
    await phone.tap("I have seen it")
    await expect(phone.standing).to_have_text("All handed in")
    await phone.open(f"/t/{ticket['key']}")
    small = phone.page.get_by_role("img", name="Photo 1")
    await expect(small).to_be_visible()
    assert await small.evaluate("one => one.decode().then(() => one.naturalWidth)") == 320
    await phone.tap("Begin my own way")
    await phone.tap("It did not help")
    await phone.page.get_by_label("Take a photo").set_input_files(picture("try.png", 60))
    await expect(phone.page.get_by_text("Sent")).to_be_visible()
    await phone.tap("Keep this try")
    await expect(phone.page.get_by_role("img", name="Photo 2")).to_be_visible()
    told = await technician.person.ask(FILES, id=ticket["key"])
    [kept] = told["files"]
    path = kept["url"].partition("/v1/")[2]
    fetched = await phone.page.request.get(f"{phone.place}/v1/{path}")
    assert sha256(await fetched.body()).hexdigest() == kept["sha256"]
    assert (kept["kind"], kept["width"], kept["height"]) == ("PHOTO", 1_600, 1_200)
    assert told["attempts"] == [{"notes": "", "files": [{"kind": "PHOTO"}]}]


@pytest.mark.row("PI-1")
async def test_a_photo_that_never_arrives_holds_nothing_up(
    take_phone: TakePhone, technician: Technician
) -> None:
    """Five times it is tried, and not once more; its report goes without it, and says so."""
    phone, text, tries = await take_phone(), f"The horn rattles {fresh_word()}", 0

    async def break_line(route: Route) -> None:
        nonlocal tries
        tries += route.request.method == "PUT"
        await (route.abort() if route.request.method == "PUT" else route.continue_())

    await phone.page.route("**/v1/**", break_line)
    await phone.open_form()
    await phone.page.get_by_label("Choose photos").set_input_files([picture("horn.png", 60)])
    await phone.page.locator("textarea").fill(text)
    await phone.tap("Find the fix")
    for _ in range(6):
        await phone.page.evaluate("dispatchEvent(new Event('online'))")
        await phone.page.evaluate(SYNC_ENDED)
    await came_in(technician.person, text, "ASSIGNED")
    await see_fate(phone, "Not taken: it did not arrive.")
    assert tries == 5


def picture(name: str, width: int) -> FilePayload:
    """Give a photo of that width, three quarters as high."""
    drawn = BytesIO()
    Image.new("RGB", (width, width * 3 // 4), "teal").save(drawn, "PNG")
    return payload(name, drawn.getvalue())


def payload(name: str, body: bytes) -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": body}


@pytest.mark.row("PI-7")
async def test_what_waits_for_one_is_not_handed_in_by_another(
    take_phone: TakePhone, technician: Technician, colleague: Technician
) -> None:
    """Their session ended, a colleague signs in on the same phone, and they do again elsewhere."""
    phone, text = await take_phone(), f"The wheel squeals {fresh_word()}"
    await phone.lose_network()
    await phone.open_form()
    await phone.page.locator("textarea").fill(text)
    await phone.tap("Find the fix")
    await expect(phone.standing).to_contain_text("1 waiting")
    await phone.page.close()
    await phone.page.context.clear_cookies()
    await phone.find_network()
    first = phone.page = await phone.page.context.new_page()
    await phone.sign_in(colleague.email)
    await expect(phone.standing).to_have_text("All handed in")
    await first.evaluate(SYNC_ENDED)
    assert [await told_of(one.person, text) for one in (technician, colleague)] == [[], []]
    phone.page = await phone.page.context.new_page()
    await phone.open("/me")
    await phone.tap("Sign out")
    await phone.named("Sign out").last.click()
    await expect(first.locator("input[name=email]")).to_be_visible()
    await phone.sign_in(technician.email)
    await came_in(technician.person, text, "ASSIGNED")
    await expect(first.locator("nav")).to_be_visible()
    assert await told_of(colleague.person, text) == []


async def test_a_danger_is_told_without_a_network(take_phone: TakePhone) -> None:
    """As it is typed, in the rider's words, and on the ticket until the service has read it."""
    phone = await take_phone()
    await phone.lose_network()
    await phone.open_form()
    perhaps = phone.page.get_by_role("heading", name="Perhaps smoke")
    await phone.page.locator("textarea").fill(f"battery se dhuan nikal raha hai {fresh_word()}")
    await expect(perhaps).to_be_visible()
    await phone.page.locator("textarea").fill("The horn is silent")
    await expect(perhaps).to_have_count(0)
    await phone.page.locator("textarea").fill(f"बैटरी से धुआँ निकल रहा है {fresh_word()}")
    await phone.tap("Find the fix")
    await expect(phone.page.get_by_role("heading", name="Ticket")).to_be_visible()
    await expect(perhaps).to_be_visible()
    await phone.find_network()
    await expect(phone.page.get_by_role("heading", name="Smoke", exact=True)).to_be_visible()


@pytest.mark.row("PI-7")
async def test_a_change_by_somebody_else_is_shown_beside_mine(
    take_phone: TakePhone, technician: Technician
) -> None:
    phone, text = await take_phone(), f"The mirror shakes {fresh_word()}"
    await phone.report(text)
    await phone.tap("Begin my own way")
    await came_in(technician.person, text, "IN_PROGRESS")
    await phone.lose_network()
    await end_elsewhere(technician.person, text)
    await phone.tap("It is fixed")
    await phone.page.get_by_label("Minutes of work").fill("7")
    await phone.tap("Hand the vehicle back")
    await phone.find_network()
    await see_fate(phone, "Met a change by somebody else")
    await expect(phone.page.get_by_text("Yours").first).to_be_visible()
    await expect(phone.page.get_by_text("What stood there").first).to_be_visible()


async def end_elsewhere(person: Person, text: str) -> None:
    """Have the same person end the repair on another device."""
    [ticket] = await told_of(person, text)
    outcome = {"worked": True, "minutes": 44}
    asked = {"op": str(uuid4()), "id": ticket["key"], "n": ticket["version"]}
    ended = await person.ask(RESOLVE, **asked, outcome=outcome)
    assert ended["__typename"] == "TicketResolved", ended


async def test_a_refused_report_says_why_and_is_written_anew(
    take_phone: TakePhone, technician: Technician
) -> None:
    phone, text = await take_phone(), f"The lamp flickers {fresh_word()}"
    await phone.report(text, "§§§")
    await see_fate(phone, "Refused")
    await phone.tap("Write it anew")
    await expect(phone.page.locator("textarea")).to_have_value(text)
    assert await told_of(technician.person, text) == []
    await phone.page.get_by_label("Error codes").fill("")
    await phone.tap("Find the fix")
    await came_in(technician.person, text, "ASSIGNED")


@pytest.mark.row("PI-7")
async def test_two_tabs_hand_one_queue_in_once(
    take_phone: TakePhone, technician: Technician
) -> None:
    phone, text = await take_phone(), f"The stand is bent {fresh_word()}"
    await phone.lose_network()
    other = Phone(page=await phone.page.context.new_page(), place=phone.place)
    await other.open()
    await phone.report(text)
    await expect(other.standing).to_contain_text("1 waiting")
    await phone.find_network()
    await came_in(technician.person, text, "ASSIGNED")
    for tab in (phone, other):
        await expect(tab.standing).to_have_text("All handed in")


@pytest.mark.row("PI-7")
async def test_a_session_that_is_over_loses_nothing(
    take_phone: TakePhone, technician: Technician
) -> None:
    """It ends while there is no network; whoever signs in again hands in what waits."""
    phone, text = await take_phone(), f"The key sticks {fresh_word()}"
    await phone.lose_network()
    await phone.report(text)
    await phone.page.context.clear_cookies()
    await phone.kill_tab()
    await expect(phone.standing).to_contain_text("1 waiting")
    await phone.find_network()
    await expect(phone.page.get_by_text("1 thing still waits")).to_be_visible()
    assert await told_of(technician.person, text) == []
    await phone.sign_in(technician.email)
    await came_in(technician.person, text, "ASSIGNED")


async def test_a_full_phone_says_so_and_keeps_the_form(take_phone: TakePhone) -> None:
    phone, text = await take_phone(), f"The seat is loose {fresh_word()}"
    await phone.open_form()
    await phone.page.evaluate(FULL)
    await phone.page.locator("textarea").fill(text)
    await phone.tap("Find the fix")
    await expect(phone.page.get_by_text("This phone is full")).to_be_visible()
    await expect(phone.page.locator("textarea")).to_have_value(text)


async def test_what_changes_elsewhere_shows_on_the_open_page(
    take_phone: TakePhone, technician: Technician
) -> None:
    """Without a touch: the phone is told, and reads what changed."""
    phone, text = await take_phone(), f"The bell is dull {fresh_word()}"
    await expect(phone.page.get_by_role("heading", name="My bench")).to_be_visible()
    await technician.person.report(text)
    await expect(phone.page.get_by_text(text)).to_be_visible()


async def test_every_page_can_be_used_by_everybody(
    take_phone: TakePhone, axe: str, record_property: Callable[[str, object], None]
) -> None:
    """Each page, in each theme and language: no fault that axe finds, no target below 48 pixels."""
    phone = await take_phone()
    await phone.report(f"{BURNT} {fresh_word()}")
    await phone.tap("Begin with this")
    await expect(phone.page.get_by_role("heading", name="Make it safe first")).to_be_visible()
    ticket = phone.page.url.split("/app")[1].removesuffix("/steps")
    faults = [fault async for fault in walk_looks(phone, pages_of(ticket), axe)]
    record_property("axe_violations", len(faults))
    assert faults == []


async def see_fate(phone: Phone, said: str) -> None:
    """Open what became of things from what stands on every page."""
    await expect(phone.standing).to_contain_text("to look at")
    await phone.standing.click()
    await expect(phone.page.get_by_text(said).first).to_be_visible()
