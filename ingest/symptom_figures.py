"""Symptoms that figures tell: a hot pack, cells apart, range before and after, a flat 12 V battery.

Each figure is held against what is usual (`symptom_figures.yaml`, with its sources). A good figure
is no symptom, and takes back what words near it seem to tell.
"""

import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import yaml

from domain.matches import SymptomFigure
from ingest.quantities import Quantity, find_quantities, to_celsius

FILE = Path(__file__).with_suffix(".yaml")
SENTENCE_END = re.compile(r"(?<!\b[Nn]o)[.!?](?=\s)|[\n;]")
WORD = re.compile(r"[^\W\d_]+(?:[/-][^\W\d_]+)?|lifepo4", re.IGNORECASE)
NUMBER = re.compile(r"(?<![\w.,-])\d{1,5}(?:\.\d{1,2})?(?![\w.]\w|\d)")
AUX = re.compile(
    r"\b12\s?-?v(?:olts?)?\b[^.\d\n]{0,30}?(?<![\d.])(\d{1,2}\.\d{1,2}|\d{1,2}(?=\s?v))",
    re.IGNORECASE,
)
SERIES = re.compile(r"\b(\d{1,3})\s?(?:s\d{0,2}p?|(?:cells\s)?in\sseries|series)\b", re.IGNORECASE)
HEALTH = re.compile(
    r"\b(?:soh|state\sof\shealth|battery\shealth)\b\D{0,20}(\d{2,3}(?:\.\d)?)(?!\d|\.\d)",
    re.IGNORECASE,
)
SPREAD = re.compile(
    r"\b(?:spread|delta|difference|diff|gap|deviation|imbalance|farak|antar|dv|variation|balance\sby|within)\b"
    r"[^.\d\n]{0,25}(\d{1,4}(?:\.\d{1,3})?)\s?(mv|v|millivolts?|volts?)?(?!\w)|"
    r"(?<![\d.])(\d{1,4}(?:\.\d{1,3})?)\s?(mv|v|millivolts?|volts?)\s(?:cell\s)?"
    r"(?:between|below|under\sthe|less|lower|spread|delta|difference|diff|gap|deviation|imbalance|farak|antar|variation|apart)\b",
    re.IGNORECASE,
)
CELL_VOLTS = re.compile(
    r"(?<![\w.,])(\d\.\d{1,3}|\d{4}(?=\D))(?:\s?(m?v)\w{0,4})?(?![\d.]\d)", re.IGNORECASE
)
FELL = re.compile(
    r"\b(?:drain|fall|fell|drop|go|went|lose)\w{0,4}\s(?:\w{1,10}\s)?(?:from\s)?"
    r"(\d{2,3})\s?%?\s?(?:to|se|-|→)\s?(\d{1,2})(?!\d)",
    re.IGNORECASE,
)
PARKED_LOSS = range(3, 100)
KILO_OHMS = {"Ω": 0.001, "kΩ": 1.0, "MΩ": 1_000.0, "mΩ": 1_000.0, "lakh Ω": 100.0}
PSI = {"psi": 1.0, "bar": 14.5}
# A spread without a unit is in millivolts from here on.
LEAST_MILLIVOLTS = 10
MOST_AUX_VOLTS, NO_VOLTS, HIGH_VOLTAGE = 15.5, 12, 60
PACK_VOLTS, WORST_SAG = (30, 900), 0.5
HEALTHS, IN_SERIES = range(20, 101), range(6, 201)
LEAST_WAY, MOST_PSI = 10, 150
YEAR = re.compile(r"(?:19|20)\d\d")
MILES = 1.609
SURE, LIKELY, UNSURE = 0.85, 0.75, 0.55
LONGEST_SENTENCE = 400
LONGEST_FIGURE, CARDS_KEPT = 40, 4_096
# A report is asked for its symptoms and for its figures, by readers that run at once.
READERS = 16
TOPIC_BEFORE, TOPIC_AFTER = 60, 30
BESIDE = 28


