"""People who are there without having been invited, and the garages that they work in."""

from domain.access import Role
from domain.hours import WeekHours
from domain.ids import GarageId, PersonId
from domain.people import Duty, GarageProfile, Person, PersonName, PersonState
from records import people
from web.wiring import Runtime


async def employed(
    house: Runtime, id: str, garage: GarageId | None, role: Role = Role.TECHNICIAN
) -> PersonId:
    """Write somebody into the records, and their garage if it is not there."""
    person = Person(id=PersonId(id), duty=Duty(role=role, garage=garage), state=PersonState.ACTIVE)
    seal = house.people.administration.seal
    who = seal.seal(person, PersonName(name="Kiran Rao", email=f"{id}@example.org"))
    async with house.records.transaction() as connection:
        if garage is not None and await people.garage_of(connection, garage) is None:
            hours = WeekHours.parse("hours", "Mon-Sun 09:00-20:00")
            profile = GarageProfile(id=garage, name="Planted", place="Pune", hours=hours)
            await people.add_garage(connection, profile)
        await people.add_person(connection, who)
    return person.id
