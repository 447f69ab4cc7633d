"""A language model as LangChain names it, asked within the specification's bounds (ML-20 to ML-25).

Any model that LangChain knows: `openai:gpt-4o-mini`, or a server on this machine that speaks as
OpenAI does (llama.cpp, vLLM, Ollama), named by its address.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, Self, cast

from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langchain_core.utils.json import parse_json_markdown

from domain.errors import InvalidInput, Unavailable
from domain.matches import Understood
from matching.diagnosis import prompt, reply
from matching.diagnosis.answers import Precedent
from matching.diagnosis.reply import Reply

TEMPERATURE = 0.3
MAX_TOKENS = 1_000
# The same question is answered alike, by servers that heed a seed.
SEED = 20_260
ATTEMPTS = 2
# No call of the API takes ten seconds: from here on the graph's own reasoning answers.
PATIENCE_S = 8.0
CUT = frozenset({"length", "max_tokens", "MAX_TOKENS"})


class LanguageModel:
    def __init__(self, model: BaseChatModel, name: str, patience_s: float = PATIENCE_S) -> None:
        self.name = name
        self._model = model
        self.patience_s = patience_s

    @classmethod
    def named(cls, name: str, url: str | None = None, key: str | None = None) -> Self:
        """Give the model of this name, `PROVIDER:MODEL`; `url` leads to a server of one's own.

        Raises:
            InvalidInput: the provider is unknown, its package is missing, or it refuses to start.
        """
        own: dict[str, Any] = {} if url is None else {"base_url": url}
        # A server of one's own often asks for no key, and the client will not start without one.
        given = key or ("none" if url is not None else None)
        own |= {} if given is None else {"api_key": given}
        try:
            model: object = init_chat_model(  # pyright: ignore[reportUnknownVariableType]
                name,
                temperature=TEMPERATURE,
                max_tokens=MAX_TOKENS,
                seed=SEED,
                timeout=PATIENCE_S,
                max_retries=0,
                **own,
            )
        except Exception as error:  # each provider refuses in a way of its own
            raise InvalidInput("BATTWHEELS_LANGUAGE_MODEL", f"{name}: {error}") from error
        return cls(cast("BaseChatModel", model), name)

    async def ask(self, understood: Understood, found: Sequence[Precedent]) -> tuple[Reply, bool]:
        """Give what the model says, and whether it was cut at its token cap.

        Raises:
            Unavailable: it does not answer in time, or says twice what does not read as an answer.
        """
        asked: list[BaseMessage] = [
            SystemMessage(prompt.INSTRUCTIONS),
            HumanMessage(prompt.question(understood, found)),
        ]
        try:
            async with asyncio.timeout(self.patience_s):
                return await self._read(asked)
        except TimeoutError as error:
            raise Unavailable(self.name, f"no answer within {self.patience_s:g} s") from error

    async def _read(self, asked: list[BaseMessage]) -> tuple[Reply, bool]:
        wrong = ""
        for _ in range(ATTEMPTS):
            said = await self._said(asked)
            try:
                # One that was cut is read as far as it goes.
                return reply.read(parse_json_markdown(said.text)), _cut(said)
            except ValueError as error:
                wrong = str(error)
            asked += [said, HumanMessage(f"That does not read as the answer: {wrong} Try again.")]
        raise Unavailable(self.name, f"its answer does not read: {wrong}")

    async def _said(self, asked: list[BaseMessage]) -> AIMessage:
        # Each provider raises errors of its own client: as a batch of one they come as values.
        answers = await self._model.abatch([asked], return_exceptions=True)
        [said] = cast("list[AIMessage | Exception]", answers)
        if isinstance(said, AIMessage):
            return said
        raise Unavailable(self.name, type(said).__name__) from said


def _cut(said: AIMessage) -> bool:
    told: dict[str, Any] = said.response_metadata
    return any(told.get(name) in CUT for name in ("finish_reason", "stop_reason", "done_reason"))
