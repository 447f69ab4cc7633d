"""The text of a report: what is said of a visit, in which order, and how a thumb types it."""

from dataclasses import dataclass

from simulation.causes import LatentCause
from simulation.speech import Speech, read_speech
from simulation.worlds import World

ENGLISH, HINDI = 0, 2
# Numbers of chance that one report uses, each for one thing.
DRAWS = 44
# The parts of a text by their letters, in the orders in which people tell them.
ORDERS = ("vcwstg", "cvwtsg", "cwsvtg", "tcvwsg", "vsctwg", "wcvtgs", "cgtvws", "svcwgt")
SAYS = {"v": 0.45, "w": 0.55, "s": 0.4, "t": 0.75, "g": 0.3}
SECOND_SYMPTOM, OPENS, CLOSES, WRONG_GUESS, LOWER, FRAMED = 0.45, 0.35, 0.25, 0.05, 0.4, 0.5
GUESS_WORDS = 6
KINDS = 4
JOINTS = (";", ",", "", ".")

Phrase = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One report to write: causes, vehicle, day, language, its writer's slips, and chance."""

    cause: int
    second: int
    vehicle: int
    day: float
    language: int
    slips: float
    u: list[float]


class ReportWriter:
    """Writes reports. A phrase goes with whether it is one that is held back for reports."""

    def __init__(self, world: World) -> None:
        fleet = world.fleet
        self._causes = world.causes
        self._speech: Speech = read_speech(for_report=world.settings.for_report)
        self._models = [fleet.models[at] for at in fleet.model.tolist()]
        self._years: list[int] = fleet.year.tolist()
        self._km: list[float] = fleet.km.tolist()
        self._km_a_day: list[float] = fleet.km_a_day.tolist()
        self._parts = {
            "c": self._complaints,
            "v": self._vehicle,
            "w": self._circumstance,
            "s": self._since,
            "g": self._guess,
        }

    def write(self, row: ReportRow, codes: tuple[str, ...]) -> Phrase:
        """Give the text, and whether it has a wording that is held back."""
        u, talk = row.u, self._speech.talk
        said: list[Phrase] = []
        if u[8] < OPENS:
            said.append(talk["openers"][row.language].pick(u[8] / OPENS))
        for part in ORDERS[int(u[9] * len(ORDERS))]:
            said += self._codes(row, codes) if part == "t" else self._parts[part](row)
        if u[18] < CLOSES:
            said.append(talk["closers"][row.language].pick(u[18] / CLOSES))
        joint = JOINTS[int(u[19] * len(JOINTS))]
        text = f"{joint} ".join(word.rstrip(",:-; ") if joint else word for word, _ in said)
        typed = text if row.language == HINDI else _with_slips(text, row)
        return typed, any(held for _, held in said)

    def told(self, row: ReportRow) -> tuple[str, ...]:
        """Give the symptoms that the text tells: one or two, and one of a second failure, last."""
        symptoms = self._causes[row.cause].symptoms
        first = int(row.u[20] * len(symptoms))
        told = [symptoms[first]]
        if len(symptoms) > 1 and row.u[23] < SECOND_SYMPTOM:
            told.append(symptoms[(first + 1) % len(symptoms)])
        if row.second >= 0:
            told.append(self._causes[row.second].symptoms[0])
        return tuple(told)

    def _complaints(self, row: ReportRow) -> list[Phrase]:
        u, language = row.u, row.language
        told = self.told(row)
        said = [
            self._speech.complaint(symptom, language, *chance)
            for symptom, chance in zip(
                told, ((u[21], u[22]), (u[24], u[0]), (u[26], u[25])), strict=False
            )
        ]
        if row.second >= 0:
            said.insert(-1, self._speech.talk["second_talk"][language].pick(u[25]))
        return said

    def _vehicle(self, row: ReportRow) -> list[Phrase]:
        if row.u[10] >= SAYS["v"]:
            return []
        model, year = self._models[row.vehicle], self._years[row.vehicle]
        km = int((self._km[row.vehicle] + row.day * self._km_a_day[row.vehicle]) / 100) * 100
        forms = (
            model.model,
            f"{model.make} {model.model}",
            f"{model.model} {year}",
            f"{model.model.lower()} {km} km",
            f"{model.make.lower()} {year} mdl",
            f"{km // 1000}k km",
        )
        return [(forms[int(row.u[10] / SAYS["v"] * len(forms))], False)]

    def _circumstance(self, row: ReportRow) -> list[Phrase]:
        if row.u[11] >= SAYS["w"]:
            return []
        around = self._causes[row.cause].circumstances
        at = around[int(row.u[12] * len(around))]
        return [self._speech.circumstances[at][row.language].pick(row.u[11] / SAYS["w"])]

    def _since(self, row: ReportRow) -> list[Phrase]:
        if row.u[13] >= SAYS["s"]:
            return []
        said, held = self._speech.talk["since"][row.language].pick(row.u[13] / SAYS["s"])
        return [(said.replace("{n}", str(2 + int(row.u[14] * 9))), held)]

    def _codes(self, row: ReportRow, codes: tuple[str, ...]) -> list[Phrase]:
        if not codes or row.u[15] >= SAYS["t"]:
            return []
        said, held = self._speech.talk["code_talk"][row.language].pick(row.u[15] / SAYS["t"])
        return [(said.replace("{c}", _typed(codes, row.u[16])), held)]

    def _guess(self, row: ReportRow) -> list[Phrase]:
        """Say what was seen, or thought; now and then it is wrong."""
        u = row.u
        if u[17] >= SAYS["g"]:
            return []
        at = int(u[28] * len(self._causes)) if u[27] < WRONG_GUESS else row.cause
        shown = _shown(self._causes[at], row)
        if u[29] >= FRAMED:
            return [(shown, False)]
        said, held = self._speech.talk["suspicions"][row.language].pick(u[17] / SAYS["g"])
        return [(said.replace("{s}", shown), held)]


def _shown(cause: LatentCause, row: ReportRow) -> str:
    if not cause.seen:
        return " ".join(cause.words.lower().split()[:GUESS_WORDS])
    return cause.seen[int(row.u[28] * 2) if row.language == ENGLISH else row.language + 1]


def _typed(codes: tuple[str, ...], u: float) -> str:
    """Give codes as people type them."""
    bare = [code.partition(":")[2] for code in codes]
    forms = (" ".join(bare), bare[0].lower(), bare[0], f"{bare[0][:1]} {bare[0][1:]}".strip())
    return forms[int(u * len(forms))]


def _with_slips(text: str, row: ReportRow) -> str:
    """Give a text as a thumb types it: up to two slips, now and then all in small letters."""
    u = row.u
    if u[30] < LOWER:
        text = text.lower()
    for chance, place, kind in ((u[31], u[32], u[33]), (u[34], u[35], u[36])):
        at = 1 + int(place * (len(text) - 3))
        if chance < row.slips and text[at : at + 2].isalpha():
            text = _slipped(text, at, int(kind * KINDS))
    return text


def _slipped(text: str, at: int, kind: int) -> str:
    """Give a text with two letters turned, one left out, one doubled, or one struck twice."""
    one, two = text[at], text[at + 1 : at + 2]
    return text[:at] + (two + one, two, one + one + two, two + two)[kind] + text[at + 2 :]
