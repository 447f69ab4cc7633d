"""Words of nine Indian scripts in Latin letters, and the key that people's spellings share.

The blocks of these scripts are laid out alike in Unicode: one table of 128 places serves them all.
Nobody spells alike in Latin letters ("garam", "garm", "gharam"), so words are compared by a key of
what all spellings keep: consonants without breath, i and u, no a.
"""

import re

# Places in a block; what is missing there is silent.
VOWELS = "5a 6a 7i 8i 9u 10u 11ri 12l 13e 14e 15e 16e 17o 18o 19o 20o"
CONSONANTS = (
    "21k 22kh 23g 24gh 25n 26ch 27chh 28j 29jh 30n 31t 32th 33d 34dh 35n 36t 37th 38d 39dh 40n 41n "
    "42p 43ph 44b 45bh 46m 47y 48r 49r 50l 51l 52zh 53v 54sh 55sh 56s 57h"
)
SIGNS = (
    "1n 2n 3h 62a 63i 64i 65u 66u 67ri 68ri 69e 70e 71e 72e 73o 74o 75o 76o 78t 112n 122n 123n "
    "124r 125l 126l 127k 88k 89kh 90g 91j 92d 93dh 94f 95y 102 103 104 105 106 107 108 109 110 111"
)
PLACED = re.compile(r"(\d{1,3})([a-z]{0,3})")
LETTERS = {int(place): letter for place, letter in PLACED.findall(f"{VOWELS} {CONSONANTS} {SIGNS}")}
FIRST_BLOCK, LAST_BLOCK, BLOCK = 0x0900, 0x0D80, 0x80
# Bengali writes its two r with the letters for d and a dot below.
BENGALI_R = str.maketrans({"\u09dc": "র", "\u09dd": "র"})
DOTTED_R = re.compile("[ডঢ]\u09bc")
# In this order: what is written with two letters first.
SAME_SOUND = (
    *(("chh", "c"), ("ch", "c"), ("sh", "s"), ("zh", "l"), ("ph", "f"), ("ck", "k")),
    *(("kh", "k"), ("gh", "g"), ("jh", "j"), ("th", "t"), ("dh", "d"), ("bh", "b"), ("rh", "r")),
    *(("w", "v"), ("z", "j"), ("q", "k"), ("x", "ks"), ("y", "i"), ("e", "i"), ("o", "u")),
    *(("a", ""), ("mp", "np"), ("mb", "nb")),
)
TWICE = re.compile(r"(.)\1+")
# These two write one letter for a voiced sound and its voiceless sister.
ONE_LETTER = {"ta", "ml"}
UNVOICED = str.maketrans("gdbjsf", "ktpccp")
# The vowel that Bengali does not write is spoken and spelled as o.
OPEN_O = "bn"


def latin_letters(word: str) -> str:
    """Give a word of an Indian script in Latin letters; others stay."""
    word = DOTTED_R.sub("র", word.translate(BENGALI_R))
    return "".join(
        LETTERS.get((ord(letter) - FIRST_BLOCK) % BLOCK, "")
        if FIRST_BLOCK <= ord(letter) < LAST_BLOCK
        else letter
        for letter in word
    )


def sound_key(word: str, language: str) -> str:
    """Give what the spellings of a word in Latin letters have in common, as its language has it."""
    key = word.replace("o", "") if language == OPEN_O else word
    for written, sound in SAME_SOUND:
        key = key.replace(written, sound)
    key = TWICE.sub(r"\1", key)
    return key.translate(UNVOICED) if language in ONE_LETTER else key
