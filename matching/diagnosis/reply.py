"""A language model's reply, read as if it were hostile: into the schema, or not at all (ML-22).

A model weighs nothing: which causes there are and how sure each is stays what the cards say. It
adds its reading, what to check, and ideas that no card tells, worth 0. So an instruction hidden in
a technician's notes can neither lift a cause, nor change an answer's form, nor bring up a card.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Annotated, cast

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError

from domain import limits
from domain.errors import InvalidInput
from domain.ids import CardId
from domain.signature import group_by_cause
from matching.diagnosis.answers import Diagnosis, DiagnosticCheck, PossibleCause

CARD = re.compile(r"\bfc_[0-9A-Za-z_-]+")
IDEAS = 5
STEPS = 10
SENTENCE = 2_000
READING = 4_000


def _clean_sentence(value: str) -> str:
    return limits.clean_text("said", value, READING, least=0)


def keep_first(most: int) -> BeforeValidator:
    """Keep the first of what a model says too much."""

    def keep(value: object) -> object:
        if isinstance(value, str):
            return value[:most]
        return cast("list[object]", value)[:most] if isinstance(value, list) else value

    return BeforeValidator(keep)


Sentence = Annotated[str, AfterValidator(_clean_sentence), keep_first(SENTENCE)]


class ModelReply(BaseModel):
    """What a model is asked to say."""

    model_config = ConfigDict(frozen=True)

    cause: Sentence | None
    secondary: Annotated[list[Sentence], keep_first(IDEAS)] = []
    steps: Annotated[list[Sentence], keep_first(STEPS)] = []
    reasoning: Annotated[str, AfterValidator(_clean_sentence), keep_first(READING)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedReply:
    """What a model said, and whether it was cut at its token cap (ML-24)."""

    reply: ModelReply
    truncated: bool


def read_reply(found: object) -> ModelReply:
    """Read a reply, given as JSON's values.

    Raises:
        InvalidInput: it has another form; the message says where and how.
    """
    try:
        return ModelReply.model_validate(found)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the answer"
        raise InvalidInput(place, first["msg"]) from error


def merge_reply(weighed: Diagnosis, spoken: ParsedReply, name: str) -> Diagnosis:
    """Give what the graph weighed, with what the model called `name` adds to it."""
    said = _within_limits(spoken.reply, {one.id for one in weighed.precedents})
    steps = tuple(DiagnosticCheck(action=step) for step in dict.fromkeys(said.steps) if step)
    safety = tuple(check for check in weighed.checks if check.safety)
    reading = f"\n\n{name} adds: {said.reasoning}" if said.reasoning else ""
    return replace(
        weighed,
        suspects=(*weighed.suspects, *_new_causes(weighed, said)),
        checks=(*safety, *steps) if steps else weighed.checks,
        reasoning=f"{weighed.reasoning}{reading}",
        reasoner=name,
        truncated=spoken.truncated,
    )


def _within_limits(said: ModelReply, retrieved: Collection[CardId]) -> ModelReply:
    """Give the reply naming no card but those it was given to read (CA-18)."""

    def strike(text: str) -> str:
        return CARD.sub(lambda it: it[0] if it[0] in retrieved else "(no such card)", text)

    return ModelReply(
        cause=None if said.cause is None else strike(said.cause),
        secondary=[strike(one) for one in said.secondary],
        steps=[strike(one) for one in said.steps],
        reasoning=strike(said.reasoning),
    )


def _new_causes(weighed: Diagnosis, said: ModelReply) -> list[PossibleCause]:
    """Give the causes that the model alone names: no card bears them out."""
    named = group_by_cause(filter(None, (said.cause, *said.secondary)))
    borne = group_by_cause(text for one in weighed.precedents for text in one.match.card.causes)
    return [
        PossibleCause(text=text, confidence=0.0, cites=())
        for key, text in named.items()
        if key not in borne
    ]
