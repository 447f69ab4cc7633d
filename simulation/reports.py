"""What is reported of a visit: the text, and the codes and symptoms that were read."""

from dataclasses import dataclass

import numpy as np

from domain.codes import SAE
from simulation.causes import LatentCause
from simulation.fleet import Bools, Ints
from simulation.repairs import Repairs
from simulation.report_text import DRAWS, ReportRow, ReportWriter
from simulation.visits import Visits
from simulation.worlds import World

ROWS_AT_ONCE = 50_000
# Some reports are told in another language than their technician's usual one.
OTHER_LANGUAGE = 0.12
# A symptom that nobody told is seldom found when the vehicle is looked at.
UNTOLD = 0.75


@dataclass(frozen=True, slots=True)
class ToldReports:
    """Columns over visits.

    Attributes:
        told: the symptoms that the text tells; `symptoms` are those that were read or found.
        held_back: it has a wording that no world to tune on has.
    """

    text: list[str]
    told: list[tuple[str, ...]]
    symptoms: list[tuple[str, ...]]
    codes: list[tuple[str, ...]]
    wrong_codes: list[tuple[str, ...]]
    language: Ints
    held_back: Bools


def codes_seen(world: World, visits: Visits, purpose: str) -> Bools:
    """Say of each visit whether the codes of its cause, if it has any for this make, were read."""
    settings, fleet, causes = world.settings, world.fleet, world.causes
    chance = settings.chance(f"codes {purpose}")
    known = np.array(
        [[bool(codes_of(cause, make)) for make in fleet.makes] for cause in causes], dtype=bool
    )
    read = chance.random(len(visits)) >= settings.code_missing
    return known[visits.cause, fleet.make[visits.vehicle]] & read


def report(
    world: World, visits: Visits, repairs: Repairs, has_code: Bools, purpose: str
) -> ToldReports:
    """Write the reports of all visits."""
    settings, fleet = world.settings, world.fleet
    chance = settings.chance(f"reports {purpose}")
    language = fleet.technician_language[repairs.technician]
    other = chance.random(len(visits)) < OTHER_LANGUAGE
    language = np.where(other, chance.choice(3, len(visits), p=settings.languages), language)
    reader, writer = CodeReader(world), ReportWriter(world)
    slips = fleet.technician_typos[repairs.technician]
    found = ToldReports([], [], [], [], [], language, np.zeros(len(visits), dtype=bool))
    for begin in range(0, len(visits), ROWS_AT_ONCE):
        rows = slice(begin, begin + ROWS_AT_ONCE)
        draws = chance.random((len(visits.day[rows]), DRAWS)).tolist()
        columns = (
            has_code,
            visits.cause,
            visits.second,
            visits.vehicle,
            visits.day,
            language,
            slips,
        )
        told = zip(*(column[rows].tolist() for column in columns), draws, strict=True)
        for at, (coded, *row) in enumerate(told, start=begin):
            seen = ReportRow(*row)
            told_symptoms = writer.told(seen)
            symptoms, codes, wrong = reader.read(seen, told_symptoms, coded=coded)
            text, held_back = writer.write(seen, codes)
            found.text.append(text)
            found.told.append(told_symptoms)
            found.symptoms.append(symptoms)
            found.codes.append(codes)
            found.wrong_codes.append(wrong)
            found.held_back[at] = held_back
    return found


class CodeReader:
    """Reads symptoms and codes as a service would: some are missed, some are wrong."""

    def __init__(self, world: World) -> None:
        self._world = world
        makes = world.fleet.makes
        self._codes = [[codes_of(cause, make) for make in makes] for cause in world.causes]
        self._make: list[int] = world.fleet.make.tolist()
        self._all_codes = [str(code.key) for code in world.trade.codes if code.scope == SAE]
        self._all_symptoms = [symptom.code for symptom in world.trade.symptoms]

    def read(
        self, seen: ReportRow, told: tuple[str, ...], *, coded: bool
    ) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """Give the symptoms and codes that were read, and those codes that are wrong."""
        settings, u = self._world.settings, seen.u
        true = dict.fromkeys((*told, *self._world.causes[seen.cause].symptoms))
        missing = dict.fromkeys(told, settings.symptom_missing)
        symptoms = [s for s, v in zip(true, u[37:], strict=False) if v >= missing.get(s, UNTOLD)]
        if u[4] < settings.symptom_wrong:
            symptoms.append(self._all_symptoms[int(u[5] * len(self._all_symptoms))])
        codes = self._codes[seen.cause][self._make[seen.vehicle]] if coded else ()
        wrong: tuple[str, ...] = ()
        if u[6] < settings.code_wrong:
            wrong = (self._all_codes[int(u[7] * len(self._all_codes))],)
        return tuple(dict.fromkeys(symptoms)), tuple(dict.fromkeys((*codes, *wrong))), wrong


def codes_of(cause: LatentCause, make: str) -> tuple[str, ...]:
    own = make.casefold()
    return tuple(c for c in cause.codes if c.partition(":")[0] in {SAE, own})
