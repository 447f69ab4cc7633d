"""The events' schemas: committed as they are built, and true of every event that travels."""

from dataclasses import replace
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker

from domain.events import EventType
from sync import asyncapi
from sync.envelope import event_envelope
from tests.records.samples import event

EVERY = pytest.mark.parametrize("type", list(EventType))


def validator(type: EventType) -> Draft202012Validator:
    schema = asyncapi.event_schema(type)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=FormatChecker())


def faults(type: EventType, told: dict[str, Any]) -> list[str]:
    return sorted(str(error.path[0] if error.path else "") for error in _errors(type, told))


def _errors(type: EventType, told: dict[str, Any]) -> list[Any]:
    return list(validator(type).iter_errors(told))  # pyright: ignore[reportUnknownMemberType]


def test_committed_document_is_the_one_built() -> None:
    assert asyncapi.PRINTED.read_text(encoding="utf-8") == asyncapi.printed_document()


def test_document_tells_every_event_once() -> None:
    found: Any = yaml.safe_load(asyncapi.printed_document())
    assert found["asyncapi"] == "3.0.0"
    assert [*found["components"]["messages"]] == [t.value for t in EventType]
    assert [*found["channels"]["events"]["messages"]] == [t.value for t in EventType]


@EVERY
def test_events_are_as_their_schema_says(type: EventType) -> None:
    assert faults(type, event_envelope(event(1, type))) == []
    assert faults(type, event_envelope(replace(event(6, type), garage=None, trace=None))) == []


@EVERY
def test_persons_have_no_place(type: EventType) -> None:
    told = event_envelope(event(1, type))
    assert faults(type, told | {"phone": "+91 98765 43210"}) == [""]
    assert faults(type, told | {"actor": "asha@example.com"}) == ["actor"]
    assert faults(type, told | {"entity": "Asha Rao"}) == ["entity"]


@EVERY
def test_another_type_or_version_is_refused(type: EventType) -> None:
    told = event_envelope(event(1, type))
    assert faults(type, told | {"type": "ticket.eaten", "schema": 2}) == ["schema", "type"]