@dataclass(frozen=True, slots=True)
class FigureSeen:
    """A symptom told by a figure; `negated` where the figure is good."""

    symptom: str
    start: int
    end: int
    confidence: float
    negated: bool = False


@dataclass(frozen=True, slots=True)
class FigureSentence:
    """One sentence: its words with their places, and its quantities."""

    text: str
    start: int
    words: tuple[tuple[str, int], ...]
    quantities: tuple[Quantity, ...]

    def has(self, words: frozenset[str]) -> bool:
        return any(word in words for word, _ in self.words)

    def of_unit(self, *units: str) -> list[Quantity]:
        return [q for q in self.quantities if q.unit in units]


class FigureLimits:
    """The limits of `symptom_figures.yaml`, and its words as sets."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self.told = told
        self.topics = {name: frozenset(words.split()) for name, words in told["topics"].items()}
        self.words = {name: frozenset(words.split()) for name, words in told["words"].items()}
        self.topic_words = frozenset(chain.from_iterable(self.topics.values()))


@cache
def figure_limits() -> FigureLimits:
    """Give the shipped limits, read once."""
    return FigureLimits(yaml.safe_load(FILE.read_text(encoding="utf-8")))


@lru_cache(READERS)
def find_figures(text: str) -> tuple[FigureSeen, ...]:
    """Give the symptoms that the figures of a text tell."""
    if not any(letter.isdigit() for letter in text):
        return ()
    known = figure_limits()
    quantities = tuple(find_quantities(text))
    sentences = list(_sentences(text, quantities))
    found = [seen for one in sentences for rule in RULES for seen in rule(one, known)]
    best: dict[tuple[str, bool], FigureSeen] = {}
    for seen in found:
        best.setdefault((seen.symptom, seen.negated), seen)
    return tuple(best.values())


def told_figures(text: str) -> tuple[SymptomFigure, ...]:
    """Give the figures of a text that tell symptoms, as people read them; no long ones."""
    found = ((seen, " ".join(text[seen.start : seen.end].split())) for seen in find_figures(text))
    return tuple(
        SymptomFigure(symptom=seen.symptom, figure=figure, good=seen.negated)
        for seen, figure in found
        if len(figure) <= LONGEST_FIGURE
    )


@lru_cache(CARDS_KEPT)
def card_figures(text: str) -> tuple[SymptomFigure, ...]:
    """Give `told_figures` of a card's text; cards come again and again."""
    return told_figures(text)


def _sentences(text: str, quantities: Sequence[Quantity]) -> Iterator[FigureSentence]:
    """Yield the sentences with digits, a long one in pieces that take little time each."""
    waiting = deque(quantities)
    start = 0
    for end in _ends(text):
        inside: list[Quantity] = []
        while waiting and waiting[0].start < end:
            inside.append(waiting.popleft())
        piece = text[start:end]
        if any(letter.isdigit() for letter in piece):
            words = tuple((w[0].casefold(), start + w.start()) for w in WORD.finditer(piece))
            yield FigureSentence(piece, start, words, tuple(inside))
        start = end


def _ends(text: str) -> Iterator[int]:
    start = 0
    for found in (*SENTENCE_END.finditer(text), None):
        end = len(text) if found is None else found.end()
        yield from range(start + LONGEST_SENTENCE, end, LONGEST_SENTENCE)
        yield end
        start = end


def _topic(sentence: FigureSentence, place: int, known: FigureLimits) -> str | None:
    """Give the word of a topic that stands nearest before a place, or else right behind it."""
    before = [(at, w) for w, at in sentence.words if w in known.topic_words and at < place]
    if before and place - before[-1][0] <= TOPIC_BEFORE:
        return before[-1][1]
    after = [(at, w) for w, at in sentence.words if w in known.topic_words and at > place]
    return after[0][1] if after and after[0][0] - place <= TOPIC_AFTER else None


