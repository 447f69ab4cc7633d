"""A card that a file tells again: it adds to what is known, and takes nothing from it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.card_differences import differences
from domain.card_imports import decide_import
from domain.cards import CardSource, CardStatus, FailureCard, Published, Severity
from domain.ids import PersonId
from domain.vehicles import VehicleContext
from tests.graph.examples import card

TEXT = Published(
    component="Brakes", failure="The hose may crack. Brakes fail.", remedy="Replace it."
)
KONA = VehicleContext(make="Hyundai", model="Kona", year=2020)
IONIQ = VehicleContext(make="Hyundai", model="Ioniq", year=2021)


def recall(**changes: object) -> FailureCard:
    made = card(
        "recall", source=CardSource.RECALL, status=CardStatus.VERIFIED, vehicles=(KONA, IONIQ)
    )
    return replace(made, published=TEXT, **changes)


def test_less_of_a_recall_changes_nothing() -> None:
    known = recall()
    graver = replace(known, signature=replace(known.signature, severity=Severity.CRITICAL))
    assert decide_import(graver, replace(known, vehicles=(KONA,))).card is None


@pytest.mark.parametrize(
    "stump",
    [
        replace(TEXT, failure="The hose may cr"),
        replace(TEXT, failure="The hose may crack."),
        replace(TEXT, failure="The hose may crack. Brak\u2026"),
        replace(TEXT, remedy=""),
        replace(TEXT, component=""),
        replace(TEXT, failure="The h\ufffdse may crack. Brakes fail."),
    ],
)
def test_a_text_that_is_not_whole_replaces_none(stump: Published) -> None:
    assert decide_import(recall(), replace(recall(), published=stump)).card is None


def test_a_whole_text_that_is_not_older_takes_its_place() -> None:
    known, fresh = recall(), replace(TEXT, remedy="Replace it and bleed the brakes.")
    told = replace(recall(), published=fresh)
    found = decide_import(known, told).card
    assert found is not None
    assert found.published == fresh
    early = known.provenance.created_at - timedelta(days=1)
    older = replace(told, provenance=replace(told.provenance, created_at=early))
    assert decide_import(known, older).card is None


def test_a_vehicle_that_is_new_is_added() -> None:
    niro = VehicleContext(make="Kia", model="Niro", year=2022)
    known = recall()
    found = decide_import(known, recall(vehicles=(KONA, niro))).card
    assert found is not None
    assert found.vehicles == (IONIQ, KONA, niro)
    assert differences(known, found) == ["vehicles: +1 (Kia Niro 2022)"]


def test_people_keep_their_words_and_other_kinds_their_card() -> None:
    edited = recall(provenance=replace(recall().provenance, editor=PersonId("asha")))
    told = recall(title="Other", vehicles=(KONA,))
    decision = decide_import(edited, told)
    assert (decision.card, decision.left) == (None, "was edited by people; their words stand")
    stranger = decide_import(recall(), replace(told, source=CardSource.IMPORT))
    assert (stranger.card, stranger.left) == (None, "is a card of another kind (recall)")
    gone = decide_import(recall(status=CardStatus.DEPRECATED), told)
    assert (gone.card, gone.left) == (None, "is out of use (deprecated)")
