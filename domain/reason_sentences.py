"""Why a card is suggested, in words of the workshop and in the reader's language.

What fits comes first, then what does not, then what the card is about, what it rests on and how
sure it is. No key, rank or score stands in a sentence: these are data beside it (`domain.reasons`).
A name that has no translation stands in English, as it does on the card.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Protocol, assert_never

from domain import reason_english, reason_hindi
from domain.languages import Language
from domain.reasons import OutcomeCounts, Reason, ReasonKind, Standing

# Gives an English name in a language; None where it has no translation.
Translate = Callable[[str, Language], str | None]
# Of what is tried less often a share says nothing yet.
TELLING_USES, RELIABLE = 5, 0.75
# What stands first in `told` is then a name.
NAMING = frozenset(
    {
        ReasonKind.SYMPTOM,
        ReasonKind.OTHER_SYMPTOM,
        ReasonKind.DENIED_SYMPTOM,
        ReasonKind.HEALTHY_FIGURE,
        ReasonKind.COMPONENT,
        ReasonKind.PATH,
    }
)
ASIDE = frozenset({ReasonKind.COMPONENT, ReasonKind.OUTCOMES})


class Words(Protocol):
    """What a language says: a module for each."""

    def clause(self, reason: Reason) -> str:
        """Give one reason as a part of a sentence about the card."""
        ...

    def fitting(self, clauses: Sequence[str]) -> str: ...
    def misfitting(self, clauses: Sequence[str]) -> str: ...
    def about(self, component: str) -> str: ...
    def tried(self, outcomes: OutcomeCounts, standing: Standing, *, reliable: bool) -> str: ...
    def untried(self, standing: Standing) -> str: ...
    def likely(self, tenths: int) -> str:
        """Say how many of ten such suggestions are right; 0: fewer than one."""
        ...


def untranslated(name: str, language: Language) -> str | None:
    """Know no translation: every name stays English."""
    return name if language is Language.ENGLISH else None


def reason_clause(reason: Reason, language: Language, translate: Translate = untranslated) -> str:
    """Give one reason as a part of a sentence: "tells of “Range has dropped” as you do"."""
    return _words_of(language).clause(_translated(reason, language, translate))


def suggestion_sentence(
    reasons: Iterable[Reason],
    standing: Standing,
    language: Language,
    translate: Translate = untranslated,
    chance: float | None = None,
) -> str:
    """Give all reasons of a card as a few sentences, and how likely it is right (`chance` 0..1)."""
    words = _words_of(language)
    every = [_translated(one, language, translate) for one in reasons]
    told = [one for one in every if one.kind not in ASIDE]
    said = [words.fitting([words.clause(one) for one in told if one.fits])]
    against = [words.clause(one) for one in told if not one.fits]
    said += [words.misfitting(against)] if against else []
    said += [words.about(one.told[0]) for one in every if _names_component(one)]
    said.append(_tried_sentence(every, standing, words))
    said += [] if chance is None else [words.likely(round(10 * chance))]
    return " ".join(said)


def _names_component(reason: Reason) -> bool:
    return reason.kind is ReasonKind.COMPONENT and bool(reason.told)


def _tried_sentence(reasons: Sequence[Reason], standing: Standing, words: Words) -> str:
    found = next((one.outcomes for one in reasons if one.kind is ReasonKind.OUTCOMES), None)
    if found is None or not found.n:
        return words.untried(standing)
    reliable = found.n >= TELLING_USES and found.interval.low >= RELIABLE
    return words.tried(found, standing, reliable=reliable)


def _words_of(language: Language) -> Words:
    match language:
        case Language.ENGLISH:
            return reason_english
        case Language.HINDI:
            return reason_hindi
        case _:
            assert_never(language)


def _translated(reason: Reason, language: Language, translate: Translate) -> Reason:
    """Give a reason with the name it tells in the language."""
    if not reason.told or reason.kind not in NAMING:
        return reason
    name, *rest = reason.told
    return replace(reason, told=(translate(name, language) or name, *rest))
