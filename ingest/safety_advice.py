"""What keeps people safe now, in the language of whoever reported a danger."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import yaml

from domain.hazards import GROUP_OF, HazardGroup, SafetyAdvice, SeenHazard
from ingest.word_stems import HINDI

FILE = Path(__file__).with_suffix(".yaml")
ENGLISH, HINGLISH, HINDI_LANGUAGE, MARATHI = "en", "hi-Latn", "hi", "mr"
# The script tells the language, but for Devanagari, which two of ours share. Their blocks of
# Unicode have 128 places each: a letter's block is its number without the last seven bits.
BLOCK_BITS = 7
SCRIPTS = {
    0x0900 >> BLOCK_BITS: MARATHI,
    0x0980 >> BLOCK_BITS: "bn",
    0x0A00 >> BLOCK_BITS: "pa",
    0x0A80 >> BLOCK_BITS: "gu",
    0x0B80 >> BLOCK_BITS: "ta",
    0x0C00 >> BLOCK_BITS: "te",
    0x0C80 >> BLOCK_BITS: "kn",
    0x0D00 >> BLOCK_BITS: "ml",
}
# Words, and ends of words, that Marathi has and Hindi has not.
ONLY_MARATHI = re.compile(
    r"(?:^|\s)(?:आहे|आहेत|नाही|नाहीत|झाला|झाली|झाले|होते|होता|होती|आणि|पण|मध्ये|येतो|येते|येतोय|"
    r"लागतो|लागते|लागली|लागला|गेला|गेली|गेले|केला|केली|काय|माझी|माझा)(?=[\s,.!?]|$)|ून(?=\s)|च्या(?=\s)"
)
WORD = re.compile(r"[a-z]+")
# So many words that only Hindi has make Latin letters Hinglish.
LEAST_HINDI = 2
# Of longer texts the beginning tells the language.
READ = 2_000


def advise(text: str, hazards: Sequence[SeenHazard]) -> SafetyAdvice | None:
    """Give what to do first about the dangers that a text tells; None where it tells none."""
    if not hazards:
        return None
    language, kinds = text_language(text), tuple(hazard.kind for hazard in hazards)
    groups = dict.fromkeys(GROUP_OF[kind] for kind in kinds)
    steps = [step for group in groups for step in _advice()[group][language]]
    return SafetyAdvice(hazards=kinds, steps=tuple(dict.fromkeys(steps)), language=language)


def text_language(text: str) -> str:
    """Give the language of a text as advice is written in it; English where that is not known."""
    start = text[:READ]
    found = (SCRIPTS.get(ord(letter) >> BLOCK_BITS, ENGLISH) for letter in start)
    counted = Counter(language for language in found if language != ENGLISH)
    language, letters = counted.most_common(1)[0] if counted else (ENGLISH, 0)
    words = WORD.findall(start.casefold())
    if letters <= len(words):
        hindi = sum(word in HINDI for word in words)
        return HINGLISH if hindi >= min(LEAST_HINDI, max(1, len(words) // 3)) else ENGLISH
    if language == MARATHI and not ONLY_MARATHI.search(start):
        return HINDI_LANGUAGE
    return language


@cache
def _advice() -> Mapping[HazardGroup, Mapping[str, Sequence[str]]]:
    told = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {HazardGroup(group): by_language for group, by_language in told.items()}
