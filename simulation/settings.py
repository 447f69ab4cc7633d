"""What a simulated world is made by: settings, told with its truth, and sources of chance.

Tune on the seeds 1 to 5, report on 11 to 15 and on the world `hills`: docs/simulation.md.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zlib import crc32

import numpy as np

from domain.errors import InvalidInput

FIRST_REPORT_SEED = 11
DAYS_A_MONTH = 30.4375


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldSettings:
    """One world; shares and rates are between 0 and 1, lengths of time are days.

    Attributes:
        repairs: visits that are drawn; vehicles that come back add some more.
        technicians: in each garage.
        visits_a_vehicle: in the whole time, in the mean.
        invented, unknown: causes beside the shipped cards'; an unknown one never gets a card.
        emerging: of the invented causes, those that are not there before some day of the time.
        known_before: of those that are, the ones with a card when the world begins.
        languages: of reports: English, Hinglish, Hindi in its own letters.
        climates: how many garages stand in each.
        defect_ratio: how often a planted cohort fails, as a multiple of its background.
        defect_background: of the visits of its make, those with the defect's cause.
        defect_ramp: until a defect has grown to its ratio.
        symptom_missing: of the symptoms that a report tells, those that were not read.
        founds: chance that whoever solved a cause without a card writes one.
        skill: mean of the technicians'.
        score_noise: of the suggestions' order.
    """

    world: str = "plains"
    seed: int = 1
    garages: int = 20
    months: int = 12
    repairs: int = 20_400
    starts: datetime = datetime(2025, 11, 1, tzinfo=UTC)
    technicians: int = 5
    visits_a_vehicle: float = 1.8
    invented: int = 1_200
    unknown: int = 100
    invented_share: float = 0.44
    unknown_share: float = 0.06
    known_before: float = 0.6
    emerging: float = 0.5
    languages: tuple[float, float, float] = (0.45, 0.38, 0.17)
    climates: tuple[tuple[str, float], ...] = (
        ("hot_humid", 0.45),
        ("hot_dry", 0.35),
        ("cool_hills", 0.20),
    )
    defects: int = 5
    defect_ratio: float = 4.0
    defect_background: float = 0.1
    defect_ramp: float = 30.0
    lapses: int = 3
    transfers: int = 4
    transfer_share: float = 0.08
    seasons: int = 2
    season_ratio: float = 5.0
    wrong_cards: int = 6
    code_missing: float = 0.45
    code_wrong: float = 0.04
    symptom_missing: float = 0.15
    symptom_wrong: float = 0.05
    two_failures: float = 0.05
    typos: float = 0.25
    batch_missing: float = 0.1
    founds: float = 0.35
    verified_after: float = 12.0
    skill: float = 0.72
    score_noise: float = 0.4

    def __post_init__(self) -> None:
        for name, least, most in (
            ("garages", 1, 2_000),
            ("months", 1, 60),
            ("repairs", 10, 20_000_000),
            ("seed", 0, 2**31),
        ):
            if not least <= getattr(self, name) <= most:
                raise InvalidInput(name, f"is outside {least} to {most}")

    @property
    def days(self) -> float:
        return self.months * DAYS_A_MONTH

    @property
    def for_report(self) -> bool:
        """Whether it is a world to report on: it has wordings that no world to tune on has."""
        return self.seed >= FIRST_REPORT_SEED

    def chance(self, purpose: str) -> np.random.Generator:
        """Give the source of chance for one purpose: what one purpose draws moves no other."""
        words = [self.seed, crc32(self.world.encode()), crc32(purpose.encode())]
        return np.random.default_rng(np.random.SeedSequence(words))


PLAINS = WorldSettings()
# Other weather, other talk, fewer codes, less skill, a weaker order of suggestions.
HILLS = replace(
    PLAINS,
    world="hills",
    languages=(0.3, 0.32, 0.38),
    climates=(("cool_hills", 0.6), ("hot_dry", 0.3), ("hot_humid", 0.1)),
    code_missing=0.6,
    two_failures=0.08,
    typos=0.35,
    skill=0.62,
    score_noise=0.45,
    technicians=3,
)
WORLDS = {world.world: world for world in (PLAINS, HILLS)}
