"""Dangers to people, read out of a text in the languages of `hazards.yaml`.

Wrong in favour of caution: a word of danger counts wherever nothing beside it takes it back. Each
word is looked up once and a few words around it are kept, so the time grows with the text alone.
"""

import re
from collections import deque
from collections.abc import Container, Iterator, Sequence
from itertools import chain

from domain.hazards import GROUP_OF, URGENCY, HazardGroup, HazardKind, SeenHazard
from ingest.hazard_contexts import context_lexicon, read_context
from ingest.hazard_lexicon import HazardLexicon, Pattern, lexicon
from ingest.hazard_sounds import hear_hazard
from ingest.word_groups import (
    Word,
    place_groups,
    split_sentences,
)

# Words of one pattern stand among so many; what moves or holds is spoken of in many other words.
WINDOW, NARROW = 10, 8
# "No", in front of a word of danger or behind it, reaches so many words of a list.
NO_REACH = 12
# "Not" stands so near before what it denies.
ORDERED = 3
VERBS = frozenset({"swell", "shock"})
# What may stand between "no" and what it denies.
BETWEEN = frozenset({"fillers_before", "or", "mishaps"})
BEHIND = frozenset({"fillers_after", "or"})
# What "no" may deny in a row: "no smoke or burning smell".
DENIED_TOGETHER = frozenset({"smoke", "fire", "smell", "burn", "hiss", "swell", "hot", "shock"})
# So many letters at their end are the same of a word and its echo.
ECHO = 2
# The words of an address tell nothing: "…/engine-brake-failure.html".
ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
FORM_WORDS = frozenset({"no", "none", "nil"})
DEGREES = "डिग्री|डिग्रि|अंश|டிகிரி|డిగ్రీ|ಡಿಗ್ರಿ|ডিগ্রি|ডিগ্রী|ડિગ્રી|ഡിഗ്രി|ਡਿਗਰੀ"
TEMPERATURE = re.compile(
    r"(?<![\d.-])(\d{2,3})(?:\.\d{1,2})?\s{0,2}(?:°|º|deg(?:ree)?s?)?\s{0,2}"
    r"(c|celsius|centigrade|f|fahrenheit|°|º|℃|deg(?:ree)?s?|" + DEGREES + r")(?![a-z])",
    re.IGNORECASE,
)
TOLD_TEMPERATURE = re.compile(
    r"\btemp(?:erature)?\b[^\d$₹]{0,12}(\d{2,3})(?!\d|\s{0,2}°?\s{0,2}f)()", re.IGNORECASE
)
# "Cell 4 is at 88 and climbing."
RISING_TEMPERATURE = re.compile(
    r"(?<![\d.-])(\d{2,3})\s{0,2}(?:and|&|,)\s{0,2}(?:still\s)?"
    r"(?:going\s(?:up|higher)|rising|climbing)\b()",
    re.IGNORECASE,
)
# A cell is in danger from here on.
HOT_C = 60
RESISTANCE = re.compile(
    r"(?<![\d.])(\d{1,6}(?:\.\d{1,3})?)\s{0,2}([km]?)\s?(?:ohms?\b|Ω)", re.IGNORECASE
)
KILO_OHMS = {"": 0.001, "k": 1.0, "m": 1_000.0}
# ISO 6469-3 asks for 100 Ω a volt: 40 kΩ at 400 V; below this one a pack of any size is suspect.
LEAST_KILO_OHMS = 100.0


def find_hazards(text: str) -> tuple[SeenHazard, ...]:
    """Give each kind of danger that a text tells once, where it is told first, by urgency.

    Where no word of danger stands, the sound of the whole text may still tell one.
    """
    if told := told_hazards(text):
        return told
    heard = hear_hazard(text)
    return () if heard is None or read_context(text).is_harmless else (heard,)


def told_hazards(text: str) -> tuple[SeenHazard, ...]:
    """Give the dangers that the words and figures of a text tell."""
    known = lexicon()
    text = ADDRESS.sub(lambda found: " " * len(found[0]), text)
    best: dict[HazardKind, SeenHazard] = {}
    for words in split_sentences(text, [known.lookup], known.not_endings):
        sentence = Sentence(words, known)
        for found in chain(sentence.hazards(best), _told_in_figures(words, text)):
            best.setdefault(found.kind, found)
    if best:
        context = read_context(text)
        best = {k: s for k, s in best.items() if not context.takes_back(k, s.start)}
    return tuple(sorted(best.values(), key=lambda seen: URGENCY[seen.kind]))


def _told_in_figures(words: Sequence[Word], text: str) -> Iterator[SeenHazard]:
    """Give what figures tell: a pack that is too hot, an isolation that is nearly gone."""
    groups = {group for word in words for group in word.groups}
    within = (words[0].start, words[-1].end + 2) if words else (0, 0)
    if "pack" in groups:
        told = (TEMPERATURE, TOLD_TEMPERATURE, RISING_TEMPERATURE)
        for found in chain.from_iterable(form.finditer(text, *within) for form in told):
            if _celsius(float(found[1]), found[2]) >= HOT_C:
                yield SeenHazard(kind=HazardKind.HOT, start=found.start(), end=found.end())
    if "isolation" in groups:
        for found in RESISTANCE.finditer(text, *within):
            if float(found[1]) * KILO_OHMS[found[2].casefold()] < LEAST_KILO_OHMS:
                yield SeenHazard(kind=HazardKind.LIVE, start=found.start(), end=found.end())


def _celsius(value: float, unit: str) -> float:
    return (value - 32) / 1.8 if unit.casefold().startswith("f") else value


