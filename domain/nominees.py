"""Who acts for somebody that no longer can: named by themself (DPDP Act 2023, section 14)."""

from dataclasses import dataclass, field

from domain import limits
from domain.people import LONGEST_NAME

LONGEST_CONTACT = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Nominee:
    """Somebody named by another: `contact`, how they are reached, in that person's words."""

    name: str = field(repr=False)
    contact: str = field(repr=False)


def parse_nominee(name: str, contact: str) -> Nominee:
    """Read who is named.

    Raises:
        InvalidInput: a value is empty or too long.
    """
    return Nominee(
        name=limits.clean_text("name", name, LONGEST_NAME),
        contact=limits.clean_text("contact", contact, LONGEST_CONTACT),
    )
