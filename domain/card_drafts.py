"""A card as a free report tells it: every field with its place in the text, nothing that is not.

A draft is a list of fields, named as the API's `CardInput` names them (`signature.text`,
`resolution.steps.0.action`). It is stored nowhere: a person reads it, adds what is missing, and
writes the card.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from domain.cards import SENTENCE_LIMIT, TEXT_LIMIT

FieldValue = str | int | float | bool
NEEDED = ("title", "signature.text", "cause.primary", "resolution.type")
STEPS = "resolution.steps"
UNSAFE = "high-voltage work starts with an isolation and PPE step; the text tells none"
WHY = {
    "title": "what fails is not told",
    "signature.text": "what was noticed is not told",
    "cause.primary": "what was found to be wrong is not told",
    "resolution.type": "what was done about it is not told",
    STEPS: UNSAFE,
}
LONGEST: Mapping[str, int] = {
    "title": 200,
    "signature.text": TEXT_LIMIT,
    "cause.primary": SENTENCE_LIMIT,
    "action": SENTENCE_LIMIT,
}


class DraftOrigin(StrEnum):
    """Who read a field: the rules on this machine, or the language model that is set."""

    RULES = "rules"
    MODEL = "model"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftField:
    """A value for one field, and where in the text it was read: [start, end)."""

    path: str
    value: FieldValue
    start: int
    end: int
    origin: DraftOrigin = DraftOrigin.RULES


@dataclass(frozen=True, slots=True, kw_only=True)
class CardDraft:
    """What a text tells of a card.

    Attributes:
        text: as it was read, with what tells who somebody is masked; the fields' places are in it.
        degraded: why the language model that is set added nothing, if it did not.
    """

    text: str
    fields: tuple[DraftField, ...]
    degraded: str | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields that a card needs and the text does not tell (CA-16, CA-20, CA-21)."""
        told = {field.path for field in self.fields}
        lacking = [path for path in NEEDED if path not in told]
        live = any(f.path == "resolution.highVoltage" and f.value for f in self.fields)
        return (*lacking, *([STEPS] if live and f"{STEPS}.0.safety" not in told else []))

    @property
    def valid(self) -> bool:
        return not self.missing

    def content(self) -> dict[str, Any]:
        """Give the fields as `CardInput` nests them."""
        return _plain(nest_fields(self.fields))


def nest_fields(fields: Iterable[DraftField]) -> dict[str, Any]:
    """Give fields nested by their paths; entries of lists stand under their numbers."""
    nested: dict[str, Any] = {}
    for field in fields:
        *outer, last = field.path.split(".")
        inner = nested
        for step in outer:
            inner = inner.setdefault(step, {})
        inner[last] = field.value
    return nested


def _plain(value: Any) -> Any:  # noqa: ANN401 - as deep as a card is
    """Give what stands under numbers as a list."""
    if not isinstance(value, dict):
        return value
    held = cast("dict[str, Any]", value)
    if held and all(key.isdigit() for key in held):
        return [_plain(held[key]) for key in sorted(held, key=int)]
    return {key: _plain(one) for key, one in held.items()}
