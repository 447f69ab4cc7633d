"""What matching speaks of: an understood report, hits of each source, what is known of a card."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from domain.cards import NEUTRAL, CardSource, CardStatus, Severity
from domain.codes import CodeKey, ToldCode
from domain.hazards import SafetyAdvice
from domain.ids import CardId
from domain.reports import FailureReport
from domain.tickets import SeenSymptom
from domain.usage import Usage
from domain.vehicles import UNKNOWN, VehicleContext, name_key


class Source(StrEnum):
    """A way of finding cards: each gives its own ranked list."""

    CODE = "code"
    VEHICLE = "vehicle"
    MEANING = "meaning"
    WORDS = "words"
    NEIGHBOUR = "neighbour"


class Level(StrEnum):
    """How much of the system answered, best first (FB-1)."""

    AI = "ai"
    KEYWORD = "keyword"
    RECENT = "recent"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelTraits:
    """What an answer of a level is worth.

    Attributes:
        whole: everything answered; below it a part was silent, and `degraded` says which.
        from_graph: it rests on the graph as it is now, so it may be learned from.
        remembered: its cards were read earlier, for another report.
    """

    whole: bool = False
    from_graph: bool = False
    remembered: bool = False


LEVELS: Mapping[Level, LevelTraits] = {
    Level.AI: LevelTraits(whole=True, from_graph=True),
    Level.KEYWORD: LevelTraits(from_graph=True),
    Level.RECENT: LevelTraits(remembered=True),
    Level.MANUAL: LevelTraits(),
}


class VehicleLevel(IntEnum):
    """How closely a card's vehicles fit the reported one."""

    NONE = 0
    MAKE = 1
    MODEL = 2
    YEAR = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedding:
    """Unit-length vector of a text, with the name of the model that made it."""

    model: str
    vector: Sequence[float]


@dataclass(frozen=True, slots=True, kw_only=True)
class SymptomFigure:
    """A measured value that tells a symptom, in the text's own words: "41 V".

    `good`: the value is as it should be, so the symptom is not there.
    """

    symptom: str
    figure: str
    good: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderstoodReport:
    """A report as the vocabulary sees it.

    Attributes:
        codes: keys of the reported codes; one bare maker code may have several keys when the make
            is unknown.
        told_codes: what it says of each code, also of those that it denies.
        vehicle: the vehicle given, or read out of the text when none was given.
        denied: symptoms that the text says are not so.
        figures: the measured values that tell symptoms, good ones among them.
        names: what people call the symptoms that it speaks of, in English, by their codes.
        embedding: of `english`; None when the embedder did not answer.
        safety: what to do first, where the report tells a danger to people.
        language: of the text, as BCP 47 says it; "und" where it is none that is read.
        in_english: what the text tells, in English, where it is not English itself; may be empty.
        unread: how to ask for the text otherwise, where it could not be read.
        question: the text only asks something and tells of nothing that fails.
        failures: each failure by itself, where the text tells several; empty where it tells one.
    """

    report: FailureReport
    codes: tuple[CodeKey, ...] = ()
    told_codes: tuple[ToldCode, ...] = ()
    symptoms: tuple[SeenSymptom, ...] = ()
    denied: tuple[str, ...] = ()
    figures: tuple[SymptomFigure, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    vehicle: VehicleContext
    embedding: Embedding | None = None
    safety: SafetyAdvice | None = None
    language: str = "en"
    in_english: str | None = None
    unread: str | None = None
    question: bool = False
    failures: tuple["UnderstoodReport", ...] = ()

    @property
    def english(self) -> str:
        """What is compared with the cards' English words, and with their meaning."""
        return self.report.text if self.in_english is None else self.in_english

    @property
    def readable(self) -> bool:
        return self.unread is None

    def name_of(self, symptom: str) -> tuple[str, ...]:
        """Give what people call a symptom that it speaks of; nothing where that is not known."""
        return (self.names[symptom],) if symptom in self.names else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CardMarks:
    """What ranking needs of a card: it comes with each hit.

    Attributes:
        models: how many vehicle models and model years it covers.
        cosine: how alike its meaning is to the report's; None without vectors of the same model.
    """

    id: CardId
    codes: tuple[CodeKey, ...]
    symptoms: tuple[str, ...]
    vehicle_level: VehicleLevel
    models: int
    cosine: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardHit:
    """A card that one source found: `score` in that source's own unit, `via` what led there.

    `via` names code keys, symptom codes, component, cause or supplier ids, by source. `marks` is
    what ranking needs of the card, held against the report that was asked for.
    """

    card: CardId
    score: float
    via: tuple[str, ...] = ()
    marks: CardMarks | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFacts(CardMarks):
    """What admitting and explaining a card needs beside its marks: read for the best ranked alone.

    Attributes:
        reputation: what the network says of it (`domain.reputation`).
        recheck: why it is to be looked at again, if it is.
        fits: its makes, models and model years as keys; none where it is of no make in particular.
    """

    status: CardStatus
    source: CardSource
    usage: Usage
    component: str | None
    reputation: float = NEUTRAL
    version: int
    title: str
    text: str
    severity: Severity
    component_name: str | None
    subsystem: str | None
    causes: tuple[str, ...]
    campaign: str | None
    recheck: str | None = None
    fits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTraits:
    """What the found cards are held against: the reported vehicle and the meaning of the report."""

    vehicle: VehicleContext = UNKNOWN
    embedding: Embedding | None = None


NOTHING = ReportTraits()


def closeness(card: VehicleContext, reported: VehicleContext) -> VehicleLevel:
    """Say how closely one vehicle of a card fits the reported one, blind to spelling."""
    if not _same_name(card.make, reported.make):
        return VehicleLevel.NONE
    if not _same_name(card.model, reported.model):
        return VehicleLevel.MAKE
    if card.year is None or card.year != reported.year:
        return VehicleLevel.MODEL
    return VehicleLevel.YEAR


def _same_name(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and name_key(one) == name_key(other)
