"""The one edge where text becomes plain: no control, no hidden direction, one spelling (NFC).

A text that shows one thing and says another cheats whoever reads it: right-to-left overrides turn
a file's name around, zero-width letters make two names out of one. They are taken out rather than
refused, since pasted text carries them without anybody's knowing.

Two joiners are kept where a script needs them: behind a virama (they choose the form of a conjunct
in Devanagari or Malayalam), between two letters of an Indic or Arabic script, and between two
emoji. Doing it twice changes nothing.
"""

import re
import unicodedata

# Cc but line feed and tab; Cs; Cf and what else shows nothing: bidirectional marks, overrides and
# isolates, zero-width spaces, soft hyphens, fillers, tags; separators of lines that files do not
# know; and what is no character at all.
UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u070f\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufdd0-\ufdef\ufeff\uffa0"
    "\ufff0-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    + "".join(
        f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(1 << 16, 0x110000, 1 << 16)
    )
    + "]"
)
# The virama of each Indic script: what stands behind it decides how a conjunct is drawn.
VIRAMA = "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca"
JOINING = "\u0600-\u0605\u0610-\u061a\u0620-\u06ff\u0750-\u077f\u08a0-\u08ff\u0900-\u0dff"
EMOJI = "\u2600-\u27bf\u2b00-\u2bff\ufe0f\U0001f000-\U0001faff"
JOINER = re.compile(
    f"[\u200c\u200d](?:(?<=[{VIRAMA}][\u200c\u200d])"
    f"|(?<=[{JOINING}][\u200c\u200d])(?=[{JOINING}])"
    f"|(?<=[{EMOJI}]\u200d)(?=[{EMOJI}]))|(?P<stray>[\u200c\u200d])"
)
ANY_JOINER = re.compile("[\u200c\u200d]")
# Bringing marks into order takes a time that grows with the square of their run, so a run is cut
# where Unicode's Stream-Safe Text Format cuts it (UAX 15, section 13).
MARKS_KEPT = 30
# A character may stand for three marks.
PERHAPS_MARKS = re.compile(r"[^\w\x00-\u02ff]{10}")


def plain_text(text: str) -> str:
    """Give a text without what hides in it, in Unicode's composed form."""
    kept = UNWANTED.sub("", text)
    if kept.isascii():
        return kept
    kept = _compose_text(kept)
    for _ in range(2):
        fewer = JOINER.sub(lambda found: "" if found["stray"] else found[0], kept)
        if fewer == kept:
            return kept
        kept = _compose_text(fewer)
    # Each joiner that goes may bring marks together and make another one stray: end it here.
    return _compose_text(ANY_JOINER.sub("", kept))


def digits_folded(text: str) -> str:
    """Give a text of the same length whose digits and full-width letters are ASCII's.

    Codes are typed on any keyboard: `E४०१` and `Ｅ４０１` are E401. Only where a code is read.
    """
    return text if text.isascii() else "".join(map(_fold_character, text))


def _fold_character(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    wide = "\uff01" <= character <= "\uff5e"
    return chr(ord(character) - 0xFEE0) if wide else character


def _compose_text(text: str) -> str:
    safe = _with_short_runs(text) if PERHAPS_MARKS.search(text) else text
    return unicodedata.normalize("NFC", safe)


def _with_short_runs(text: str) -> str:
    kept, run = list[str](), 0
    for character in "".join(unicodedata.normalize("NFD", c) for c in text):
        run = run + 1 if unicodedata.combining(character) else 0
        if run <= MARKS_KEPT:
            kept.append(character)
    return "".join(kept)
