"""A language model as LangChain names it, asked within the specification's bounds (ML-20 to ML-25).

Written for OpenAI's API and for the servers that speak it: llama.cpp, vLLM, Ollama and others, on
this machine or elsewhere. Another provider of LangChain's can be named if its client takes the same
bounds by the same names.
"""

import asyncio
from collections.abc import Callable
from json import JSONDecodeError, JSONDecoder
from typing import Any, Self, TypeVar, cast

from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
from langchain_core.utils.json import parse_partial_json
from langsmith import tracing_context  # pyright: ignore[reportUnknownVariableType]

from domain.circuit_breaker import FAILURES_OUTSIDE, CircuitBreaker
from domain.errors import InvalidInput, Unavailable
from domain.matches import UnderstoodReport
from matching.diagnosis import prompt, reply
from matching.diagnosis.answers import Diagnosis
from matching.diagnosis.local_model import PROVIDER, EvidenceChatModel
from matching.diagnosis.reply import ParsedReply

T = TypeVar("T")

TEMPERATURE = 0.3
MAX_TOKENS = 1_000
# The same question is answered alike, by servers that heed a seed.
SEED = 20_260
ATTEMPTS = 2
# With the match and the cards before it, an answer comes within the ten seconds of a request.
PATIENCE_S = 6.0
CUT = frozenset({"length", "max_tokens", "MAX_TOKENS"})
# What servers call the reason that an answer ended for.
ENDINGS = ("finish_reason", "stop_reason", "done_reason")
THOUGHT = "</think>"


class LanguageModel:
    def __init__(
        self,
        model: BaseChatModel,
        name: str,
        patience_s: float = PATIENCE_S,
        breaker: CircuitBreaker | None = None,
    ) -> None:
        self.name = name
        self._breaker = breaker or CircuitBreaker(FAILURES_OUTSIDE)
        self._model = model
        self._patience_s = patience_s

    @classmethod
    def from_name(
        cls,
        name: str,
        url: str | None = None,
        key: str | None = None,
        patience_s: float = PATIENCE_S,
        breaker: CircuitBreaker | None = None,
    ) -> Self:
        """Give the model of this name, `PROVIDER:MODEL`; `url` leads to a server of one's own.

        The provider `local` is the evidence itself and needs neither server nor key.

        Raises:
            InvalidInput: neither key nor server is given, the provider is unknown, its package is
                missing, or it refuses to start.
        """
        if name.partition(":")[0] == PROVIDER:
            return cls(EvidenceChatModel(), name, patience_s, breaker)
        if url is None and key is None:
            raise InvalidInput("language model", f"{name} needs a key, or the address of a server")
        # A server of one's own often asks for no key, and the client will not start without one.
        own: dict[str, Any] = {"api_key": key or "none"}
        own |= {} if url is None else {"base_url": url}
        try:
            model: object = init_chat_model(  # pyright: ignore[reportUnknownVariableType]
                name,
                temperature=TEMPERATURE,
                max_tokens=MAX_TOKENS,
                seed=SEED,
                timeout=patience_s,
                max_retries=0,
                **own,
            )
        # Each provider's client refuses in a way of its own, and this is the one place to say so.
        except Exception as error:
            raise InvalidInput("language model", f"{name}: {error}") from error
        return cls(cast("BaseChatModel", model), name, patience_s, breaker)

    async def ask_model(self, understood: UnderstoodReport, weighed: Diagnosis) -> ParsedReply:
        """Give what the model says of a failure, its precedents before it.

        Raises:
            Unavailable: it does not answer in time, or says twice what does not read as an answer.
        """
        question = prompt.build_question(understood, weighed)
        said, cut = await self.ask(prompt.INSTRUCTIONS, question, reply.read_reply)
        return ParsedReply(reply=said, truncated=cut)

    async def ask(
        self, instructions: str, question: str, read: Callable[[object], T]
    ) -> tuple[T, bool]:
        """Give what the model says as `read` reads its JSON, and whether it was cut at its cap.

        Raises:
            Unavailable: it does not answer in time, or says twice what does not read as an answer;
                or it failed so often that it is left alone for a while.
        """
        asked: list[BaseMessage] = [SystemMessage(instructions), HumanMessage(question)]
        with self._breaker.pass_through():
            try:
                async with asyncio.timeout(self._patience_s):
                    return await self._ask_until_read(asked, read)
            except TimeoutError as error:
                raise Unavailable(self.name, f"no answer within {self._patience_s:g} s") from error

    async def _ask_until_read(
        self, asked: list[BaseMessage], read: Callable[[object], T]
    ) -> tuple[T, bool]:
        for attempt in range(1, ATTEMPTS + 1):
            said = await self._ask_once(asked)
            try:
                return read(_read_json(said.text)), _was_cut(said)
            except InvalidInput as error:
                if attempt == ATTEMPTS:
                    raise Unavailable(self.name, f"its answer does not read: {error}") from error
                again = f"That does not read as the answer: {error} Try again."
                asked = [*asked, said, HumanMessage(again)]
        raise AssertionError("the last attempt answers or raises")

    async def _ask_once(self, asked: list[BaseMessage]) -> BaseMessage:
        # Each provider raises errors of its own client: as a batch of one they come as values. What
        # is asked goes to the model alone, whatever tracing the environment speaks of.
        with tracing_context(enabled=False):
            answers = await self._model.abatch([asked], return_exceptions=True)
        [said] = cast("list[BaseMessage | Exception]", answers)
        if isinstance(said, Exception):
            raise Unavailable(self.name, type(said).__name__) from said
        return said


def _read_json(text: str) -> object:
    """Give the first JSON object behind whatever a model thinks aloud, as far as it goes.

    Raises:
        InvalidInput: there is none.
    """
    told = text.rpartition(THOUGHT)[2]
    start = told.find("{")
    if start < 0:
        raise InvalidInput("the answer", "holds no JSON object")
    try:
        return JSONDecoder().raw_decode(told, start)[0]
    except JSONDecodeError:
        return _read_partial_json(told[start:])
    except RecursionError as error:
        raise InvalidInput("the answer", "is nested too deeply") from error


def _read_partial_json(text: str) -> object:
    try:
        return parse_partial_json(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("the answer", "is no JSON") from error


def _was_cut(said: BaseMessage) -> bool:
    told: dict[str, Any] = said.response_metadata
    return any(str(told.get(name)) in CUT for name in ENDINGS)
