"""What tells who somebody is, in words that people type: found by its form, and masked.

Free text goes to the graph, to Redis, to other garages and to language models; a telephone number
or a number plate helps none of them. It is masked where the text is parsed, so it is written
nowhere; who a customer is belongs into the books, where it is sealed (docs/decisions/0012).

Forms of India first: mobile numbers as people group them, with or without +91 and in any script's
digits; landlines; plates of the States and of the BH series; e-mail and UPI addresses; Aadhaar
(with its check digit), PAN, GSTIN and VIN. Readings, part numbers and trouble codes are left alone:
where a form is as good a row of readings as a number, it counts only behind a word such as "call".
Every expression looks a bounded way, so the time grows with the text and no faster.
"""

import re
from collections.abc import Iterator

from domain.characters import digits_folded

# What is shown in place of a field that somebody may not read: always the same, so that not even
# its length is told (EN-9).
MASKED = "****MASKED****"
STATES = (
    "AN|AP|AR|AS|BR|CG|CH|DD|DL|DN|GA|GJ|HP|HR|JH|JK|KA|KL|LA|LD|MH|ML|MN|MP|MZ|NL|OD|OR|PB|PY|RJ|"
    "SK|TG|TN|TR|TS|UA|UK|UP|WB"
)
GAP = r"[\s().\-–]{0,3}"
SPLIT = r"[ .\-–]{1,3}"
# A mobile number of India as people group it, with or without its country.
MOBILE = (
    rf"(?<!\d)(?:(?:\+|00)?91{GAP}|0{GAP})?"
    rf"(?:[6-9]\d{{4}}{GAP}\d{{5}}|[6-9]\d{{2}}{SPLIT}\d{{3}}{SPLIT}\d{{4}}"
    rf"|[6-9]\d{{3}}{SPLIT}\d{{3}}{SPLIT}\d{{3}}|[6-9]\d{SPLIT}\d{{4}}{SPLIT}\d{{4}}"
    rf"|[6-9]\d{{3}}-\d{{6}}|[6-9]\d(?:-\d{{2}}){{4}})(?!\d)"
)
LANDLINE = r"(?<!\d)\(?0\d{2,4}\)?[ -]{0,2}\d{3,4}[ -]?\d{4}(?!\d)"
ABROAD = r"(?<!\d)\+\d(?:[ -]?\d){8,13}(?!\d)"
# Any grouping, where the words before say what it is.
CALLED = (
    r"(?:\b(?:call|ring|mob|mobile|phone|ph|tel|whatsapp|contact|number|num|no)\b|फोन|फ़ोन|मोबाइल|नंबर)"
    r"\W{1,3}(?P<called>(?:\+?91[ .-]?)?[6-9](?:[ .-]?\d){9})(?!\d)"
)
# "Or 12 V 4800 rpm" is no plate: what stands apart in small letters may not be a unit or a word.
UNITS = "V|A|W|C|K|M|H|S|KM|KMS|MM|MIN|HRS|RPM|AH|WH|AM|PM|KW|OF|TO|IN|AT|AND|DAY"
STATE = rf"(?<![A-Z0-9])(?:{STATES})"
GROUPED_PLATE = r"[ .-]{0,2}\d{1,2}[ .-]{0,2}(?-i:[A-Z])[ .-]?(?-i:[A-Z]{1,2})[ .-]{0,2}\d{4}(?!\d)"
PLATES = (
    STATE + r"[.-]?\d{1,2}[.-]?[A-Z]{1,3}[.-]?\d{4}(?!\d)",
    STATE + rf"[ .-]?\d{{1,2}}[ .-]?(?!(?:{UNITS})[ .-])[A-Z]{{1,3}}[ .-]?\d{{4}}(?!\d)",
    rf"(?<![A-Z0-9])(?-i:{STATES}){GROUPED_PLATE}",
    r"(?<![A-Z0-9])\d{2}[ .-]?BH[ .-]?\d{4}[ .-]?[A-Z]{1,2}(?![A-Z0-9])",
)
FORMS = (
    ("[e-mail]", r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"),
    ("[UPI]", r"(?<![\w.+-])[\w.-]{2,64}@(?:ok\w{2,8}|ybl|ibl|axl|apl|upi|paytm\w{0,8})\b"),
    ("[VIN]", r"\b(?=[A-HJ-NPR-Z0-9]{0,16}\d)(?=[0-9]{0,16}[A-HJ-NPR-Z])[A-HJ-NPR-Z0-9]{17}\b"),
    ("[GSTIN]", r"(?<![A-Z0-9])\d{2}[A-Z]{5}\d{4}[A-Z][A-Z0-9]Z[A-Z0-9](?![A-Z0-9])"),
    ("[PAN]", r"(?<![A-Z0-9])(?-i:[A-Z]{3}[ABCFGHJLPT][A-Z])\d{4}(?-i:[A-Z])(?![A-Z0-9])"),
    *(("[plate]", plate) for plate in PLATES),
    ("[Aadhaar]", r"(?<!\d)[2-9]\d{3}[ -]?\d{4}[ -]?\d{4}(?!\d)"),
    ("[phone]", MOBILE),
    ("[phone]", LANDLINE),
    ("[phone]", ABROAD),
    ("[phone]", CALLED),
)
EXPRESSIONS = tuple((mask, re.compile(form, re.IGNORECASE)) for mask, form in FORMS)
MASK = re.compile("|".join(re.escape(mask) for mask in dict(FORMS)))
# The tables of Verhoeff's check digit: the dihedral group of ten, and its permutation.
GROUP = (
    *("0123456789", "1234067895", "2340178956", "3401289567", "4012395678"),
    *("5987604321", "6598710432", "7659821043", "8765932104", "9876543210"),
)
PERMUTED = (
    *("0123456789", "1576283094", "5803796142", "8916043527"),
    *("9453126870", "4286573901", "2793806415", "7046913258"),
)


def mask_personal(text: str) -> str:
    """Give a text with what tells who somebody is replaced by what it was: `[phone]`."""
    # Nearly every text has nothing of the kind, and what has holds a digit or an @.
    if "@" not in text and not any(map(str.isdecimal, text)):
        return text
    for mask, expression in EXPRESSIONS:
        spans = list(_found_spans(mask, expression, digits_folded(text)))
        for start, end in reversed(spans):
            text = text[:start] + mask + text[end:]
    return text


def holds_personal(text: str) -> bool:
    """Say whether a text holds anything of the kind."""
    return mask_personal(text) != text


def without_masks(text: str) -> str:
    """Give a text without its masks: they are our words, and tell nothing of a failure."""
    return MASK.sub("", text) if "[" in text else text


def _found_spans(mask: str, expression: re.Pattern[str], folded: str) -> Iterator[tuple[int, int]]:
    for found in expression.finditer(folded):
        if mask == "[Aadhaar]" and not _passes_check_digit(found[0]):
            continue
        yield found.span("called" if "called" in expression.groupindex else 0)


def _passes_check_digit(number: str) -> bool:
    """Say whether a number ends in Verhoeff's check digit, as Aadhaar does."""
    total = 0
    for place, digit in enumerate(reversed([int(c) for c in number if c.isdigit()])):
        total = int(GROUP[total][int(PERMUTED[place % 8][digit])])
    return total == 0
