"""What texts in the languages of India say, as English words one after the other.

It is no translation: "ब्रेक दबाने पर आवाज़ आती है" gives "brake press noise". That is enough for the
encoder, which reads English alone, and for the examples of symptoms. The words stand in `concepts/`
and `glosses/`; what neither knows is left out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby, islice
from pathlib import Path

import yaml

from domain.matches import Embedding
from ingest import concepts, symptom_patterns
from ingest.concept_patterns import (
    AND,
    BUT,
    COMMA,
    NOT,
    lookups_of,
    pattern_lexicon,
    reads,
)
from ingest.extraction import Clause, TextFinding, weigh_symptoms
from ingest.languages import LATIN
from ingest.lexicon import Lexicon, PhraseKind
from ingest.symptom_chance import ReadBy
from ingest.word_groups import LongestGroups, Word, WordLookup, split_sentences

FOLDER = Path(__file__).with_suffix("")
ENGLISH_NAMES = "en"
# More meanings of one word than these say too much at once.
MOST_MEANINGS = 2
LEAST_WORDS = 2
MOST_CLAUSES = 8
# What English patterns find in a gloss stands in no order of words, so it is a guess by itself.
GUESSED = 0.45
# A clause that says so without a "not" tells of what is well.
WELL = "good"
# "Not" follows what it denies in these languages, as "nahi" does in Hinglish.
DENIES_BEFORE = "nahi"


def gloss_clauses(text: str, language: str) -> tuple[Clause, ...]:
    """Give what each clause of a text says in English words; a sentence of several as a whole, too.

    Left out are questions, what is well, and what has fewer than two words.
    """
    if not reads(language) or text.rstrip().endswith("?"):
        return ()
    found = dict.fromkeys(_clauses(text, language))
    return tuple(islice(found, MOST_CLAUSES))


def find_in_gloss(clauses: Iterable[Clause], lexicon: Lexicon) -> Iterator[TextFinding]:
    """Yield the symptoms that English patterns read in glosses, as guesses."""
    for clause in clauses:
        told = clause.text.replace(NOT, DENIES_BEFORE)
        for seen in symptom_patterns.find_symptoms(told):
            if seen.symptom in lexicon.symptoms and not seen.negated:
                place = clause.start, clause.end
                yield TextFinding(PhraseKind.SYMPTOM, seen.symptom, *place, GUESSED)


def weigh_glosses(
    said: Sequence[TextFinding],
    clauses: Sequence[Clause],
    embeddings: Sequence[Embedding],
    lexicon: Lexicon,
) -> dict[str, float]:
    """Give how likely each symptom is that the words told, or that the glosses are like."""
    guessed = find_in_gloss(clauses, lexicon)
    return weigh_symptoms((*said, *guessed), clauses, embeddings, lexicon, ReadBy.GLOSS)


def _clauses(text: str, language: str) -> Iterator[Clause]:
    for sentence in split_sentences(text, _lookups(language)):
        parted = [list(words) for parts, words in groupby(sentence, _parts) if not parts]
        each = [_clause(text, words, _not_endings(language)) for words in parted]
        telling = [clause for clause in each if clause is not None]
        if len(parted) == len(telling) > 1:
            yield Clause(" ".join(c.text for c in telling), telling[0].start, telling[-1].end)
        yield from telling


def _parts(word: Word) -> bool:
    return word.text == COMMA or not word.groups.isdisjoint({BUT, AND})


def _clause(text: str, words: Sequence[Word], endings: tuple[str, ...]) -> Clause | None:
    """Give the gloss of words; None where they say too little, or that all is well."""
    said = [piece for word in words for piece in _english(word, text, endings)]
    if len(said) < LEAST_WORDS or (WELL in said and NOT not in said):
        return None
    once = [piece for at, piece in enumerate(said) if piece not in said[max(0, at - 2) : at]]
    return Clause(" ".join(once), words[0].start, words[-1].end)


def _english(word: Word, text: str, endings: tuple[str, ...]) -> Iterator[str]:
    """Yield the English words for a word, "not" last; a figure stands for itself."""
    if word.text.isdecimal():
        figure = text[word.start : word.end]
        yield "".join(str(int(sign)) if sign.isdecimal() else "." for sign in figure)
        return
    meanings = sorted(word.groups - {NOT})[:MOST_MEANINGS]
    yield from (_names().get(meaning, meaning.replace("_", " ")) for meaning in meanings)
    # Some languages say "not" at the end of the verb.
    if NOT in word.groups or (endings and word.text.endswith(endings)):
        yield NOT


@cache
def _names() -> Mapping[str, str]:
    return yaml.safe_load((FOLDER / f"{ENGLISH_NAMES}.yaml").read_text(encoding="utf-8"))


def _not_endings(language: str) -> tuple[str, ...]:
    return pattern_lexicon().not_endings.get(language, ())


@cache
def _lookups(language: str) -> tuple[WordLookup, ...]:
    spoken = language.removesuffix(LATIN)
    more = yaml.safe_load((FOLDER / f"{spoken}.yaml").read_text(encoding="utf-8"))
    return lookups_of(language, [concepts.native_words(spoken), more], LongestGroups)