def _hot(sentence: FigureSentence, known: FigureLimits) -> Iterator[FigureSeen]:
    for quantity in sentence.of_unit("°C", "°F"):
        value = to_celsius(quantity.high) if quantity.unit == "°F" else quantity.high
        topic = _topic(sentence, quantity.start, known)
        if topic is None or topic in known.topics["air"]:
            continue
        for limit in known.told["temperatures"]:
            if topic in known.topics[limit["topic"]] and limit["from"] <= value <= limit["to"]:
                yield FigureSeen(limit["symptom"], quantity.start, quantity.end, SURE)
                break


def _apart(sentence: FigureSentence, known: FigureLimits) -> Iterator[FigureSeen]:
    """Cells apart: a spread that is named, or two voltages of cells."""
    limits = known.told["cells"]
    for found in SPREAD.finditer(sentence.text):
        value, unit = float(found[1] or found[3]), (found[2] or found[4] or "").casefold()
        volts = (
            value / 1_000
            if unit.startswith("m") or (not unit and value >= LEAST_MILLIVOLTS)
            else value
        )
        cells = sentence.has(known.topics["cell"]) or unit.startswith("m")
        if cells and volts < limits["most"]:
            yield _seen("SYM_BMS_002", sentence, found, SURE, good=volts < limits["spread"])
            return
    if not sentence.has(known.topics["cell"]):
        return
    volts = [(_cell_volts(f), f) for f in CELL_VOLTS.finditer(sentence.text)]
    inside = [(v, f) for v, f in volts if limits["least"] <= v <= limits["most"]]
    if len(inside) > 1:
        low, high = min(inside, key=lambda i: i[0]), max(inside, key=lambda i: i[0])
        if high[0] - low[0] >= limits["spread"]:
            yield _seen("SYM_BMS_002", sentence, low[1], SURE)
    elif any(v < limits["empty"] and f[2] for v, f in volts):
        yield _seen("SYM_BMS_013", sentence, volts[0][1], LIKELY)


def _cell_volts(found: re.Match[str]) -> float:
    value = float(found[1])
    return value / 1_000 if "." not in found[1] else value


def _seen(
    symptom: str,
    sentence: FigureSentence,
    found: re.Match[str],
    confidence: float,
    *,
    good: bool = False,
) -> FigureSeen:
    start = sentence.start
    return FigureSeen(symptom, start + found.start(), start + found.end(), confidence, good)


def _flat_aux(sentence: FigureSentence, known: FigureLimits) -> Iterator[FigureSeen]:
    limits = known.told["aux"]
    if any(limits["charging"] <= q.high <= MOST_AUX_VOLTS for q in sentence.of_unit("V")):
        return
    if any(
        limits["charging"] <= float(n[0]) <= MOST_AUX_VOLTS for n in NUMBER.finditer(sentence.text)
    ):
        return
    for found in AUX.finditer(sentence.text):
        volts = float(found[1])
        if volts > limits["charging"] + 3:
            continue
        if sentence.has(known.words["running"]) and volts < limits["charging"]:
            yield _seen("SYM_CTRL_005", sentence, found, LIKELY)
        elif volts <= limits["flat"]:
            yield _seen("SYM_ELEC_001", sentence, found, LIKELY)
        return


def _isolated(sentence: FigureSentence, known: FigureLimits) -> Iterator[FigureSeen]:
    """The worst resistance of a sentence about isolation; a good one takes the words back."""
    limits = known.told["isolation"]
    ohms = [q for q in sentence.quantities if q.unit in KILO_OHMS]
    if not ohms or not sentence.has(known.words["isolation"]):
        return
    worst = min(ohms, key=lambda q: q.low * KILO_OHMS[q.unit])
    volts = max(
        (q.high for q in sentence.of_unit("V") if q.high >= HIGH_VOLTAGE), default=limits["volts"]
    )
    good = worst.low * KILO_OHMS[worst.unit] * 1_000 >= limits["ohms_per_volt"] * volts
    for symptom in ("SYM_BMS_005", "SYM_CTRL_004") if good else ("SYM_BMS_005",):
        yield FigureSeen(symptom, worst.start, worst.end, SURE, good)


