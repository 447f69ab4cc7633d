"""People: what somebody works as and where, and who may change that. Names are kept apart, sealed.

A manager looks after the people of their own garage whose work stands below their own: they make no
manager and no administrator, and touch none. Nobody changes their own rights.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from domain import limits
from domain.access import Action, Actor, ResourceKind, Role
from domain.errors import IllegalTransition, InvalidInput, NotAllowed, StaleVersion
from domain.hours import WeekHours
from domain.ids import GarageId, PersonId, demand_nameless
from domain.regions import region_of
from domain.synthetic import SIMULATED, is_synthetic
from domain.technicians import Certification

LONGEST_NAME = 120
LONGEST_EMAIL = 254
LONGEST_PLACE = 200
LONGEST_REGION = 60
LONGEST_DEPARTMENT = 60
# What people write to each other with; quoted locals and addresses of machines are no mailboxes.
EMAIL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,8}[a-z0-9-]{2,63}")
BELOW_MANAGERS = frozenset({Role.TECHNICIAN, Role.ACCOUNTANT, Role.CUSTOMER_SUPPORT})
LAST_ADMIN = "Nobody would be left to look after the network. Make another administrator first."


class PersonState(StrEnum):
    """INVITED: has not chosen a password; GONE: left for good."""

    INVITED = "invited"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class GarageProfile:
    """A workshop as the network's records know it, and what it goes by.

    Attributes:
        version: counts the changes.
        place: where it stands, in words.
        off_shift_refused: its technicians are let in during their shift alone (AU-5).
    """

    id: GarageId
    name: str
    place: str
    hours: WeekHours
    region: str | None = None
    off_shift_refused: bool = False
    version: int = 1

    def __post_init__(self) -> None:
        _demand_clean("name", self.name, LONGEST_NAME)
        _demand_clean("place", self.place, LONGEST_PLACE)
        if self.region is not None:
            _demand_clean("region", self.region, LONGEST_REGION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """As what somebody works, and where (AU-5); an administrator may be of no garage."""

    role: Role
    garage: GarageId | None = None
    region: str | None = None
    department: str | None = None
    shift: WeekHours | None = None
    certification: Certification = Certification.GENERAL

    def __post_init__(self) -> None:
        if self.garage is None and self.role is not Role.ADMIN:
            raise InvalidInput("garage", f"is needed for the role {self.role}")
        if self.region is not None:
            _demand_clean("region", self.region, LONGEST_REGION)
        if self.department is not None:
            _demand_clean("department", self.department, LONGEST_DEPARTMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody of the network; `version` counts their changes, `rights` those of their rights."""

    id: PersonId
    duty: Duty
    state: PersonState
    version: int = 1
    rights: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonName:
    """Who somebody is: what the vault keeps."""

    name: str
    email: str


def parse_duty(  # noqa: PLR0913 - each is a value that somebody hands in
    role: Role,
    garage: GarageId | None,
    *,
    region: str | None = None,
    department: str | None = None,
    shift: str | None = None,
    certification: Certification = Certification.GENERAL,
) -> Duty:
    """Read as what somebody is to work.

    Raises:
        InvalidInput: a value is wrong, or the role needs a garage.
    """
    return Duty(
        role=role,
        garage=garage,
        region=_prose_or_none("region", region, LONGEST_REGION),
        department=_prose_or_none("department", department, LONGEST_DEPARTMENT),
        shift=None if shift is None else WeekHours.parse("shift", shift),
        certification=certification,
    )


def parse_garage(  # noqa: PLR0913 - each is a value that somebody hands in
    id: GarageId,
    *,
    name: str,
    place: str,
    hours: str,
    region: str | None = None,
    off_shift_refused: bool = False,
) -> GarageProfile:
    """Read a garage.

    Raises:
        InvalidInput: a value is wrong, or the id is the simulator's or tells who somebody is.
    """
    if is_synthetic(id):
        raise InvalidInput("garage id", f"{SIMULATED}… is kept for simulated garages")
    demand_nameless("garage id", id)
    return GarageProfile(
        id=id,
        name=limits.clean_prose("name", name, LONGEST_NAME),
        place=limits.clean_prose("place", place, LONGEST_PLACE),
        hours=WeekHours.parse("hours", hours),
        region=_prose_or_none("region", region, LONGEST_REGION),
        off_shift_refused=off_shift_refused,
    )


def parse_name(name: str, email: str) -> PersonName:
    """Read a name and an e-mail address.

    Raises:
        InvalidInput: one of them is none.
    """
    return PersonName(name=parse_own_name(name), email=parse_email(email))


def parse_own_name(name: str) -> str:
    """Read what somebody is called.

    Raises:
        InvalidInput: it is none.
    """
    return limits.clean_text("name", name, LONGEST_NAME)


