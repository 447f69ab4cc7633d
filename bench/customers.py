"""A garage with 100,000 customers: a search by part of a name, and one by telephone number.

Customers are written past the book, each sealed and marked as it does that. First and last names
are drawn as unevenly as people bear them; all of them are synthetic. What is typed is cut out of
the name of a customer drawn at random: one part, or two of different words; one search in ten is
for letters that stand in no name. A search is timed from the words to the opened customers.
"""

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from time import perf_counter

from psycopg import sql

from access.people import PeopleDeed
from bench.bars import Bar, Better, p95_of
from bench.ledger import DEEDS, VAULT, opened_records
from billing.gst.parties import Party
from billing.messages.consents import ConsentStore
from domain.access import Actor, Role
from domain.customers import SealedCustomer, parse_search
from domain.ids import CustomerId, GarageId, OperationId, PersonId
from records.customers import CustomerStore
from records.database import Records
from records.people import PeopleStore
from repair.customer_book import CustomerBook, CustomerDetails

CUSTOMERS, SEED = 100_000, 50
PAGE, ROUNDS = 21, 500
GOAL_NAME_MS, GOAL_PHONE_MS = 50.0, 10.0
NOBODY, TWO_WORDS = 0.1, 0.3
GARAGE = GarageId("garage_customers")
CLERK = Actor(id=PersonId("bench"), role=Role.MANAGER, garage=GARAGE)
DEED = PeopleDeed(
    id=OperationId("00000000-0000-7000-8000-000000000000"),
    actor=CLERK,
    at=datetime(2026, 11, 30, tzinfo=UTC),
    body_hash="bench",
)
FIRST = (
    "Rahul Priya Amit Sunita Ramesh Anita Suresh Kavita Rajesh Pooja Sanjay Neha Vijay Meena Arun "
    "Lakshmi Manoj Geeta Deepak Asha Mohammed Fatima Vikram Shanti Ravi Radha Ashok Rekha Ganesh "
    "Sarita Prakash Usha Dinesh Nirmala Mahesh Savita Anil Kamala Sunil Jyoti Harish Meenakshi "
    "Venkatesh Saraswati Balaji Padmavathi Krishnamurthy Gurpreet Harpreet Manpreet Imran Ayesha "
    "Joseph Mary Thomas Elizabeth Subramanian Annapurna Chandrashekhar Bhagyashree Zubin Roshan "
    "Tenzin Lalrinpuii Debashish Sourav Ananya Ishita Arjun Aarav Vivaan Aditya Ishaan Kabir"
).split()
LAST = (
    "Kumar Singh Sharma Devi Patel Das Yadav Gupta Khan Reddy Verma Joshi Mishra Nair Rao Iyer "
    "Chauhan Mehta Shah Pandey Jain Thakur Patil Kulkarni Deshmukh Jadhav Pawar Shinde More Gowda "
    "Naidu Pillai Menon Banerjee Mukherjee Chatterjee Ghosh Bose Sen Roy Saha Sheikh Ansari "
    "Qureshi Gill Sidhu Dhillon Sandhu Kaur Agarwal Bansal Goyal Mittal Malhotra Kapoor Khanna "
    "Chopra Bhatia Venkataraman Ramachandran Subramaniam Krishnan Balasubramanian Fernandes "
    "Dsouza Pereira Wankhede Gaikwad Bhonsle Kotwal Daruwalla Contractor Namgyal Sangma Lyngdoh "
    "Hmar Bora Gogoi"
).split()


async def run() -> list[Bar]:
    """Measure on stores of its own; print every figure."""
    async with opened_records() as records:
        return await _measure(records)


async def _measure(records: Records) -> list[Bar]:
    chance = random.Random(SEED)
    parties = [_party(chance, n) for n in range(CUSTOMERS)]
    book = CustomerBook(
        store=PeopleStore(records),
        customers=CustomerStore(records),
        vault=VAULT,
        deeds=DEEDS,
        consents=ConsentStore(records, VAULT),
    )
    began = perf_counter()
    await _write_customers(records, book, parties)
    print(f"{CUSTOMERS} customers written in {perf_counter() - began:.0f} s")
    by_name = await _search_p95(book, [_typed(chance, parties) for _ in range(ROUNDS)])
    phones = [chance.choice(parties).phone or "" for _ in range(ROUNDS)]
    by_phone = await _search_p95(book, phones)
    often = await _search_p95(book, ["kumar"] * 50)
    print(
        f"p95: part of a name {by_name:.1f} ms, telephone {by_phone:.1f} ms, kumar {often:.1f} ms"
    )
    name, phone, low = "customer_search_p95_ms", "customer_phone_p95_ms", Better.LOWER
    return [
        Bar(name=name, measured=by_name, goal=GOAL_NAME_MS, better=low),
        Bar(name=phone, measured=by_phone, goal=GOAL_PHONE_MS, better=low),
    ]


async def _search_p95(book: CustomerBook, typed: Sequence[str]) -> float:
    took, found = list[float](), 0
    for text in typed:
        began = perf_counter()
        page = await book.search(GARAGE, parse_search(text), CLERK, first=PAGE, after=None)
        took.append((perf_counter() - began) * 1000)
        found += bool(page)
    print(f"{found} of {len(typed)} found somebody; worst {max(took):.1f} ms")
    return p95_of(took)


def _party(chance: random.Random, n: int) -> Party:
    """Give somebody; the n-th name of each list is borne by 1/n as many as the first."""
    first, last = (
        chance.choices(names, [1 / (1 + place) for place in range(len(names))])[0]
        for names in (FIRST, LAST)
    )
    middle = chance.choice(("", "", "", f" {chance.choice(FIRST)}", f" {chance.choice(LAST)[0]}."))
    return Party(name=f"{first}{middle} {last}", phone=f"9{n:09d}")


def _typed(chance: random.Random, parties: Sequence[Party]) -> str:
    """Give what somebody types to find one of them."""
    if chance.random() < NOBODY:
        return "".join(chance.choices("bcdfghjklmnpqrstvwxz", k=chance.randint(3, 6)))
    words = [word for word in chance.choice(parties).name.split() if word.isalpha()]
    sought = words if chance.random() < TWO_WORDS else [chance.choice(words)]
    return " ".join(_part(chance, word) for word in sought)


def _part(chance: random.Random, word: str) -> str:
    length = min(len(word), chance.randint(3, 8))
    start = chance.randint(0, len(word) - length)
    return word[start : start + length]


async def _write_customers(records: Records, book: CustomerBook, parties: Sequence[Party]) -> None:
    into = sql.SQL(
        "copy customer (id, garage, version, who, name_marks, phone_mark, changed_at, changed_by)"
        " from stdin"
    )
    for start in range(0, CUSTOMERS, 5_000):
        async with (
            records.transaction(seconds=300) as connection,
            connection.cursor() as cursor,
            cursor.copy(into) as copy,
        ):
            for n in range(start, start + 5_000):
                await copy.write_row(_row(_sealed(book, parties[n], n)))
    async with records.transaction(seconds=300) as connection:
        await connection.execute("analyze customer")


def _sealed(book: CustomerBook, party: Party, n: int) -> SealedCustomer:
    return book.sealed(CustomerId(f"cus_{n:032x}"), GARAGE, CustomerDetails(party=party), DEED)


def _row(one: SealedCustomer) -> tuple[object, ...]:
    marks = list(one.marks.name)
    return (
        *(one.id, one.garage, one.version, one.who, marks, one.marks.phone),
        *(one.changed_at, one.changed_by),
    )
