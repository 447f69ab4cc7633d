"""What is new and what is known: the rule on values, and on a labelled set, really embedded."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest

from domain import novelty
from domain.cards import CardStatus, PartUse, RepairStep
from domain.ids import CardId
from domain.novelty import Decision, Likeness, decide_novelty, set_overlap
from domain.outcomes import Outcome
from domain.reports import FailureReport
from ingest import knowledge
from ingest.embedder import Embedder
from ingest.lexicon import Lexicon
from ingest.report_reader import ReportReader
from repair.similar_cards import compare_cards
from tests.domain.samples import CARD, TICKET
from tests.repair.labelled_repairs import CASES, KNOWN, NEW

WORKED = Outcome(worked=True, minutes=20)
OTHER = CardId("fc_other")
FAR, NEAR, LIKE = (Likeness(card=CARD.id, meaning=score) for score in (0.3, 0.45, 0.7))


@pytest.fixture(scope="module")
async def embedder(vectors_home: Path) -> AsyncGenerator[Embedder]:
    embedder = Embedder(home=vectors_home, limit_s=None)
    yield embedder
    embedder.close()


@pytest.mark.parametrize(
    ("likeness", "decision"),
    [
        (FAR, Decision.NOVEL),
        (NEAR, Decision.NOVEL),
        (LIKE, Decision.CONFIRMS),
        (replace(FAR, followed=True), Decision.CONFIRMS),
        (replace(FAR, same_hash=True), Decision.CONFIRMS),
    ],
)
def test_likeness_decides(likeness: Likeness, decision: Decision) -> None:
    verdict = decide_novelty(WORKED, [likeness], [])
    assert (verdict.decision, verdict.evidence) == (decision, (likeness,))
    assert verdict.card == (None if decision is Decision.NOVEL else CARD.id)
    assert novelty.is_near(likeness) is (likeness is NEAR)


def test_what_was_followed_comes_first() -> None:
    followed = Likeness(card=OTHER, meaning=0.1, followed=True)
    assert decide_novelty(WORKED, [LIKE, followed], [OTHER]).decision is Decision.IMPROVES
    assert decide_novelty(WORKED, [LIKE, followed], [CARD.id]).decision is Decision.CONFIRMS


def test_nothing_alike_is_novel_and_no_success_is_nothing() -> None:
    assert decide_novelty(WORKED, [], []).decision is Decision.NOVEL
    assert (
        decide_novelty(Outcome(worked=False, minutes=20), [LIKE], []).decision is Decision.UNSOLVED
    )


def test_a_card_gains_parts_and_missing_steps() -> None:
    parts = replace(WORKED, parts=(PartUse(part="fuse"),))
    steps = replace(WORKED, steps=(RepairStep(action="Look"),))
    bare = replace(CARD, resolution=replace(CARD.resolution, steps=()))
    retired = replace(CARD, status=CardStatus.DEPRECATED)
    found = [novelty.adds_knowledge(o, c) for o, c in ((parts, CARD), (steps, CARD), (steps, bare))]
    assert found == [True, False, True]
    assert not novelty.adds_knowledge(parts, retired)


def test_overlap_is_of_the_smaller() -> None:
    assert set_overlap(["a"], ["a", "b"]) == 1.0
    assert set_overlap(["a", "c"], ["a", "b"]) == 0.5
    assert set_overlap([], ["a"]) is None


@pytest.mark.row("IP-7", figure="precision ≥ .9")
async def test_novel_is_precise_on_the_labelled_set(embedder: Embedder) -> None:
    batch = knowledge.read_knowledge()
    assert {case.known for case in KNOWN} <= {card.id for card in batch.cards}
    lexicon = Lexicon.from_vocabulary(
        symptoms=batch.symptoms, components=batch.components, codes=batch.codes
    )
    reader = ReportReader(lexicon, embedder)
    await reader.learn()
    said_new, right_card = set[str](), 0
    for case in CASES:
        understood = await reader.understand(FailureReport.parse(case.text, (), case.vehicle))
        ticket = replace(TICKET, text=case.text, vehicle=case.vehicle, symptoms=understood.symptoms)
        outcome = replace(WORKED, cause=case.cause or None)
        likenesses = await compare_cards(embedder, ticket, outcome, batch.cards)
        verdict = decide_novelty(outcome, likenesses, [])
        if verdict.decision is Decision.NOVEL:
            said_new.add(case.text)
        right_card += case.known is not None and verdict.card == case.known
    hits = len(said_new & {case.text for case in NEW})
    precision, recall = hits / len(said_new), hits / len(NEW)
    print(  # noqa: T201 - shown with -s
        f"{len(CASES)} cases: novel precision {precision:.3f}, recall {recall:.3f}; "
        f"known told by the right card {right_card} of {len(KNOWN)}"
    )
    assert len(CASES) >= 60
    assert precision >= 0.9
    assert recall >= 0.85