def parse_email(email: str) -> str:
    """Give an e-mail address in the one form that it is found by.

    Raises:
        InvalidInput: it is none.
    """
    folded = limits.clean_text("email", email, LONGEST_EMAIL).lower()
    if not EMAIL.fullmatch(folded):
        raise InvalidInput("email", "does not read as name@example.org")
    return folded


def fold_email(email: str) -> str:
    """Give what was typed as an address in the form that one is found by, if it is one at all."""
    return email[: LONGEST_EMAIL + 1].strip().lower()


def actor_of(person: Person, garage: GarageProfile | None) -> Actor:
    """Give the rights of a person, as their token carries them."""
    duty = person.duty
    place = duty.garage
    region = duty.region or (region_of(place, garage.region if garage else None) if place else None)
    strict = garage is not None and garage.off_shift_refused and duty.role is Role.TECHNICIAN
    return Actor(
        id=person.id,
        role=duty.role,
        garage=place,
        region=region,
        department=duty.department,
        shift=duty.shift if strict else None,
        rights=person.rights,
    )


def demand_manages(actor: Actor, duty: Duty) -> None:
    """Let those pass who look after people of this duty.

    Raises:
        NotAllowed: the duty is not theirs to give or take.
    """
    if actor.role is Role.ADMIN:
        return
    own = actor.role is Role.MANAGER and actor.garage is not None and actor.garage == duty.garage
    if not own:
        raise NotAllowed(
            actor.role,
            Action.UPDATE,
            ResourceKind.EMPLOYEE,
            "You can look after the people of your own garage only. Ask an administrator.",
        )
    if duty.role not in BELOW_MANAGERS:
        raise NotAllowed(
            actor.role,
            Action.UPDATE,
            ResourceKind.EMPLOYEE,
            "Managers and administrators are made and changed by an administrator. Ask one.",
        )


def change_duty(person: Person, duty: Duty, actor: Actor, expected: int) -> Person:
    """Give the person with another duty.

    Raises:
        NotAllowed: the old or the new duty is not the actor's to change.
        StaleVersion: somebody changed the person meanwhile.
        IllegalTransition: they have left.
    """
    _demand_changeable(person, actor, expected)
    demand_manages(actor, duty)
    if person.state is PersonState.GONE:
        raise _no_step(person, "changed", "They have left. Invite them again.")
    return replace(person, duty=duty, version=person.version + 1)


def suspend(person: Person, actor: Actor, expected: int) -> Person:
    """Give the person, shut out.

    Raises:
        NotAllowed: not the actor's to change.
        StaleVersion: somebody changed the person meanwhile.
        IllegalTransition: they are out already.
    """
    _demand_changeable(person, actor, expected)
    if person.state not in {PersonState.ACTIVE, PersonState.INVITED}:
        raise _no_step(person, "suspended", "They are shut out already.")
    return replace(person, state=PersonState.SUSPENDED, version=person.version + 1)


def restore(person: Person, actor: Actor, expected: int, *, accepted: bool) -> Person:
    """Give the person, let in again; who never chose a password is invited as before.

    Raises:
        NotAllowed: not the actor's to change.
        StaleVersion: somebody changed the person meanwhile.
        IllegalTransition: they are not suspended.
    """
    _demand_changeable(person, actor, expected)
    if person.state is not PersonState.SUSPENDED:
        raise _no_step(person, "restored", "Only who is suspended can be restored.")
    state = PersonState.ACTIVE if accepted else PersonState.INVITED
    return replace(person, state=state, version=person.version + 1)


def leave_for_good(person: Person, actor: Actor) -> Person:
    """Give somebody who is erased: what they worked as stays without a word, to be counted by.

    Raises:
        NotAllowed: it is the actor themself.
    """
    _demand_another(person, actor)
    duty = Duty(
        role=person.duty.role, garage=person.duty.garage, certification=person.duty.certification
    )
    return replace(person, duty=duty, state=PersonState.GONE, version=person.version + 1)


def _demand_changeable(person: Person, actor: Actor, expected: int) -> None:
    demand_manages(actor, person.duty)
    _demand_another(person, actor)
    if person.version != expected:
        raise StaleVersion(person.id, expected, person.version)


def _demand_another(person: Person, actor: Actor) -> None:
    if person.id == actor.id:
        raise NotAllowed(
            actor.role,
            Action.UPDATE,
            ResourceKind.EMPLOYEE,
            "Nobody changes their own rights. Ask another administrator.",
        )


def _no_step(person: Person, wanted: str, note: str) -> IllegalTransition:
    return IllegalTransition(person.id, person.state, wanted, note)


def _prose_or_none(field: str, text: str | None, most: int) -> str | None:
    return None if text is None else limits.clean_prose(field, text, most)


def _demand_clean(field: str, text: str, most: int) -> None:
    if limits.clean_text(field, text, most) != text:
        raise InvalidInput(field, "holds spaces around it, or letters that are not seen")
