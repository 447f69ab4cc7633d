"""How people of a world say things: the words of `spoken.yaml` that its seed may use.

The last quarter of each list of three or more is said in the worlds to report on alone, so that a
model that has learnt wordings by heart is found out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import ceil
from pathlib import Path
from typing import Any

import yaml

LANGUAGES = ("en", "hinglish", "hindi")
FEWEST_SPLIT = 3
HELD_BACK = 4


@dataclass(frozen=True, slots=True)
class Wordings:
    """Ways to say one thing; those from `common` on are held back for reports."""

    words: tuple[str, ...]
    common: int
    spoken: int

    def pick(self, u: float) -> tuple[str, bool]:
        """Give a way to say it, and whether it is one of those held back; u is in [0, 1)."""
        at = int(u * self.spoken)
        return self.words[at], at >= self.common


@dataclass(frozen=True, slots=True)
class Speech:
    """All wordings by language, and the thing and complaint of each symptom."""

    things: dict[str, tuple[Wordings, ...]]
    complaints: dict[str, tuple[Wordings, ...]]
    circumstances: dict[str, tuple[Wordings, ...]]
    symptoms: dict[str, tuple[str, str]]
    talk: dict[str, tuple[Wordings, ...]]

    def complaint(self, symptom: str, language: int, u: float, v: float) -> tuple[str, bool]:
        """Say a symptom; one without words of its own is said as trouble of the vehicle."""
        thing, what = self.symptoms.get(symptom, ("vehicle", "message"))
        name, held = self.things[thing][language].pick(u)
        said, late = self.complaints[what][language].pick(v)
        return said.replace("{x}", name), held or late


@cache
def read_speech(*, for_report: bool) -> Speech:
    """Read the wordings that a world may use."""
    read: dict[str, Any] = yaml.safe_load(
        Path(__file__).with_name("spoken.yaml").read_text(encoding="utf-8")
    )
    talk = ("since", "openers", "closers", "code_talk", "second_talk", "suspicions")
    return Speech(
        things=_sections(read["things"], for_report=for_report),
        complaints=_sections(read["complaints"], for_report=for_report),
        circumstances=_sections(read["circumstances"], for_report=for_report),
        symptoms={code: (thing, what) for code, (thing, what) in read["symptoms"].items()},
        talk=_sections({name: read[name] for name in talk}, for_report=for_report),
    )


def _sections(read: dict[str, Any], *, for_report: bool) -> dict[str, tuple[Wordings, ...]]:
    return {
        name: tuple(_wordings(said[language], for_report=for_report) for language in LANGUAGES)
        for name, said in read.items()
    }


def _wordings(words: Sequence[str], *, for_report: bool) -> Wordings:
    count = len(words)
    common = count - ceil(count / HELD_BACK) if count >= FEWEST_SPLIT else count
    return Wordings(tuple(map(str, words)), common, count if for_report else common)
