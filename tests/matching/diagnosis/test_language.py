"""A language model in the place of the graph's reasoning: its bounds, its failures, its lies."""

import json
from collections.abc import AsyncGenerator, Sequence
from random import Random
from typing import Any

import pytest
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from pydantic import BaseModel, ConfigDict, Field

from domain.access import Viewer
from domain.cards import FailureCard
from domain.errors import InvalidInput
from domain.ids import CardId
from domain.matches import Level, Understood
from matching.answers import Answer
from matching.diagnosis.answers import Precedent
from matching.diagnosis.engine import Diagnoser
from matching.diagnosis.language import LanguageModel
from matching.diagnosis.reasoning import NAME
from tests.matching.diagnosis.model_server import ModelServer, Said, model_server
from tests.matching.diagnosis.precedents import CHARGER, DRIFT, ISOLATE, MEASURE, card, precedent
from tests.matching.samples import E401, IN_PUNE, REPORT
from web.cli.diagnose import record

pytestmark = pytest.mark.filterwarnings("default::DeprecationWarning")
GOOD = {
    "cause": "The cells have drifted apart",
    "secondary": [CHARGER, "Moonlight"],
    "steps": ["Measure the cells"],
    "reasoning": "As fc_a and fc_b say.",
    "cites": ["fc_a", "fc_secret", "fc_a"],
}
SURE = (
    precedent(
        "a",
        DRIFT,
        score=24.0,
        codes=(E401,),
        known=card("a", DRIFT, steps=(ISOLATE, MEASURE), high_voltage=True),
    ),
    precedent("b", CHARGER, score=10.0, codes=(E401,)),
)


class Found:
    """A matcher and a shelf that give the same precedents to everybody."""

    def __init__(self, found: Sequence[Precedent]) -> None:
        self._found = found

    async def match(self, understood: Understood, viewer: Viewer, limit: int = 5) -> Answer:
        del understood, viewer
        return Answer(
            matches=tuple(one.match for one in self._found[:limit]), level=Level.AI, ranker="any"
        )

    async def many(self, ids: Sequence[CardId], viewer: Viewer) -> dict[CardId, FailureCard]:
        del ids, viewer
        return {one.id: one.card for one in self._found if one.card is not None}


@pytest.fixture(scope="module")
async def model() -> AsyncGenerator[ModelServer]:
    async with model_server() as model:
        yield model


def _diagnoser(model: ModelServer) -> Diagnoser:
    return _with(LanguageModel.named("openai:scripted", model.url))


def _with(language: LanguageModel | None) -> Diagnoser:
    return Diagnoser(matcher=Found(SURE), cards=Found(SURE), language=language)


@pytest.mark.row("ML-20", "ML-22")
async def test_the_model_names_the_cause_and_the_cards_how_sure_it_is(model: ModelServer) -> None:
    model.will_say(f"```json\n{json.dumps(GOOD)}\n```")
    found = await _diagnoser(model).diagnose(REPORT, IN_PUNE)
    weighed = await _with(None).diagnose(REPORT, IN_PUNE)
    assert found.cause is not None
    assert weighed.cause is not None
    assert (found.cause.text, found.cause.cites) == (GOOD["cause"], ("fc_a",))
    assert found.cause.confidence == weighed.cause.confidence
    assert found.suspects == (weighed.suspects[0], found.suspects[1])
    assert (found.suspects[1].text, found.suspects[1].confidence) == ("Moonlight", 0.0)
    assert [(one.action, one.safety) for one in found.checks] == [
        (ISOLATE.action, True),
        ("Measure the cells", False),
    ]
    assert (found.reasoner, found.truncated, found.degraded) == ("openai:scripted", False, None)


@pytest.mark.row("ML-24", "ML-25")
async def test_what_is_asked_stays_within_its_bounds(model: ModelServer) -> None:
    model.will_say(json.dumps(GOOD))
    await _diagnoser(model).diagnose(REPORT, IN_PUNE)
    [heard] = model.heard
    asked = {name: heard[name] for name in ("model", "temperature", "seed")}
    assert asked == {"model": "scripted", "temperature": 0.3, "seed": 20_260}
    cap = [heard[name] for name in ("max_tokens", "max_completion_tokens") if name in heard]
    assert cap == [1_000]


@pytest.mark.row("ML-24")
async def test_an_answer_that_was_cut_is_read_as_far_as_it_goes(model: ModelServer) -> None:
    model.will_say(Said(json.dumps(GOOD)[:150], finish="length"))
    found = await _diagnoser(model).diagnose(REPORT, IN_PUNE)
    assert (found.truncated, len(model.heard)) == (True, 1)
    assert [one.text for one in found.suspects][:1] == [GOOD["cause"]]
    Told.model_validate(record(found))


