"""A language model's reply, read as if it were hostile: into the schema, or not at all (ML-22).

A cause counts only as far as the cards it cites bear it out: what a model says of its own sureness
is not calibrated, and a card that was not put before it cannot be cited. So an instruction hidden
in a technician's notes can change neither the form of an answer nor bring up another card.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints, ValidationError

from domain.ids import CardId
from domain.signature import cause_key
from matching.diagnosis.answers import Cause, Check, Diagnosis

Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]


class Reply(BaseModel):
    """What a model is asked to say."""

    cause: Sentence | None
    secondary: list[Sentence] = Field(default=[], max_length=5)
    steps: list[Sentence] = Field(default=[], max_length=10)
    reasoning: Annotated[str, StringConstraints(strip_whitespace=True, max_length=4_000)] = ""
    cites: list[str] = Field(default=[], max_length=20)


def read(found: object) -> Reply:
    """Read a reply, given as JSON's values.

    Raises:
        ValueError: it has another form; the message says where and how.
    """
    try:
        return Reply.model_validate(found)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the answer"
        raise ValueError(f"{place}: {first['msg']}") from error


def borne_out(said: Reply, weighed: Diagnosis, likely: float) -> Diagnosis:
    """Give what the model said, each cause as sure as the evidence that `weighed` holds for it.

    A cause that no card bears out keeps a confidence of 0; from `likely` on it is the cause.
    """
    borne = [*([weighed.cause] if weighed.cause else []), *weighed.suspects]
    known = {one.id for one in weighed.precedents}
    cited = tuple(CardId(card) for card in dict.fromkeys(said.cites) if card in known)
    causes = [_as_sure(text, borne) for text in said.secondary]
    if said.cause is not None:
        sure = max((c.confidence for c in borne if set(c.cites) & set(cited)), default=0.0)
        causes.insert(0, Cause(text=said.cause, confidence=sure, cites=cited))
    stands = said.cause is not None and causes[0].confidence >= likely
    safety = [check for check in weighed.checks if check.safety]
    return replace(
        weighed,
        cause=causes[0] if stands else None,
        suspects=tuple(causes[1:] if stands else causes),
        checks=(*safety, *(Check(action=step) for step in said.steps)),
        reasoning=said.reasoning or weighed.reasoning,
    )


def _as_sure(text: str, borne: Sequence[Cause]) -> Cause:
    key = cause_key(text)
    same = next((cause for cause in borne if cause_key(cause.text) == key), None)
    return same or Cause(text=text, confidence=0.0, cites=())
