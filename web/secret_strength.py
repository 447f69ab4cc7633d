"""Whether a secret could be guessed: known, short, repeated, counted up, or made of words."""

import math
from base64 import b64decode
from binascii import Error as Base64Error
from collections import Counter
from itertools import pairwise

# Values and parts of values that stand in examples, manuals and lists of leaked passwords.
KNOWN = tuple(
    """battwheels bitnami changeme default demo dummy example foobar guest insecure letmein master
    monkey neo4j passw0rd passwd password placeholder postgres qwerty redis replace replaceme root
    sample secret sunshine test todo token welcome admin user dragon football iloveyou abc asdf
    zxcv here your change""".split()
)
# Counted by the characters that occur, which is less than what went in: 32 hex digits count 115.
PASSWORD_BITS, SECRET_BITS = 40.0, 72.0
LEAST_DISTINCT = 6
KEY_BYTES, KEY_DISTINCT = 32, 16


def password_weakness(value: str) -> str | None:
    """Say what is wrong with a password for a store; None: nothing that could be told."""
    return _weakness_of(value, PASSWORD_BITS)


def secret_weakness(value: str) -> str | None:
    """Say what is wrong with a secret that signs; None: nothing that could be told."""
    return _weakness_of(value, SECRET_BITS)


def key_weakness(encoded: str) -> str | None:
    """Say what is wrong with a key of 32 bytes in base64; None: nothing that could be told."""
    try:
        key = b64decode(encoded, validate=True)
    except (Base64Error, ValueError):
        return "is not base64"
    if len(key) != KEY_BYTES:
        return f"has {len(key)} bytes; {KEY_BYTES} are needed"
    counted = _is_sequence(key)
    if len(set(key)) < KEY_DISTINCT or counted:
        return "is not random"
    return None


def _weakness_of(value: str, bits: float) -> str | None:
    folded = value.casefold()
    if not folded or folded in KNOWN:
        return "is a well-known value"
    if _is_repetition(folded) or len(set(folded)) < LEAST_DISTINCT:
        return "repeats itself"
    if _is_sequence(folded.encode()):
        return "counts up or down"
    left = folded
    for word in sorted(KNOWN, key=len, reverse=True):
        left = left.replace(word, "")
    if len(left) < len(folded) and _bits_of(left) < bits:
        return "is made of well-known words"
    if _bits_of(value) < bits:
        return "is too easily guessed"
    return None


def _is_repetition(value: str) -> bool:
    """Say whether a value is a shorter one, written several times."""
    return value in (value + value)[1:-1]


def _is_sequence(value: bytes) -> bool:
    """Say whether most neighbours are the same or follow each other, as in 1234 and aabbcc."""
    near = sum(abs(a - b) <= 1 for a, b in pairwise(value))
    return near > len(value) // 2


def _bits_of(value: str) -> float:
    """Give Shannon's entropy of the characters, times their number."""
    counts = Counter(value).values()
    return -sum(n * math.log2(n / len(value)) for n in counts)
