"""How an event travels: JSON with ids, a type, a version and a moment, nothing of a person."""

from typing import Any

from pydantic import TypeAdapter

from domain.events import Event

Envelope: TypeAdapter[Event] = TypeAdapter(Event)


def event_envelope(event: Event) -> dict[str, Any]:
    """Give the event as plain JSON values; `Envelope.validate_json` reads it back."""
    return Envelope.dump_python(event, mode="json", exclude={"deed"})
