"""Words of a workshop's English and of Hindi in Latin letters, brought to comparable stems."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

WORD = re.compile(
    r"[A-Za-z\u00c0-\u024f\u0900-\u097f]+(?:['’][a-z]{1,2})?|\d+(?:\.\d+)?|[.!?;,\n]+"
)
LONGEST_WORD = 30
SENTENCE_ENDS = frozenset(".!?;,\n")

FORWARD = frozenset(
    """no not never without none cannot cant wont dont doesnt didnt isnt wasnt arent werent hasnt
    havent couldnt wouldnt nor neither unable refuses bina""".split()
)
BACKWARD = frozenset("nahi nahin nhi nai nahee naheen nahiin mat".split())
# "unable to charge" and "charging nil" say the same as "not".
AFTER_NOUN = frozenset({"nil", "absent"})
BUT = frozenset("but however although lekin magar though while whereas".split())

FILLERS = frozenset(
    """a about all also am an and any are as at be been being by can could did do does doing done
    ever for from get gets getting give gives given go goes going got had has have having he her
    here him his i if in into is it its itself just like made make makes me my of on or our own
    she since so some such than that the their them then there these they this those through to
    too until upon us very was we were what when where which who will with would you your
    able anymore even often properly really seem seems still
    vehicle bike scooter scooty car gaadi gadi gari auto customer rider driver owner says reported
    reports complains complaint sir bhai please
    aa aana aata aati aate aayi aya aayaa aur bhi de diya di ek hai hain he hi ho hona hota hoti
    hote hua hui hue hone ja jaa jaata jata jaati jati jaate jaana jab jo ka kab kabhi kar karta
    karti karte karne karna kare ke ki kiya ko koi kuch lag lage lagi laga main mein me mera meri
    mere mujhe na ne par pe raha rahe rahi rha rhe rhi sab se tab tak tha the thi to toh wala wali
    wale ya yeh ye woh wo gaya gayi gaye gya gyi liya""".split()
)
# "Steering is fine": the clause speaks of what works.
WELL = frozenset("fine ok okay normal good perfect theek thik sahi badhiya".split())
# Spellings of the same word, and words that a workshop uses for the same thing.
SAME = {
    "awaz": "noise",
    "awaaz": "noise",
    "avaaz": "noise",
    "aawaz": "noise",
    "aawaaz": "noise",
    "sound": "noise",
    "garam": "hot",
    "garm": "hot",
    "heat": "hot",
    "overheat": "hot",
    "batti": "light",
    "lamp": "light",
    "bulb": "light",
    "headlamp": "headlight",
    "paani": "water",
    "pani": "water",
    "baarish": "rain",
    "barish": "rain",
    "barsaat": "rain",
    "chaabi": "key",
    "chabi": "key",
    "slowly": "slow",
    "dheere": "slow",
    "dhire": "slow",
    "dheemi": "slow",
    "dheema": "slow",
    "charj": "charge",
    "chaarj": "charge",
    "start": "start",
    "chalu": "start",
    "shuru": "start",
    "band": "stop",
    "bandh": "stop",
    "ruk": "stop",
    "rukti": "stop",
    "rukta": "stop",
    "ruki": "stop",
    "tyre": "tyre",
    "tire": "tyre",
    "pahiya": "wheel",
    "pahiye": "wheel",
    "percentage": "percent",
    "soc": "percent",
    "smell": "smell",
    "badboo": "smell",
    "badbu": "smell",
    "odour": "smell",
    "odor": "smell",
    "jalne": "burn",
    "jal": "burn",
    "jala": "burn",
    "jali": "burn",
    "burnt": "burn",
    "melt": "burn",
    "pighal": "burn",
    "toot": "break",
    "tuta": "break",
    "toota": "break",
    "broken": "break",
    "darwaza": "door",
    "sheesha": "glass",
    "shisha": "glass",
    "khul": "open",
    "khula": "open",
    "khulta": "open",
    "khulti": "open",
    "khule": "open",
    "accelerator": "throttle",
    "race": "throttle",
    "display": "screen",
    "ekdum": "sudden",
    "achanak": "sudden",
    "suddenly": "sudden",
    "jaam": "jam",
    "gun": "plug",
    "bahut": "very",
    "zyada": "very",
    "jyada": "very",
    "indicators": "indicator",
    "handbrake": "handbrake",
    "poora": "full",
    "pura": "full",
    "puri": "full",
    "fully": "full",
    "completely": "full",
    "raat": "overnight",
    "chadhai": "climb",
    "flyover": "climb",
    "uphill": "climb",
    "kaanpta": "shake",
    "kaanpti": "shake",
    "kanpta": "shake",
    "hilta": "shake",
    "hilti": "shake",
    "wobble": "shake",
    "vibrate": "shake",
    "vibration": "shake",
    "shudder": "shake",
    "judder": "shake",
    "baith": "sag",
    "bhaari": "heavy",
    "bhari": "heavy",
    "kam": "low",
    "km": "km",
    "dropped": "drop",
    "gir": "drop",
    "gira": "drop",
    "utar": "drain",
    "swell": "swollen",
    "phool": "swollen",
    "phoola": "swollen",
    "phooli": "swollen",
    "bulge": "swollen",
    "atak": "stuck",
    "atka": "stuck",
    "phas": "stuck",
    "phans": "stuck",
    "galat": "wrong",
    "khadi": "park",
    "khade": "park",
}
SUFFIXES = (("ies", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", ""))
KEPT_S = ("ss", "us", "is")
LEAST_STEM = 3
# More words than a workshop uses; numbers and names pass through.
STEMS_KEPT = 20_000


class WordRole(Enum):
    """What a word does in its clause."""

    CONTENT = auto()
    FORWARD = auto()
    BACKWARD = auto()


@dataclass(frozen=True, slots=True)
class StemmedWord:
    """A word that counts: its stem, its place in the text, and the clause it belongs to."""

    stem: str
    role: WordRole
    start: int
    end: int


def split_clauses(text: str) -> Iterator[list[StemmedWord]]:
    """Yield the words of each clause; punctuation and "but" end one, fillers are left out."""
    clause: list[StemmedWord] = []
    for found in WORD.finditer(text):
        spelled = found[0].casefold().replace("’", "'").replace("'", "")
        if found[0][0] in SENTENCE_ENDS or spelled in BUT:
            if clause:
                yield clause
            clause = []
        elif spelled not in FILLERS and len(spelled) <= LONGEST_WORD:
            clause.append(
                StemmedWord(stem_word(spelled), word_role(spelled), found.start(), found.end())
            )
    if clause:
        yield clause


def is_well(text: str) -> bool:
    """Say whether a piece of text speaks of what is in order."""
    return any(found[0].casefold() in WELL for found in WORD.finditer(text))


def word_role(word: str) -> WordRole:
    if word in FORWARD:
        return WordRole.FORWARD
    return WordRole.BACKWARD if word in BACKWARD or word in AFTER_NOUN else WordRole.CONTENT


@lru_cache(STEMS_KEPT)
def stem_word(word: str) -> str:
    """Give one form for the forms of a word: "charging", "charged", "charges" → "charg"."""
    known = SAME.get(word)
    if known is not None:
        return _cut_suffix(known)
    cut = _cut_suffix(word)
    return _cut_suffix(SAME.get(cut) or SAME.get(cut + "e") or cut)


def _cut_suffix(word: str) -> str:
    for suffix, ending in SUFFIXES:
        if word.endswith(suffix) and not word.endswith(KEPT_S):
            shorter = word.removesuffix(suffix) + ending
            if len(shorter) >= LEAST_STEM:
                word = shorter
                break
    doubled = len(word) > LEAST_STEM and word[-1] == word[-2] and word[-1] not in "sl"
    word = word[:-1] if doubled else word
    return word[:-1] if len(word) > LEAST_STEM and word.endswith("e") else word


def near_spellings(word: str) -> Iterator[str]:
    """Yield the word with each of its letters left out once: two words a typo apart share one."""
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]
