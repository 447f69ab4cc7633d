"""The local driver: the weighing of evidence behind LangChain's own interface (ML-20).

A chat model that needs no network, no weights and no seed. It reads the past failures out of the
question that every driver is asked (`prompt`), adds up what each bears out, and answers in the form
that every driver is asked for (`reply`). The notes of technicians stand in a JSON string on one
line, so nothing that is written there reads as a past failure.

    belief(cause) = Σ over failures similarity × (1 + worked) / (2 + used) × share of the cause

The formula is that of `evidence_reasoner`, with the similarity that the question shows in the place
of the ranker's odds.
"""

from collections import defaultdict
from collections.abc import Sequence
from json import JSONDecodeError, dumps, loads
from typing import Annotated, Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import BaseModel, Field, ValidationError

from domain import effectiveness
from domain.signature import cause_key
from matching.diagnosis.evidence_reasoner import USUAL
from matching.diagnosis.prompt import PRECEDENTS
from matching.diagnosis.questions import LOOKING

PROVIDER = "local"
CHECKS, OTHERS = 5, 4


class ShownFailure(BaseModel):
    """A past failure as the question shows it."""

    id: str
    similarity: float = 0.0
    causes: list[str] = []
    used: Annotated[int, Field(ge=0)] = 0
    worked: Annotated[int, Field(ge=0)] = 0
    repair: list[str] = []

    @property
    def weight(self) -> float:
        failed = max(0, self.used - self.worked)
        return self.similarity * effectiveness.beta_mean(self.worked, failed)


class EvidenceChatModel(BaseChatModel):
    """Answers from the past failures of the question alone."""

    @property
    def _llm_type(self) -> str:
        return "evidence"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,  # noqa: ANN401 - as LangChain declares it
    ) -> ChatResult:
        del stop, run_manager, kwargs
        asked = next((m.text for m in messages if m.type == "human"), "")
        said = AIMessage(
            dumps(answer_question(asked), ensure_ascii=False),
            response_metadata={"finish_reason": "stop"},
        )
        return ChatResult(generations=[ChatGeneration(message=said)])


def answer_question(question: str) -> dict[str, object]:
    """Give what the question's past failures bear out, in the form that is asked for."""
    failures = _shown_failures(question)
    ranked = _rank_causes(failures)
    if not ranked:
        return {"cause": None}
    ids = ", ".join(one.id for one in failures if ranked[0] in one.causes)
    looking = (step for one in failures for step in one.repair if _is_inspection(step))
    return {
        "cause": ranked[0],
        "reasoning": f"Most of the weight of the past failures lies on it: {ids}.",
        "steps": list(dict.fromkeys(looking))[:CHECKS],
        "secondary": ranked[1 : 1 + OTHERS],
    }


def _shown_failures(question: str) -> Sequence[ShownFailure]:
    lines = question.splitlines()
    if PRECEDENTS not in lines:
        return []
    found: list[ShownFailure] = []
    for line in lines[lines.index(PRECEDENTS) + 1 :]:
        try:
            found.append(ShownFailure.model_validate(loads(line)))
        except (JSONDecodeError, ValidationError):
            continue
    return found


def _rank_causes(failures: Sequence[ShownFailure]) -> list[str]:
    """Give the causes, the most believed first; of equals the one that is told first."""
    belief: dict[str, float] = defaultdict(float)
    texts: dict[str, str] = {}
    for one in failures:
        for number, text in enumerate(one.causes):
            key = cause_key(text) or text
            rest = max(1, len(one.causes) - 1)
            texts.setdefault(key, text)
            belief[key] += one.weight * (USUAL if number == 0 else (1 - USUAL) / rest)
    return [texts[key] for key in sorted(belief, key=lambda key: -belief[key])]


def _is_inspection(step: str) -> bool:
    first = step.split(maxsplit=1)[:1]
    return bool(first) and first[0].casefold().rstrip(",") in LOOKING