def _health(sentence: FigureSentence, known: FigureLimits) -> Iterator[FigureSeen]:
    found = HEALTH.search(sentence.text)
    if found is not None and int(float(found[1])) in HEALTHS:
        good = float(found[1]) >= known.told["health"]["least"]
        yield _seen("SYM_BMS_012", sentence, found, SURE, good=good)


def _before_and_now(sentence: FigureSentence, known: FigureLimits) -> Iterator[FigureSeen]:
    """Range, time of charging or speed: what was, and what is."""
    numbers = [n for n in NUMBER.finditer(sentence.text) if not _is_year(n[0])]
    later = _beside(sentence, known.words["now"], numbers)
    earlier = _beside(sentence, known.words["before"], [n for n in numbers if n is not later])
    if earlier is None:
        return
    if later is None:
        rest = [n for n in numbers if n.start() != earlier.start()]
        later = rest[0] if len(rest) == 1 else None
    if later is None:
        return
    was, is_now = float(earlier[0]), float(later[0])
    told = _changed(sentence, known, was, is_now)
    if told is not None:
        ends = sorted([earlier.span(), later.span()])
        start = sentence.start
        yield FigureSeen(told, start + ends[0][0], start + ends[1][1], LIKELY)


def _changed(
    sentence: FigureSentence, known: FigureLimits, was: float, is_now: float
) -> str | None:
    hours = sentence.of_unit("h")
    if (hours and sentence.has(known.words["charge"])) or len(hours) > 1:
        return "SYM_CHRG_002" if is_now >= known.told["charge_time"]["grown"] * was else None
    if was < LEAST_WAY:
        return None
    if sentence.has(known.words["speed"]) or sentence.of_unit("km/h", "mph"):
        return "SYM_MOTR_012" if is_now <= known.told["speed"]["kept"] * was else None
    driven = sentence.of_unit("km", "mi") or sentence.has(known.words["range"])
    if driven and not sentence.of_unit("V", "°C"):
        return "SYM_BATT_002" if is_now <= known.told["range"]["kept"] * was else None
    return None


def _beside(
    sentence: FigureSentence, words: frozenset[str], numbers: Sequence[re.Match[str]]
) -> re.Match[str] | None:
    """Give the number nearest to one of the words, those behind it first."""
    best: tuple[int, re.Match[str]] | None = None
    for word, at in sentence.words:
        if word not in words:
            continue
        place = at - sentence.start
        for number in numbers:
            behind = number.start() - place
            far = behind if behind > 0 else 8 - behind - len(number[0])
            if far <= BESIDE and (best is None or far < best[0]):
                best = far, number
    return best[1] if best else None


def _is_year(number: str) -> bool:
    return YEAR.fullmatch(number) is not None


def _dropped(sentence: FigureSentence, known: FigureLimits) -> Iterator[FigureSeen]:
    """Per cent of charge that fell too fast, or while the vehicle stood."""
    limits = known.told["drop"]
    fell = FELL.search(sentence.text)
    if fell and sentence.has(known.words["parked"]) and int(fell[1]) - int(fell[2]) in PARKED_LOSS:
        yield _seen("SYM_BATT_010", sentence, fell, LIKELY)
        return
    shares = sentence.of_unit("%")
    if not shares:
        return
    high = max(shares, key=lambda q: q.high)
    low = min(shares, key=lambda q: q.low)
    lost = high.high - low.low
    if low is not high and low.start < high.start and "from" not in sentence.text.casefold():
        return
    start, end = min(high.start, low.start), max(high.end, low.end)
    if sentence.has(known.words["parked"]) and not sentence.of_unit("km", "mi"):
        if lost >= limits["parked"] and not sentence.has(
            known.words["charge"] - {"charge", "full"}
        ):
            yield FigureSeen("SYM_BATT_010", start, end, LIKELY)
        return
    if lost < limits["percent"]:
        return
    km = [q.low * (MILES if q.unit == "mi" else 1) for q in sentence.of_unit("km", "mi")]
    minutes = [q.low for q in sentence.of_unit("min", "s")]
    quick = (km and lost >= limits["per_km"] * min(km)) or (
        minutes and min(minutes) <= limits["minutes"]
    )
    charging = sentence.has(frozenset({"charger", "charging"}))
    if quick and not charging:
        yield FigureSeen("SYM_BATT_003", start, end, LIKELY)


