"""The payload of `sync.required` is what its schema says, for new, changed and retired cards."""

from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator, ValidationError

from domain.cards import CardStatus
from sync.sync_required import Payload, sync_payload, sync_schema
from tests.domain.samples import CARD
from tests.graph.examples import FULL


@pytest.mark.row(
    "IP-8", missing="the event that is sent carries another payload than the one that is checked"
)
@pytest.mark.parametrize(
    ("card", "action"),
    [
        (CARD, "upsert"),
        (FULL, "upsert"),
        (replace(FULL, version=2, title="Changed"), "upsert"),
        (replace(CARD, status=CardStatus.MERGED), "delete"),
        (replace(CARD, status=CardStatus.DEPRECATED), "delete"),
    ],
)
def test_a_card_travels_whole(card: object, action: str) -> None:
    told = sync_payload(card)  # pyright: ignore[reportArgumentType]
    Draft202012Validator(sync_schema()).validate(told)
    assert (told["type"], told["action"]) == ("failure_card", action)
    assert Payload.validate_python(told).data == card


def test_a_payload_without_its_card_is_refused() -> None:
    with pytest.raises(ValidationError):
        Draft202012Validator(sync_schema()).validate({"type": "failure_card", "action": "upsert"})
