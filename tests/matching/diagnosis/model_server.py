"""A server that speaks as OpenAI's chat does, says what it is told to say, and keeps what it heard.

It stands in for a language model, not for a client: LangChain's own client talks to it over HTTP.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.web.live_server import served


@dataclass(frozen=True, slots=True)
class Said:
    """One answer: its text, why it ended, and with what status it comes."""

    text: str
    finish: str = "stop"
    status: int = 200
    after_s: float = 0.0


@dataclass(slots=True)
class ModelServer:
    url: str = ""
    says: list[Said] = field(default_factory=list[Said])
    heard: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def will_say(self, *said: Said | str) -> None:
        self.says = [one if isinstance(one, Said) else Said(one) for one in said]
        self.heard.clear()

    def prompts(self, number: int = 0) -> Sequence[str]:
        return [message["content"] for message in self.heard[number]["messages"]]

    async def answer(self, request: Request) -> JSONResponse:
        self.heard.append(json.loads(await request.body()))
        said = self.says[min(len(self.heard), len(self.says)) - 1]
        await asyncio.sleep(said.after_s)
        if said.status != 200:
            return JSONResponse({"error": {"message": said.text}}, said.status)
        message = {"role": "assistant", "content": said.text}
        choice = {"index": 0, "message": message, "finish_reason": said.finish}
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        return JSONResponse(
            {
                "id": "chat-1",
                "object": "chat.completion",
                "created": 1,
                "model": "scripted",
                "choices": [choice],
                "usage": usage,
            }
        )


@asynccontextmanager
async def model_server() -> AsyncGenerator[ModelServer]:
    model = ModelServer()
    app = Starlette(routes=[Route("/v1/chat/completions", model.answer, methods=["POST"])])
    async with served(app) as place:
        model.url = f"http://{place}/v1"
        yield model
