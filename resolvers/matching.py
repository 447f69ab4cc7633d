"""The verbs that find: match a report, diagnose it, search the cards."""

from dataclasses import replace
from typing import Annotated

import strawberry

from domain import limits
from domain.access import Action, ResourceKind
from domain.errors import Unavailable
from domain.matches import CardHit, UnderstoodReport
from domain.model_runs import ModelKind
from matching import formulas
from repair import symptoms
from resolvers import answers, inputs
from resolvers.context import RequestContext, RequestInfo
from resolvers.guards import guard_field
from resolvers.hazards import danger_first
from schema.diagnoses import Diagnosis
from schema.inputs import ReportInput
from schema.matching import Found, Matches, SearchResult
from schema.nodes import page_size
from schema.refusals import InvalidInput, NotAllowed
from schema.symptom_readings import SymptomReadingResult
from schema.vocabulary import First

MatchResult = Annotated[
    Matches | InvalidInput | NotAllowed,
    strawberry.union("MatchResult", description="The matches, or why there are none."),
]
DiagnosisResult = Annotated[
    Diagnosis | InvalidInput | NotAllowed,
    strawberry.union("DiagnosisResult", description="The diagnosis, or why there is none."),
]
SearchAnswer = Annotated[
    SearchResult | InvalidInput | NotAllowed,
    strawberry.union("SearchAnswer", description="The cards found, or why there are none."),
]
WORDS = 1_000


@strawberry.type
class MatchingQueries:
    @strawberry.field(description="Find at most five cards for a failure, best first, with why.")
    @guard_field(Action.READ, ResourceKind.CARD)
    async def match(
        self,
        info: RequestInfo,
        report: Annotated[ReportInput, strawberry.argument(description="What is failing, how.")],
    ) -> MatchResult:
        context = info.context
        async with danger_first(context, report.text):
            understood = await _understand_report(context, report)
            answer = await context.services.matcher.match(understood, context.viewer)
        if answer.degraded is not None:
            context.degraded.append(answer.degraded)
        return answers.matches_answer(answer, understood)

    @strawberry.field(description="Say what most likely causes a failure, and what to check first.")
    @guard_field(Action.READ, ResourceKind.CARD)
    async def diagnose(
        self,
        info: RequestInfo,
        report: Annotated[ReportInput, strawberry.argument(description="What is failing, how.")],
    ) -> DiagnosisResult:
        context = info.context
        async with danger_first(context, report.text):
            understood = await _understand_report(context, report)
            found = await context.services.diagnoser.diagnose(understood, context.viewer)
        if found.degraded is not None:
            context.degraded.append(found.degraded)
        return answers.diagnosis_answer(found, understood)

    @strawberry.field(description="Read the symptoms that a report tells, each with how sure.")
    @guard_field(Action.READ, ResourceKind.CARD)
    async def read_symptoms(
        self,
        info: RequestInfo,
        report: Annotated[ReportInput, strawberry.argument(description="What is failing, how.")],
    ) -> SymptomReadingResult:
        context, models = info.context, info.context.services.models
        async with danger_first(context, report.text):
            understood = await _understand_report(context, report)
        live = None if models is None else models.get(ModelKind.CLASSIFIER)
        found = await symptoms.read_symptoms(understood, live, context.services.embedder)
        return answers.symptoms_answer(found, understood)

    @strawberry.field(description="Search the cards by meaning and words together.")
    @guard_field(Action.READ, ResourceKind.CARD)
    async def search(
        self,
        info: RequestInfo,
        text: Annotated[str, strawberry.argument(description="What to look for.")],
        make: Annotated[str | None, strawberry.argument(description="Only this make.")] = None,
        first: First = 10,
    ) -> SearchAnswer:
        context = info.context
        said = limits.clean_text("text", text, WORDS)
        only = make and limits.clean_text("make", make, inputs.VEHICLE_LIMIT)
        return await _hybrid_search(context, said, only, page_size(first))


async def _understand_report(context: RequestContext, report: ReportInput) -> UnderstoodReport:
    said = inputs.parse_report(report)
    if said.files:
        measured = await context.measured(said.files, context.actor.id)
        said = replace(said, measured=measured)
    return await context.services.reader.understand(said)


async def _hybrid_search(
    context: RequestContext, text: str, make: str | None, first: int
) -> SearchResult:
    """Search as the specification does (§2.3): twice what is wanted of each list, then fuse."""
    degraded: list[str] = []
    search, viewer = context.services.search, context.viewer
    words = await search.by_words(text, viewer, 2 * first, make)
    try:
        embedding = (await context.services.embedder.embed([text]))[0]
        meaning = await search.by_meaning(embedding, viewer, 2 * first, make)
    except Unavailable as error:
        meaning = list[CardHit]()
        degraded.append(str(error))
    context.degraded.extend(degraded)
    ranked = formulas.hybrid_score(
        {h.card: h.score for h in meaning}, {h.card: h.score for h in words}
    )
    return SearchResult(
        cards=[Found.from_domain(card, score) for card, score in ranked[:first]],
        degraded="; ".join(degraded) or None,
    )