def _pack_volts(sentence: FigureSentence, known: FigureLimits) -> Iterator[FigureSeen]:
    """A pack's voltage against the cells that its name promises."""
    limits = known.told["pack"]
    lfp = sentence.has(known.words["lfp"])
    cells = limits["lfp" if lfp else "nmc"]
    volts = [q for q in sentence.of_unit("V") if q.low == q.high]
    series = SERIES.search(sentence.text)
    nominal = next((q for q in volts if q.low in cells), None)
    if series is not None and int(series[1]) in IN_SERIES:
        count = int(series[1])
    elif nominal is not None and sentence.has(known.topics["battery"] | {"system", "gaadi"}):
        count = cells[int(nominal.low)]
    else:
        return
    measured = [q for q in volts if q is not nominal]
    if len(measured) != 1 or measured[0].low > 5 * count:
        return
    value = measured[0]
    if value.low < NO_VOLTS:
        yield FigureSeen("SYM_BATT_011", value.start, value.end, LIKELY)
    elif value.low / count <= limits["low_lfp" if lfp else "low_nmc"]:
        loaded = sentence.has(known.words["load"])
        symptom = "SYM_BATT_004" if loaded else "SYM_BATT_011"
        yield FigureSeen(symptom, value.start, value.end, UNSURE)


def _sags(sentence: FigureSentence, known: FigureLimits) -> Iterator[FigureSeen]:
    """Volts of a pack at rest and with the throttle open."""
    if not sentence.has(known.words["load"]):
        return
    volts = [
        n for n in NUMBER.finditer(sentence.text) if PACK_VOLTS[0] <= float(n[0]) <= PACK_VOLTS[1]
    ]
    if not sentence.of_unit("V") or not volts[1:]:
        return
    high, low = max(volts, key=lambda n: float(n[0])), volts[-1]
    sag = 1 - float(low[0]) / float(high[0])
    if known.told["pack"]["sag"] <= sag < WORST_SAG and not sentence.of_unit(
        "km", "km/h", "%", "°C"
    ):
        yield _seen("SYM_BATT_004", sentence, low, LIKELY)


def _loses_air(sentence: FigureSentence, known: FigureLimits) -> Iterator[FigureSeen]:
    limits = known.told["tyre"]
    pressures = sentence.of_unit(*PSI)
    if not pressures or not sentence.has(known.words["tyre"]):
        return
    factor = PSI[pressures[0].unit]
    numbers = [float(n[0]) * factor for n in NUMBER.finditer(sentence.text)]
    values = [n for n in numbers if 0 < n <= MOST_PSI]
    fell = max(values, default=0) - min(values, default=0) if len(values) > 1 else 0
    if fell >= limits["lost_psi"] or (values and max(values) < limits["least_psi"]):
        yield FigureSeen("SYM_DRIV_010", pressures[0].start, pressures[-1].end, LIKELY)


RULES: Sequence[Callable[[FigureSentence, FigureLimits], Iterator[FigureSeen]]] = (
    _hot,
    _apart,
    _flat_aux,
    _isolated,
    _health,
    _before_and_now,
    _dropped,
    _pack_volts,
    _sags,
    _loses_air,
)