class Sentence:
    """The words of one sentence, and which of them are denied."""

    def __init__(self, words: Sequence[Word], known: HazardLexicon) -> None:
        self._words = words
        self._known = known
        self._feared = min((n for n, w in enumerate(words) if "doubt" in w.groups), default=None)
        self._cleared = max((n for n, w in enumerate(words) if "cleared" in w.groups), default=-1)

    def hazards(self, found: Container[HazardKind]) -> Iterator[SeenHazard]:
        """Yield the dangers that are told, but for kinds that were found before."""
        near = deque[int](maxlen=WINDOW)
        for at, word in enumerate(self._words):
            near.append(at)
            around = list(near) if word.groups else []
            there = frozenset[str]().union(*(self._words[n].groups for n in around))
            for group in word.groups:
                for pattern in self._known.patterns.get(group, ()):
                    if pattern.groups <= there and pattern.kind not in found:
                        yield from self._told(pattern, around)

    def _told(self, pattern: Pattern, near: Sequence[int]) -> Iterator[SeenHazard]:
        """Give the hazard if each group of its pattern stands here, by a word of its own."""
        if pattern.kind is HazardKind.BRAKES:
            # They are spoken of in lists: "brake system, lane departure system failure".
            comma = self._comma_before(near[-1])
            near = [at for at in near if at > comma]
        elif GROUP_OF[pattern.kind] is HazardGroup.RUNS:
            near = near[-NARROW:]
        places = self._places(pattern, near)
        if places is None or near[-1] not in places:
            return
        own = DENIED_TOGETHER & pattern.groups
        telling = [at for at in places if self._words[at].groups & own] or places
        if not pattern.firm and any(self._is_denied(at, pattern.kind) for at in telling):
            return
        first, last = self._words[min(places)], self._words[max(places)]
        yield SeenHazard(kind=pattern.kind, start=first.start, end=last.end)

    def _comma_before(self, at: int) -> int:
        reach = range(at - 1, max(-1, at - WINDOW), -1)
        return next((place for place in reach if self._words[place].text == ","), -1)

    def _places(self, pattern: Pattern, near: Sequence[int]) -> Sequence[int] | None:
        """Give a place for each group, the latest that is free; None where one has none."""
        found = {g: [at for at in near if g in self._words[at].groups] for g in pattern.groups}
        if pattern.ordered is not None:
            first, second = pattern.ordered
            behind = {at + n for at in found[first] for n in range(1, ORDERED + 1)}
            found[second] = [at for at in found[second] if at in behind]
        return place_groups(found.values())

    def _is_denied(self, at: int, kind: HazardKind) -> bool:
        """Say whether "no" stands in front of a word or behind it, or it was before and was mended.

        Behind what moves or holds, "no" tells the failure itself: "it locked and did not turn".
        """
        was_feared = self._feared is not None and self._feared < at <= self._cleared
        if was_feared or self._is_denied_before(at):
            return True
        if GROUP_OF[kind] is HazardGroup.RUNS:
            return False
        asking = context_lexicon().question_endings
        if any(one.text.endswith(asking) for one in self._words[at : at + 2]):
            return True
        return self._words[at].text.endswith(self._known.not_endings) or self._is_denied_after(at)

    def _is_denied_before(self, at: int) -> bool:
        if at and "not_verb" in self._words[at - 1].groups and self._words[at].groups & VERBS:
            return True
        for place in range(at - 1, max(-1, at - NO_REACH), -1):
            word = self._words[place]
            if "not_before" in word.groups and not self._is_number(place):
                return True
            # "It does not start and smokes" denies the start alone.
            between = not word.groups.isdisjoint(BETWEEN) or self._parts_mishaps(place)
            if not between and word.groups.isdisjoint(DENIED_TOGETHER):
                return False
        return False

    def _parts_mishaps(self, at: int) -> bool:
        """Say whether a comma parts what "no" denies in a row: "no crash, fire or injury"."""
        return at > 0 and self._words[at].text == "," and "mishaps" in self._words[at - 1].groups

    def _joins(self, at: int, place: int) -> bool:
        """Say whether a word only echoes what is denied, "dhuan wuan nahi", or a comma parts it."""
        echoes = place == at + 1 and self._words[place].text[-ECHO:] == self._words[at].text[-ECHO:]
        return echoes or self._parts_denied(place)

    def _parts_denied(self, at: int) -> bool:
        """Say whether a comma parts what "no" behind it denies in a row: "dhuan, badbu nahi"."""
        if not 0 < at < len(self._words) - 1 or self._words[at].text != ",":
            return False
        beside = (self._words[at - 1].groups, self._words[at + 1].groups)
        return not any(groups.isdisjoint(DENIED_TOGETHER) for groups in beside)

    def _is_denied_after(self, at: int) -> bool:
        for place in range(at + 1, min(len(self._words), at + NO_REACH)):
            word = self._words[place]
            if word.text in FORM_WORDS and not self._words[at].groups.isdisjoint(DENIED_TOGETHER):
                return place + 1 == len(self._words) or self._words[place + 1].text == ","
            is_not = word.text.endswith(self._known.not_verb_endings)
            if is_not or "not_after" in word.groups:
                between = self._words[at + 1 : place + 3]
                return not any("ends" in one.groups for one in between)
            between = not word.groups.isdisjoint(BEHIND) or self._joins(at, place)
            if not between and word.groups.isdisjoint(DENIED_TOGETHER):
                return False
        return False

    def _is_number(self, at: int) -> bool:
        """Say whether a "no" is short for "number": "module no 4"."""
        beside = (self._words[n].text for n in (at - 1, at + 1) if 0 <= n < len(self._words))
        return self._words[at].text == "no" and any(text.isdigit() for text in beside)