@pytest.mark.row("ML-22")
async def test_an_answer_that_does_not_read_is_asked_for_again(model: ModelServer) -> None:
    model.will_say('{"cause": 7}', json.dumps(GOOD))
    found = await _diagnoser(model).diagnose(REPORT, IN_PUNE)
    assert found.reasoner == "openai:scripted"
    assert "cause: Input should be a valid string" in model.prompts(1)[-1]


@pytest.mark.row("ML-20")
@pytest.mark.parametrize(
    ("said", "why"),
    [
        ([Said("none")], "its answer does not read"),
        ([Said("quota", status=429)], "OpenAIRateLimitError"),
        ([Said("broken", status=500)], "OpenAIAPIError"),
        ([Said("late", after_s=0.6)], "no answer within 0.2 s"),
    ],
    ids=["nonsense", "quota", "broken", "late"],
)
async def test_the_graph_reasons_where_the_model_does_not(
    model: ModelServer, said: list[Said], why: str
) -> None:
    model.will_say(*said)
    language = LanguageModel.named("openai:scripted", model.url)
    language.patience_s = 0.2 if "within" in why else 8.0
    found = await _with(language).diagnose(REPORT, IN_PUNE)
    assert found.cause is not None
    assert (found.cause.text, found.reasoner) == (DRIFT, NAME)
    assert found.degraded is not None
    assert found.degraded.startswith(f"openai:scripted does not answer: {why}")


async def test_a_closed_port_is_said() -> None:
    language = LanguageModel.named("openai:scripted", "http://127.0.0.1:9/v1")
    found = await _with(language).diagnose(REPORT, IN_PUNE)
    assert found.degraded == "openai:scripted does not answer: OpenAIConnectionError"


@pytest.mark.row("ML-21")
async def test_an_instruction_in_the_notes_brings_up_no_other_card(model: ModelServer) -> None:
    """The model does what the notes tell it to; the answer keeps its form and its cards."""
    obeyed = {"cause": "PWNED", "cites": ["fc_secret"], "confidence": 1.0, "admin": True}
    model.will_say(json.dumps(obeyed))
    found = await _diagnoser(model).diagnose(REPORT, IN_PUNE)
    assert found.cause is None
    assert [(one.text, one.confidence, one.cites) for one in found.suspects] == [("PWNED", 0.0, ())]
    assert "fc_secret" not in json.dumps(record(found))


@pytest.mark.parametrize(
    ("name", "why"),
    [("nobody:model", "nobody"), ("openai:gpt", "api_key"), ("nonsense", "provider")],
)
async def test_a_model_that_cannot_be_had_is_refused(
    name: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(InvalidInput, match=why):
        LanguageModel.named(name)


class Worth(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    text: str = Field(min_length=1)
    confidence: float = Field(ge=0, le=1)
    cites: list[str]


class Check(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    action: str = Field(min_length=1)
    safety: bool
    card: str | None


class Told(BaseModel):
    """The form of every diagnosis, whatever a model said."""

    model_config = ConfigDict(extra="forbid", strict=True)

    cause: Worth | None
    suspects: list[Worth]
    checks: list[Check]
    reasoning: str = Field(min_length=1)
    reasoner: str
    precedents: list[dict[str, Any]]
    level: str
    degraded: str | None
    truncated: bool


@pytest.mark.row("ML-22")
async def test_whatever_is_said_the_answer_keeps_its_form() -> None:
    """500 answers, whole and broken in every way that a seeded generator thinks of."""
    random = Random(22)  # noqa: S311 - a seed, no secret
    spoken = 0
    for _ in range(500):
        said = [AIMessage(_spoilt(random), response_metadata=_ending(random)) for _ in range(2)]
        language = LanguageModel(GenericFakeChatModel(messages=iter(said)), "scripted")
        found = await _with(language).diagnose(REPORT, IN_PUNE)
        Told.model_validate(record(found))
        spoken += found.reasoner == "scripted"
    assert 100 < spoken < 450


SPOILT: Sequence[object] = (
    None,
    3,
    "",
    [],
    ["x"],
    [""],
    {"a": 1},
    "y" * 5_000,
    ["z"] * 30,
)


def _ending(random: Random) -> dict[str, str]:
    return random.choice([{"finish_reason": "stop"}, {"finish_reason": "length"}, {}])


def _spoilt(random: Random) -> str:
    said: dict[str, Any] = dict(GOOD)
    for name in random.sample(sorted(said), random.randrange(3)):
        said[name] = random.choice(SPOILT)
    text = json.dumps(said)
    match random.randrange(5):
        case 0:
            return text[: random.randrange(len(text))]
        case 1:
            return f"Here you are:\n```json\n{text}\n```"
        case 2:
            return random.choice(["", "I do not know.", "[1, 2]", "null", "{}", "\x00{"])
        case _:
            return text
