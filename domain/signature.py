"""What two cards of the same failure share: a hash of the signature, telling words, a cause."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256

from domain.cards import Signature

# A letter or digit with its marks: the vowel signs of Indian scripts are no letters to `re`.
# One class: two that overlap would be tried in every combination.
LETTER = r"(?:(?!_)[\w\u0300-\u036f\u0900-\u0963\u0966-\u0dff])"
WORD = re.compile(rf"{LETTER}+(?:[.\-]{LETTER}+)*%?")
KEYWORDS = 12
# A signature that is asked for again is not hashed again.
HASHES_KEPT = 4_096
# Words that tell nothing about a failure, in English and in Hindi written in Latin letters.
STOP_WORDS = frozenset(
    """a about after again all also am an and any are as at be because been before being but by can
    could did do does doing done during each either else even ever few for from get gets getting
    goes going got had has have having he her here him his how i if in into is it its itself just
    may me might more most much must my no nor not now of off on once one only or other our out
    over own per quite rather said same seen she should since so some such than that the their
    them then there these they this those through to too under until up upon us very was we were
    what when where which while who whom why will with would you your
    aur bhi ek hai hain ho hoti hota hua hui jab ka kabhi kar karta karti ke ki ko kuch mein nahi
    nahin par pe raha rahe rahi se tha thi toh wala""".split()
)


def split_words(text: str) -> list[str]:
    """Give the words of a text in order, folded and lower-cased, stop words left out."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return [w for w in WORD.findall(folded) if w not in STOP_WORDS]


def telling_words(*texts: str) -> tuple[str, ...]:
    """Give up to twelve words, the most frequent first, ties by spelling (CA-26)."""
    counted = Counter(w for t in texts for w in split_words(t) if len(w) > 1)
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return tuple(word for word, _ in ranked[:KEYWORDS])


def cause_key(text: str) -> str:
    """Give the key by which two cards share a cause: its words, whatever their case or stops."""
    return "-".join(re.findall(rf"{LETTER}+", text.casefold()))


def group_by_cause(texts: Iterable[str]) -> dict[str, str]:
    """Give each cause that is named once, by its key, in its first wording."""
    found: dict[str, str] = {}
    for text in texts:
        found.setdefault(cause_key(text) or text, text)
    return found


@lru_cache(maxsize=HASHES_KEPT)
def symptom_hash(signature: Signature) -> str:
    """Give `sha256:…` of the signature, blind to word order, case and repetition (CA-27)."""
    parts = (
        " ".join(sorted(set(split_words(signature.text)))),
        " ".join(sorted(set(signature.symptoms))),
        " ".join(sorted(set(signature.error_codes))),
        signature.component or "",
    )
    return "sha256:" + sha256("\n".join(parts).encode()).hexdigest()
