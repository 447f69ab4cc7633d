"""Every event as a JSON Schema, all of them as one AsyncAPI 3 document: printed, committed."""

from pathlib import Path
from typing import Any

import yaml

from domain.events import SCHEMA_VERSION, EventType
from sync.envelope import Envelope
from sync.stream import STREAM

PRINTED = Path(__file__).with_name("asyncapi.yaml")
DIALECT = "https://json-schema.org/draft/2020-12/schema"

DESCRIBED = {
    "id": "The event's own id: who has seen it once passes over it afterwards.",
    "type": "What happened.",
    "entity": "The id of what it is about.",
    "version": "The version of that thing after it; a later one says more.",
    "at": "When it happened, with an offset.",
    "actor": "The id of who did it; never a name.",
    "garage": "The id of the garage where it happened; null for imports.",
    "trace": "The request that it came from; null where there was none.",
    "schema": "The version of this envelope.",
}


# Ids have neither spaces nor an @: a name, a sentence or an address does not fit in.
ID = {"pattern": r"^[^\s@]+$"}
IDS = ("id", "entity", "actor")


def event_schema(type: EventType) -> dict[str, Any]:
    """Give the JSON Schema of one event: the envelope, its type fixed, and nothing else allowed."""
    built = Envelope.json_schema()
    properties: dict[str, Any] = built["properties"]
    described = {
        name: _plain_schema(properties[name]) | {"description": text}
        for name, text in DESCRIBED.items()
    }
    for name in IDS:
        described[name] |= ID
    described["type"] = {"const": type.value, "description": DESCRIBED["type"]}
    described["schema"] = {"const": SCHEMA_VERSION, "description": DESCRIBED["schema"]}
    return {
        "$schema": DIALECT,
        "title": type.value,
        "type": "object",
        "properties": described,
        "required": sorted(DESCRIBED),
        "additionalProperties": False,
    }


def asyncapi_document() -> dict[str, Any]:
    """Give the AsyncAPI 3 document: one channel, one message for each event."""
    names = [t.value for t in EventType]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Battwheels OS events",
            "version": str(SCHEMA_VERSION),
            "description": "What happened, once and in one order. Events carry ids, never "
            "personal data: read the thing itself through the API, which knows who may see it.",
        },
        "defaultContentType": "application/json",
        "channels": {
            STREAM: {
                "address": STREAM,
                "description": "A Redis Stream. An entry's id is `<number in the change log>-0`; "
                "its field `event` holds the message.",
                "messages": {name: _reference_to("messages", name) for name in names},
            }
        },
        "operations": {
            "hear": {
                "action": "receive",
                "channel": {"$ref": f"#/channels/{STREAM}"},
                "summary": "Take events in a group, or follow them from a number on.",
            }
        },
        "components": {"messages": {t.value: _message_schema(t) for t in EventType}},
    }


def printed_document() -> str:
    """Give the document as it is to be committed."""
    text = yaml.safe_dump(asyncapi_document(), sort_keys=False, allow_unicode=True, width=100)
    return "# Printed by `make asyncapi`; do not edit.\n" + text


def _message_schema(type: EventType) -> dict[str, Any]:
    return {
        "name": type.value,
        "title": type.value,
        "contentType": "application/json",
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-2020-12",
            "schema": event_schema(type),
        },
    }


def _plain_schema(found: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in found.items() if key not in ("title", "default")}


def _reference_to(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}
