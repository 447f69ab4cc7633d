"""What callers hand in about garages and people."""

import strawberry
from strawberry import field

from domain.access import Role
from domain.technicians import Certification

HOURS = "Days and times of India, as `Mon-Fri 09:00-18:00, Sat 10:00-14:00`; at most 120 characters"


@strawberry.input(description="As what somebody works, and where.")
class DutyInput:
    role: Role = field(description="The role, which says what they may do.")
    garage: strawberry.ID | None = field(
        default=None, description="Their garage; only an administrator may have none."
    )
    region: str | None = field(
        default=None,
        description="The region whose cards they see, at most 60 characters; left out: the "
        "garage's.",
    )
    department: str | None = field(
        default=None, description="Where in the garage they work; at most 60 characters."
    )
    shift: str | None = field(default=None, description=f"When they work. {HOURS}.")
    certification: Certification = field(
        default=Certification.GENERAL, description="What they may work on."
    )


@strawberry.input(description="Somebody who is to come in.")
class PersonInput:
    name: str = field(description="Their name; at most 120 characters. It is kept sealed.")
    email: str = field(
        description="Their e-mail address, which they sign in with. It is kept sealed."
    )
    duty: DutyInput = field(description="As what they are to work, and where.")
