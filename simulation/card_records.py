"""The cards of a simulated year, as learning sees them."""

from datetime import timedelta

import numpy as np

from domain.cards import FailureCard
from domain.codes import CodeKey
from domain.ids import CardId, PersonId, TicketId
from domain.repair_history import CardRecord
from domain.vehicles import slug
from simulation.causes import LatentCause
from simulation.journal import Journal, people
from simulation.speech import read_speech

WRITTEN_FROM = 0.5
AUTHORS = 40


def card_records(journal: Journal) -> list[CardRecord]:
    """Give all cards, those shipped with the product as they are shipped."""
    deck, trade = journal.year.deck, journal.year.world.trade
    chance = journal.year.world.settings.chance("card words")
    makes = {model.id: model.make for model in trade.models}
    return [
        _shipped_record(journal, trade.cards[shipped])
        if shipped >= 0
        else _field_record(journal, n, makes, chance)
        for n, shipped in enumerate(deck.shipped.tolist())
    ]


def _shipped_record(journal: Journal, card: FailureCard) -> CardRecord:
    deck = journal.year.deck
    at = int(np.flatnonzero(deck.shipped >= 0)[0])
    starts = journal.year.world.settings.starts
    named = [v for v in card.vehicles if v.make and v.model]
    return CardRecord(
        card=card.id,
        created_at=starts + timedelta(days=float(deck.created[at])),
        verified_at=starts + timedelta(days=float(deck.verified[at])),
        title=card.title,
        symptom_text=card.signature.text or "",
        cause=card.cause.primary or "",
        fix=" ".join(step.action for step in card.resolution.steps),
        severity=str(card.signature.severity),
        component=card.signature.component,
        symptoms=card.signature.symptoms,
        codes=card.signature.error_codes,
        parts=tuple(used.part for used in card.resolution.parts),
        makes=tuple(dict.fromkeys(v.make or "" for v in named)),
        models=tuple(dict.fromkeys(slug(v.make or "", v.model or "") for v in named)),
        author=card.provenance.author,
        minutes=card.resolution.labour_minutes,
        reference=True,
    )


def _field_record(
    journal: Journal, n: int, makes: dict[str, str], chance: np.random.Generator
) -> CardRecord:
    """Write a card of the field; a wrong one tells the cause and fix of something else."""
    year = journal.year
    deck, starts = year.deck, year.world.settings.starts
    about = year.world.causes[int(deck.claims[n])]
    told = (
        about if deck.right[n] else year.world.causes[int(chance.integers(len(year.world.causes)))]
    )
    row = int(deck.founder[n])
    complaints = _complaints(about, chance)
    text = f"{'. '.join(complaints)}. {about.circumstances[0].capitalize()} brings it on."
    if row >= 0 and chance.random() < WRITTEN_FROM:
        text = f"{year.first.reports.text[row]}. {text}"
    author = int(year.first.repairs.technician[row]) if row >= 0 else int(chance.integers(AUTHORS))
    made = (f"{about.words[0].lower()}{about.words[1:]}", complaints[0])
    return CardRecord(
        card=CardId(journal.cards[n]),
        created_at=starts + timedelta(days=float(deck.created[n])),
        verified_at=starts + timedelta(days=float(deck.verified[n])),
        title=f"{made[1][0].upper()}{made[1][1:]}: {made[0]}" if deck.right[n] else made[1],
        symptom_text=text,
        cause=told.words,
        fix=told.fix,
        severity=about.severity,
        component=about.failure,
        symptoms=about.symptoms,
        codes=tuple(CodeKey(code) for code in about.codes),
        parts=told.parts,
        makes=tuple(dict.fromkeys(makes[model] for model in about.models if model in makes)),
        models=about.models,
        founded_on=TicketId(str(journal.founders[n])) if row >= 0 else None,
        author=PersonId(people(author + 1)[-1]),
        minutes=told.minutes,
        synthetic=True,
    )


def _complaints(about: LatentCause, chance: np.random.Generator) -> list[str]:
    speech = read_speech(for_report=False)
    return [
        speech.complaint(symptom, 0, float(chance.random()), float(chance.random()))[0]
        for symptom in about.symptoms
    ]
