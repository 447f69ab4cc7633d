"""Nothing personal stands in clear in any store, file, log or stream, wherever it was typed."""

import logging
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from domain.access import Role
from domain.personal_data import holds_personal
from tests.billing.sample_books import synthetic_gstin
from tests.journeys import billing_garage, test_employees
from tests.journeys.billing_garage import EDIT, PAY, registered
from tests.journeys.conftest import Somebody
from tests.journeys.people import DIAGNOSE, content
from tests.journeys.planted_cards import plant
from tests.journeys.queue_records import opened, told
from tests.journeys.solved_tickets import followed, put
from tests.journeys.stored_texts import found_words
from tests.journeys.test_feedback import GIVE
from tests.logs import LOGS
from web.server import run_background
from web.wiring import Runtime

pytestmark = pytest.mark.journey
DRAFT = "query ($text: String!) { draftFromText(text: $text) { __typename } }"
# What people type though nobody asked for it, each as it is searched for.
TYPED = {
    "telephone": "74193 26085",
    "grouped": "7419-326-085",
    "plate": "MH 12 QZ 7391",
    "joined plate": "MH12QZ7391",
    "VIN": "ME4JF50BAHT739156",
    "e-mail": "zqowner@example.org",
    "PAN": "ZQXPK7391L",
    "GSTIN": "27ZQXPK7391L1Z5",
    "UPI": "zqowner@okaxis",
}
# What is asked for, and sealed: who buys, how it was paid, who works there. Seven digits of a
# salary would be found by chance among so many bytes; `test_employees` looks where they are kept.
SEALED = {
    "customer": "Zqmeera Markdottir",
    "address": "7391 Zqlane",
    "telephone": "9800073915",
    "e-mail": "zqmeera@example.org",
    "payment": "ZQREF73915",
    "draft": "Zqdraft Markdottir",
    "PAN": "ZQYPM7391L",
    "account": "739155820114",
}


def aadhaar() -> str:
    """Give a number that its check digit makes one."""
    return next(n for d in range(10) if holds_personal(n := f"7391 5582 011{d}"))


async def type_everywhere(house: Runtime, somebody: Somebody, words: str) -> None:
    """Type words into every text that people type freely."""
    boss, asha = somebody(), somebody(Role.TECHNICIAN, name="asha")
    await boss.report(words)
    await boss.match(words)
    await boss.search(words)
    await boss.ask(DIAGNOSE, report={"text": words})
    await boss.ask(DRAFT, text=words)
    await boss.create(content("A lamp that flickers", words))
    await opened(asha, words)
    card = await plant(house, f"traced_{uuid4().hex}", "Said a word of")
    ticket = followed(card.id, True)
    await put(house, ticket)
    said = {"card": card.id, "stars": 4, "comment": words, "correction": words}
    given = await asha.ask(GIVE, ticket=ticket.id, said=said, op=str(uuid4()))
    assert given["__typename"] == "FeedbackGiven", given


async def enter_what_is_sealed(house: Runtime, somebody: Somebody) -> str:
    """Enter a customer, a payment, a draft's customer and an employee; give the buyer's GSTIN."""
    shop, number = await billing_garage.furnished(house, somebody), synthetic_gstin("27")
    customer: dict[str, Any] = {
        **registered(number),
        "name": SEALED["customer"],
        "address": SEALED["address"],
        "phone": SEALED["telephone"],
        "email": SEALED["e-mail"],
    }
    paper = await shop.issued(await shop.closed("traced"), **customer)
    payment = {"amount": 100, "method": "UPI", "reference": SEALED["payment"]}
    paid = await shop.accountant.ask(
        PAY, op=str(uuid4()), invoice=paper["invoice"]["key"], payment=payment
    )
    assert paid["__typename"] == "PaymentRecorded", paid
    draft = {"customer": {"name": SEALED["draft"], "phone": SEALED["telephone"]}}
    edited = await shop.accountant.ask(
        EDIT, op=str(uuid4()), ticket=await shop.closed("traced_draft"), n=0, invoice=draft
    )
    assert edited["__typename"] == "DraftEdited", edited
    account = {"number": SEALED["account"], "ifsc": "HDFC0001234"}
    await test_employees.opened(shop.admin, bankAccount=account, pan=SEALED["PAN"])
    return number


@pytest.mark.row("EN-2", "EN-3")
async def test_nothing_personal_stands_in_clear(
    house: Runtime,
    somebody: Somebody,
    pytestconfig: pytest.Config,
    caplog: pytest.LogCaptureFixture,
    record_property: Callable[[str, object], None],
) -> None:
    root, control = pytestconfig.stash[LOGS][0].parent.parent, f"zq{uuid4().hex}"
    caplog.set_level(logging.INFO)
    async with run_background(house):
        typed = [*TYPED.values(), aadhaar()]
        for word in typed:
            await type_everywhere(house, somebody, f"The lamp flickers {control}. Owner: {word}")
        number = await enter_what_is_sealed(house, somebody)
        await told(house)
        words = {*typed, *SEALED.values(), number, aadhaar().replace(" ", "")}
        found = await found_words(house, root, words)
        logged = [word for word in words if word.lower() in caplog.text.lower()]
    record_property("in_clear", len({*found, *logged}))
    assert (found, logged) == ({}, [])
    # What may be kept is found by the same search, in each store and in its files.
    await _note_in_redis(house.redis, control)
    places = await found_words(house, root, [control])
    assert places == {control: {"postgres", "neo4j", "redis"}}


async def _note_in_redis(redis: Redis, word: str) -> None:
    await redis.set("battwheels:control", word, ex=60)
