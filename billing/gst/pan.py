"""PAN, the ten-character number of whoever pays income tax: `AAPPV8261K`."""

from collections.abc import Mapping

from domain.errors import InvalidInput, WrongCharacter

LENGTH = 10
FORM = "AAAAA9999A"
# The fourth letter says what the holder is.
HOLDERS: Mapping[str, str] = {
    "A": "association of persons",
    "B": "body of individuals",
    "C": "company",
    "F": "firm",
    "G": "government",
    "H": "Hindu undivided family",
    "J": "artificial juridical person",
    "K": "Krishi (trust of farmers)",
    "L": "local authority",
    "P": "person",
    "T": "trust",
}


def parse_pan(text: str, field: str = "pan") -> str:
    """Give the one spelling of a PAN.

    Raises:
        WrongCharacter: which character is wrong (counted from 1), and why.
        InvalidInput: it has not ten characters.
    """
    value = "".join(text.split()).upper()
    if len(value) != LENGTH:
        raise InvalidInput(field, f"has {len(value)} characters; a PAN has {LENGTH}")
    for position, (c, wanted) in enumerate(zip(value, FORM, strict=True), start=1):
        if not (c.isascii() and (c.isalpha() if wanted == "A" else c.isdigit())):
            kind = "a letter" if wanted == "A" else "a digit"
            raise WrongCharacter(field, position, f"is {c!r}; here stands {kind}")
    if value[3] not in HOLDERS:
        raise WrongCharacter(field, 4, f"is {value[3]!r}; no kind of holder has this letter")
    if value[5:9] == "0000":
        raise WrongCharacter(field, 9, "ends the serial 0000, which is never given")
    return value
