"""What a report tells of the vehicle and of the day: distance, age, firmware, heat, times, prices.

Each fact keeps its place in the text. The words of such a fact are no part of a complaint.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from ingest.gazetteer import Gazetteer
from ingest.report_pieces import ReportPiece

FIGURE = r"\d{1,7}(?:,\d{2,3}){0,3}(?:\.\d{1,3})?"
DISTANCE = re.compile(
    rf"(?<![\w.,])({FIGURE})\s?(k|thousand|hazaar|hazar|lakhs?|lac)?\s{{0,2}}"
    r"(kms?|kilomet(?:er|re)s?|miles?|mi)\b(?!\s?(?:/|per\b))",
    re.IGNORECASE,
)
# "Odo 18500", "running 23k": a distance whose unit is left out.
ODOMETER = re.compile(
    rf"\b(?:odo(?:meter)?|mileage|run(?:ning)?|driven|kms?)\b[\s:=.-]{{0,3}}(?:is\s|reading\s)?"
    rf"({FIGURE})\s?(k|thousand|lakhs?|lac)?(?![\w%]|\.\d|\s?(?:kmph|min|v\b|hours?))",
    re.IGNORECASE,
)
DRIVEN_WORDS = re.compile(
    r"\b(?:odo\w{0,7}|run(?:ning)?|driven|done|chal[iae]\w{0,2}|reading|mileage|old)\b",
    re.IGNORECASE,
)
OTHER_DISTANCE = re.compile(
    r"\b(?:range|per charge|full charge|test|ride|rode|drive|daily|per day|roz|a day|speed|"
    r"after every|every|away|from home|gives|deti|deta|only)\b",
    re.IGNORECASE,
)
SCALES = {"k": 1_000, "t": 1_000, "h": 1_000, "l": 100_000}
KM_PER_MILE = 1.609344
LEAST_DISTANCE, LONG_TRIP, FARTHEST = 1_000, 3_000, 2_000_000
CYCLES = re.compile(
    r"(?<![\w.,])(\d{1,5})\s?(?:charge |charging |battery |full )?cycles?\b"
    r"|\bcycle count\s?(?:is |of |:)?\s?(\d{1,5})\b|\bcycles?\s?[:=]\s?(\d{1,5})\b",
    re.IGNORECASE,
)
FIRMWARE = re.compile(
    r"\b(?:firmware|fw|software|sw|bms version|version|os)\b\s?(?:version|ver|is|was|at|on|:|to)?"
    r"\.?\s{0,2}v?\.?\s?(\d{1,3}(?:\.\d{1,4}){1,4}[a-z]?)\b",
    re.IGNORECASE,
)
TEMPERATURE = re.compile(
    r"(?<![\w.,])(-?\d{1,2}(?:\.\d)?)(?:\s?(?:-|\u2013|to|se)\s?(-?\d{1,2}(?:\.\d)?))?"
    r"\s{0,2}(?:°\s?c?|deg(?:ree)?s?(?:\s?c(?:elsius)?)?|celsius|c)\b(?!\s?\w{0,2}\d)",
    re.IGNORECASE,
)
MONEY = re.compile(
    rf"(?:\b(?:rs|inr)\b\.?\s?|₹\s?){FIGURE}(?:\s?/-)?"
    rf"|(?<![\w.,]){FIGURE}\s?(?:/-|rs\b|rupees?\b|rupa?y\w{{0,3}}\b|₹)",
    re.IGNORECASE,
)
SURE = re.compile(
    r"(?<![\w.,])(\d{1,3})\s?(?:%|percent|per cent)\s?(?:sure|certain|confiden\w{2,4}|pakka)"
    r"|\bconfidence\s?(?:is |of |level |:)?\s?(\d{1,3})\s?(?:%|percent)",
    re.IGNORECASE,
)
# Unlike a figure with a comma, a year may end a part of a sentence.
MODEL_YEAR = re.compile(
    r"(?<![\d.,\u20b9-])(20[1-4]\d)(?!\d|[,.]\d|\s?(?:kms?|k|v|rpm|rs|rupees|mah|w|nos?)\b)",
    re.IGNORECASE,
)
YEAR_REACH = 60
WHOLE = 100
WEATHER_REACH = 4
MOST_TEMPERATURES = 50


@dataclass(frozen=True, slots=True)
class ReportFact:
    """A value at its place: `path` is that of the card's field, None where a card keeps none."""

    path: str | None
    value: str | int | float
    start: int
    end: int


