"""Whether a card fits this very report, told from the two alone: no score or reason of another.

The lower levels have no ranking that can be trusted to leave the strangers out: words without their
meaning, or what a garage was shown for other reports. There a card needs a sign of its own.
"""

from domain.matches import CardFacts, UnderstoodReport, VehicleLevel
from domain.reasons import Reason, ReasonKind
from domain.signature import split_words
from domain.vehicles import name_key
from matching import reasons as why
from matching.reasons import SHARED_SHOWN, shared_words

# Telling words that card and report share; where the report has fewer, all of them.
WORDS = 2
# Below this cosine two texts of the trade have nothing to do with each other; without a shared code
# or symptom that is no match at all.
ALIKE = 0.30


def fits_report(understood: UnderstoodReport, card: CardFacts) -> bool:
    """Say whether a code, a symptom, the meaning or enough words tie the card to the report.

    A card that is known to be of other makes alone fits only by a code of the report.
    """
    if set(understood.codes) & set(card.codes):
        return True
    if _of_others(understood, card):
        return False
    symptoms = {seen.code for seen in understood.symptoms} & set(card.symptoms)
    alike = card.cosine is not None and card.cosine >= ALIKE
    return bool(symptoms) or alike or _shares_words(understood, card)


def fit_level(understood: UnderstoodReport, card: CardFacts) -> VehicleLevel:
    """Say how closely the card's vehicles fit the reported one, by the card's own keys."""
    found = VehicleLevel.NONE
    for key, step in zip(_vehicle_keys(understood), (1, 2, 3), strict=False):
        found = VehicleLevel(step) if key in card.fits else found
    return found


def fit_reasons(understood: UnderstoodReport, card: CardFacts) -> tuple[Reason, ...]:
    """Give the reasons that hold between this report and a card that is only remembered."""
    found = why.of_card(understood, card)
    same = shared_words(understood, card)[:SHARED_SHOWN]
    if same:
        found.insert(-1, Reason(kind=ReasonKind.WORDS, subject=str(len(same)), told=tuple(same)))
    return tuple(found)


def _shares_words(understood: UnderstoodReport, card: CardFacts) -> bool:
    telling = len(set(split_words(understood.english)))
    return telling > 0 and len(shared_words(understood, card)) >= min(WORDS, telling)


def _of_others(understood: UnderstoodReport, card: CardFacts) -> bool:
    keys = _vehicle_keys(understood)
    return bool(keys and card.fits) and keys[0] not in card.fits


def _vehicle_keys(understood: UnderstoodReport) -> list[str]:
    """Give the reported make, model and year as the cards' own keys (`graph.card_rows`)."""
    known, said = list[str](), understood.vehicle
    for part in (said.make, said.model, said.year):
        if part is None:
            break
        known.append("|".join((*known[-1:], name_key(str(part)))))
    return known
