"""Whole documents as JSON text: a stored version reads back as exactly the value it was.

What is stored outlives the class that wrote it. Each body says which schema it is of; a body of an
older one is brought up a schema at a time before it is read (`CARD_UPCASTERS`), and what a newer
release wrote into a card and this one does not know stays in it when the next version is written.

Whoever changes the form of a card or tightens a limit of one:
1. raises `CARD_SCHEMA` and adds an upcaster from the schema before, which also brings values that
   the new limit would refuse within it;
2. adds a frozen body of the new schema to `tests/graph/bodies/`; those of all older ones stay.
"""

from collections.abc import Callable, Mapping
from typing import Any, cast

import orjson
from pydantic import TypeAdapter

from domain.cards import FailureCard
from domain.tickets import Ticket

CARD = TypeAdapter(FailureCard)
TICKET = TypeAdapter(Ticket)
SCHEMA_KEY = "schema"
CARD_SCHEMA = 2
TICKET_SCHEMA = 4
# Bodies before the second schema did not say which they are of.
UNSAID = 1
COUNTED = {"usage", "reputation", "recheck"}
# What an import may change without the card saying anything new.
INCIDENTAL = {
    "version": True,
    "status": True,
    "verification": True,
    "usage": True,
    "reputation": True,
    "recheck": True,
    "merged_into": True,
    "merge": True,
    "provenance": {"created_at", "updated_at"},
}

Body = dict[str, Any]
Upcasters = Mapping[int, Callable[[Body], Body]]


def _keep_unchanged(body: Body) -> Body:
    return body


# By the schema that they start from: each gives the body as the next schema has it.
CARD_UPCASTERS: Upcasters = {1: _keep_unchanged}
TICKET_UPCASTERS: Upcasters = {1: _keep_unchanged, 2: _keep_unchanged, 3: _keep_unchanged}


def write_card(card: FailureCard, before: str | None = None) -> str:
    """Give the document without its counters, which no version holds.

    `before` is the body of the version that it follows: what it holds of a newer release stays.
    """
    body: Body = CARD.dump_python(card, mode="json", exclude=COUNTED)
    body[SCHEMA_KEY] = CARD_SCHEMA
    if before is not None:
        body = _with_unknown(body, orjson.loads(before))
    return orjson.dumps(body).decode()


def card_content(card: FailureCard) -> bytes:
    """Give what the card says, without its version, state, times and counters."""
    return CARD.dump_json(card, exclude=INCIDENTAL)


def read_card(body: str) -> FailureCard:
    """Read a card of any schema so far."""
    if body.endswith(_end_of_body(CARD_SCHEMA)):
        return CARD.validate_json(body)
    return CARD.validate_python(_upcast_body(body, CARD_UPCASTERS, CARD_SCHEMA))


def same_card(body: str | None, card: FailureCard) -> bool:
    """Say whether a stored body, of whatever schema, says what a card says."""
    return body is not None and write_card(read_card(body)) == write_card(card)


def write_ticket(ticket: Ticket) -> str:
    body: Body = TICKET.dump_python(ticket, mode="json")
    return orjson.dumps(body | {SCHEMA_KEY: TICKET_SCHEMA}).decode()


def read_ticket(body: str) -> Ticket:
    """Read a ticket of any schema so far."""
    if body.endswith(_end_of_body(TICKET_SCHEMA)):
        return TICKET.validate_json(body)
    return TICKET.validate_python(_upcast_body(body, TICKET_UPCASTERS, TICKET_SCHEMA))


def same_ticket(body: str, ticket: Ticket) -> bool:
    """Say whether a stored body, of whatever schema, says what a ticket says."""
    return write_ticket(read_ticket(body)) == write_ticket(ticket)


def _end_of_body(schema: int) -> str:
    """Give how a body of this schema ends that holds nothing unknown: it needs no second look."""
    return f'"{SCHEMA_KEY}":{schema}}}'


def _upcast_body(text: str, upcasters: Upcasters, schema: int) -> Body:
    body: Body = orjson.loads(text)
    for older in range(body.pop(SCHEMA_KEY, UNSAID), schema):
        body = upcasters[older](body)
    return body


def _with_unknown(body: Body, before: Body) -> Body:
    """Give a body with the fields of the one before that this release has no name for."""
    kept = dict(body)
    for name, value in before.items():
        mine = kept.get(name)
        if name not in kept:
            if name not in COUNTED:
                kept[name] = value
        elif isinstance(mine, dict) and isinstance(value, dict):
            kept[name] = _with_unknown(cast("Body", mine), cast("Body", value))
    return kept
