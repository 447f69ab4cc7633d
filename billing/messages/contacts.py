"""How a customer is reached: e-mail addresses and telephone numbers, as far as they can be checked.

Only a message that arrives proves an address. What is refused here could not be one, or would break
out of the head of a letter.
"""

import re

from domain.errors import InvalidInput

# The portal takes no longer ones either (INV-01, `Em`).
LONGEST_EMAIL = 100
# What browsers take in a field for e-mail (the HTML standard), with a dot in the domain.
EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
SPACERS = re.compile(r"[\s().-]")
# E.164 has at most 15 digits.
PHONE = re.compile(r"\+?[0-9]{6,15}")
# Mobile numbers of India have ten digits, the first 6 to 9; 0 or 91 may stand before them.
INDIAN_MOBILE = re.compile(r"(?:0|\+?91)?([6-9][0-9]{9})")
ABROAD = re.compile(r"\+([1-9][0-9]{7,14})")


def parse_email(value: str, field: str = "email") -> str:
    """Give an e-mail address without outer space.

    Raises:
        InvalidInput: it is none; what was given is not repeated.
    """
    clean = value.strip()
    if len(clean) > LONGEST_EMAIL or not EMAIL.fullmatch(clean):
        raise InvalidInput(field, "does not read as name@domain.example")
    return clean


def parse_phone(value: str, field: str = "phone") -> str:
    """Give a telephone number as it was written, without outer space.

    Raises:
        InvalidInput: it is none; what was given is not repeated.
    """
    clean = value.strip()
    if not PHONE.fullmatch(SPACERS.sub("", clean)):
        raise InvalidInput(field, "is not 6 to 15 digits, with + before a country's code")
    return clean


def parse_mobile(value: str) -> str | None:
    """Give a number's digits with the country's code; None where it is no mobile of India's.

    A number of another country counts when it says so by its +.
    """
    digits = SPACERS.sub("", value)
    indian = INDIAN_MOBILE.fullmatch(digits)
    if indian is not None:
        return f"91{indian.group(1)}"
    abroad = ABROAD.fullmatch(digits)
    return None if abroad is None or digits.startswith("+91") else abroad.group(1)
