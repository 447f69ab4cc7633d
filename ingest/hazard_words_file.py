"""The words of danger as the pages carry them: a phone without a network warns by itself.

`make hazard-words` writes it from `hazards.yaml` and `safety_advice.yaml`. The phone finds words
near each other; what a text denies, and what it tells without such words, the service reads.
"""

from collections.abc import Container
from pathlib import Path
from typing import Any

import orjson
import yaml

from domain.hazards import GROUP_OF, HazardGroup, HazardKind
from ingest.hazard_lexicon import FILE as LEXICON
from ingest.hazards import NARROW, WINDOW
from ingest.safety_advice import FILE as ADVICE
from ingest.word_groups import normal

PAGE_FILE = Path(__file__).parents[1] / "web/app/src/hazards/hazard-words.json"
# The languages of the pages.
LANGUAGES = ("en", "hi")


def print_hazard_words() -> bytes:
    """Give `{groups, harmless, hazards, advice}` as JSON, the most urgent hazard first."""
    told = yaml.safe_load(LEXICON.read_text(encoding="utf-8"))
    advice = yaml.safe_load(ADVICE.read_text(encoding="utf-8"))
    words = told["groups"]
    hazards = [_hazard(kind, told["hazards"][kind.value], words) for kind in HazardKind]
    used = {group for hazard in hazards for groups in hazard["told"] for group in groups}
    return orjson.dumps(
        {
            "groups": {name: normal(words[name]).split() for name in sorted(used)},
            "harmless": [normal(one) for one in told["harmless"]],
            "hazards": hazards,
            "advice": {
                group: {language: said[language] for language in LANGUAGES}
                for group, said in advice.items()
            },
        },
        option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
    )


def _hazard(kind: HazardKind, patterns: list[str], words: Container[str]) -> dict[str, Any]:
    together = [pattern.removeprefix("!").replace("<", " ").split() for pattern in patterns]
    # Verbs that deny by their endings have no words of their own.
    told = [groups for groups in together if all(group in words for group in groups)]
    window = NARROW if GROUP_OF[kind] is HazardGroup.RUNS else WINDOW
    return {"kind": kind.name, "group": GROUP_OF[kind].value, "window": window, "told": told}


if __name__ == "__main__":
    PAGE_FILE.write_bytes(print_hazard_words())