def find_facts(
    text: str, pieces: Sequence[ReportPiece], gazetteer: Gazetteer
) -> tuple[ReportFact, ...]:
    """Give what is told of the vehicle and the day, in the order of the text."""
    found = chain(
        _vehicle(text, gazetteer),
        _distance(text),
        _first_number(CYCLES, text, "vehicles.0.batteryCycles"),
        _firmware(text),
        _weather(pieces, text),
        _confidence(text),
        (ReportFact(None, m[0], *m.span()) for m in MONEY.finditer(text)),
    )
    return tuple(sorted(found, key=lambda fact: (fact.start, fact.end)))


def _vehicle(text: str, gazetteer: Gazetteer) -> Iterator[ReportFact]:
    mentions, named = gazetteer.mentions(text), gazetteer.vehicle(text)
    for mention in mentions:
        yield ReportFact(None, mention.make, mention.start, mention.end)
    if named.make is None:
        return
    first = next(m for m in mentions if m.make == named.make)
    yield ReportFact("vehicles.0.make", named.make, first.start, first.end)
    if named.model is not None:
        model = next(m for m in mentions if m.make == named.make and m.model is not None)
        yield ReportFact("vehicles.0.model", named.model, model.start, model.end)
    if named.category is not None:
        yield ReportFact("vehicles.0.category", named.category.name, first.start, first.end)
    near = (
        y for y in MODEL_YEAR.finditer(text) if -YEAR_REACH < y.start() - first.end < YEAR_REACH
    )
    year = next(near, None)
    if year is not None:
        yield ReportFact("vehicles.0.year", int(year[1]), *year.span(1))


def _distance(text: str) -> Iterator[ReportFact]:
    """Yield how far the vehicle was driven: called so, else the longest of a thousand or more."""
    likely: list[tuple[bool, int, re.Match[str]]] = []
    for found in chain(DISTANCE.finditer(text), ODOMETER.finditer(text)):
        km = _kilometres(found)
        before, after = text[max(0, found.start() - 14) : found.start()], text[found.end() :][:16]
        called = found.re is ODOMETER or bool(DRIVEN_WORDS.search(before + " | " + after))
        other = OTHER_DISTANCE.search(text[max(0, found.start() - 25) : found.start()])
        if km <= FARTHEST and (called or km >= LEAST_DISTANCE) and not (other and km < LONG_TRIP):
            likely.append((called, km, found))
    if likely:
        _, km, found = max(likely, key=lambda one: one[:2])
        yield ReportFact("vehicles.0.mileageKm", km, *found.span())


def _kilometres(found: re.Match[str]) -> int:
    value = float(found[1].replace(",", "")) * SCALES.get((found[2] or " ")[0].casefold(), 1)
    miles = found.re is DISTANCE and found[3].casefold().startswith("mi")
    return round(value * KM_PER_MILE) if miles else round(value)


def _first_number(expression: re.Pattern[str], text: str, path: str) -> Iterator[ReportFact]:
    found = expression.search(text)
    if found is not None:
        number = next(group for group in found.groups() if group)
        yield ReportFact(path, int(number), *found.span())


def _firmware(text: str) -> Iterator[ReportFact]:
    """Yield the version it came with; one that was put on by the repair is none of these."""
    for found in FIRMWARE.finditer(text):
        before = text[max(0, found.start() - 16) : found.start()].casefold()
        if "flash" not in before and "updat" not in before and " to " not in found[0].casefold():
            yield ReportFact("vehicles.0.firmware", found[1], *found.span())
            return


def _weather(pieces: Sequence[ReportPiece], text: str) -> Iterator[ReportFact]:
    """Yield the first temperature that a word of the weather stands beside."""
    for found in islice(TEMPERATURE.finditer(text), MOST_TEMPERATURES):
        if not _in_weather(pieces, found.start(), found.end()):
            continue
        low, high = float(found[1]), float(found[2] or found[1])
        if low <= high:
            written = f"{low:g}-{high:g}C"
            yield ReportFact("signature.environment.temperatureRange", written, *found.span())
            return


def _in_weather(pieces: Sequence[ReportPiece], start: int, end: int) -> bool:
    for number, piece in enumerate(pieces):
        if piece.start < end and start < piece.end:
            beside = (
                p for p in pieces[max(0, number - 1) : number + 2] if p.sentence == piece.sentence
            )
            own = piece.holds("weather")
            return own or any(p.holds("weather") and len(p.words) <= WEATHER_REACH for p in beside)
    return False


def _confidence(text: str) -> Iterator[ReportFact]:
    found = SURE.search(text)
    if found is not None and (share := int(found[1] or found[2])) <= WHOLE:
        yield ReportFact("cause.confidence", share / 100, *found.span())
