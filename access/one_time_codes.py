"""Codes that are good once: those of a telephone (TOTP, RFC 6238), and those kept on paper.

A telephone's clock may be a step (half a minute) off, before or after; more is refused. A recovery
code has 120 random bits: enough to be kept by a mark alone (ASVS 5.0, 6.5.2).
"""

import hmac
from base64 import b32encode
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from pyotp.totp import TOTP

STEP_SECONDS = 30
STEPS_OFF = 1
DIGITS = 6
ISSUER = "Battwheels OS"
# 160 bits, as RFC 4226 recommends for the SHA-1 that all telephones know.
SECRET_BYTES = 20
RECOVERY_CODES = 10
RECOVERY_BYTES = 15
GROUP = 4
LONGEST_CODE = 40


def secret_of(word: str) -> str:
    """Give the secret that follows from a word of 256 bits, as base 32."""
    return b32encode(sha256(word.encode()).digest()[:SECRET_BYTES]).decode()


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """Give the step whose code this is, of those around `at`; None: it is of none of them."""
    now = int(at.timestamp()) // STEP_SECONDS
    codes = TOTP(secret, digits=DIGITS, interval=STEP_SECONDS)
    found = None
    for step in range(now - STEPS_OFF, now + STEPS_OFF + 1):
        # All are compared, so that the time tells nothing.
        if hmac.compare_digest(codes.generate_otp(step).encode(), code.encode()):
            found = step
    return found


def enrolment_uri(secret: str, email: str) -> str:
    """Give what a telephone reads from a QR code."""
    return TOTP(secret, digits=DIGITS, interval=STEP_SECONDS).provisioning_uri(
        name=email, issuer_name=ISSUER
    )


def recovery_codes_of(word: str) -> Sequence[str]:
    """Give the recovery codes that follow from a word of 256 bits, as they are read to somebody."""
    return [_recovery_code(f"{word} {n}") for n in range(RECOVERY_CODES)]


def fold_code(code: str) -> str:
    """Give a code as it is compared, however it was typed."""
    return "".join(code[:LONGEST_CODE].upper().replace("-", " ").split())


def _recovery_code(seed: str) -> str:
    text = b32encode(sha256(seed.encode()).digest()[:RECOVERY_BYTES]).decode()
    return "-".join(text[at : at + GROUP] for at in range(0, len(text), GROUP))
