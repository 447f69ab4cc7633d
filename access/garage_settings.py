"""What a garage and the network go by: made, changed at a version, read as it was kept lately.

A change is one transaction with its deed. Whoever reads is told what was kept (`SettingsKeeper`),
which a change takes away at once; whoever decides by a setting while something is written reads
the records.
"""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from typing import Any, Protocol

from access.people import PeopleDeed, garage_deed
from access.revocations import Revocations
from domain.access import Actor
from domain.deeds import Change, Values
from domain.errors import NotFound, StaleVersion
from domain.ids import GarageId
from domain.network_settings import NetworkSettings
from domain.people import GarageProfile
from records import network_settings, people
from records.audit_trail import DeedWriter
from records.database import Connection
from records.people import PeopleAnswer, PeopleStore

NETWORK = "network"


class SettingsKeeper(Protocol):
    """Keeps what was read lately, by a name."""

    async def read(
        self, name: str, origin: Callable[[], Awaitable[dict[str, Any]]]
    ) -> dict[str, Any]: ...
    def changing(self, name: str) -> AbstractAsyncContextManager[None]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsAdministration:
    """What administrators change, and managers read of their own garage."""

    store: PeopleStore
    revocations: Revocations
    deeds: DeedWriter
    kept: SettingsKeeper

    async def create_garage(self, garage: GarageProfile, deed: PeopleDeed) -> GarageProfile:
        """Make a garage.

        Raises:
            AlreadyExists: the id is taken.
            OperationConflict: the operation was used for something else.
        """

        async def work(connection: Connection) -> PeopleAnswer:
            await people.add_garage(connection, garage)
            made = garage_deed(deed.settings_change(), "createGarage", None, garage)
            await self.deeds.write(connection, [made])
            return {"id": garage.id}

        await self.store.run_once(deed.operation(), work)
        return garage

    async def hold_to_shift(
        self, garage: GarageId, deed: PeopleDeed, *, refused: bool
    ) -> GarageProfile:
        """Refuse a garage's technicians outside their shift, or refuse them no longer (AU-5).

        Asked again it is told as it was then, whatever was said of the garage since.

        Raises:
            NotFound: the garage is not the actor's, or not there.
        """
        return await self._changed(
            garage,
            "holdGarageToShift",
            deed,
            lambda before: replace(before, off_shift_refused=refused),
        )

    async def change_garage(
        self, wanted: GarageProfile, expected: int, deed: PeopleDeed
    ) -> GarageProfile:
        """Write all of a garage's settings anew.

        Raises:
            NotFound: the garage is not the actor's, or not there.
            StaleVersion: somebody changed them first.
        """

        def decide(before: GarageProfile) -> GarageProfile:
            if before.version != expected:
                raise StaleVersion(wanted.id, expected, before.version)
            return wanted

        return await self._changed(wanted.id, "changeGarageSettings", deed, decide)

    async def garage(self, id: GarageId, reader: Actor) -> GarageProfile:
        """Give a garage's settings, as they were kept lately.

        Raises:
            NotFound: the garage is not the reader's, or not there.
        """
        if not reader.reaches(id):
            raise NotFound("garage", id)

        async def origin() -> dict[str, Any]:
            return people.garage_row(await self.store.held_garage(id))

        return people.garage_of_row(await self.kept.read(id, origin))

    async def network(self) -> NetworkSettings:
        """Give the network's settings, as they were kept lately."""

        async def origin() -> dict[str, Any]:
            return network_settings.write_settings(
                await network_settings.read_settings(self.store.records)
            )

        return network_settings.settings_of(await self.kept.read(NETWORK, origin))

    async def change_network(
        self, wanted: NetworkSettings, expected: int, deed: PeopleDeed
    ) -> NetworkSettings:
        """Write all of the network's settings anew.

        Raises:
            StaleVersion: somebody changed them first.
        """

        async def work(connection: Connection) -> PeopleAnswer:
            before = await network_settings.hold_settings(connection)
            if before.version != expected:
                raise StaleVersion(NETWORK, expected, before.version)
            changed = replace(wanted, version=expected + 1)
            await network_settings.put_settings(connection, changed, deed.at, deed.actor.id)
            difference = Change(before=_told(before), after=_told(changed))
            told = deed.settings_change().deed("changeNetworkSettings", NETWORK, difference)
            await self.deeds.write(connection, [told])
            return network_settings.write_settings(changed)

        async with self.kept.changing(NETWORK):
            answer = await self.store.run_once(deed.operation(), work)
        return network_settings.settings_of(answer)

    async def _changed(
        self,
        id: GarageId,
        verb: str,
        deed: PeopleDeed,
        decide: Callable[[GarageProfile], GarageProfile],
    ) -> GarageProfile:
        if not deed.actor.reaches(id):
            raise NotFound("garage", id)

        async def work(connection: Connection) -> PeopleAnswer:
            before = await people.hold_garage(connection, id)
            wanted = decide(before)
            if wanted == before:
                return people.garage_row(before)
            changed = replace(wanted, version=before.version + 1)
            await people.put_garage(connection, changed)
            done = garage_deed(deed.settings_change(), verb, before, changed)
            await self.deeds.write(connection, [done])
            return people.garage_row(changed)

        async with self.kept.changing(id):
            answer = await self.store.run_once(deed.operation(), work)
        await self.revocations.read()
        # Answers of before were not kept whole.
        return people.garage_of_row(answer) if answer else await self.store.held_garage(id)


def _told(settings: NetworkSettings) -> Values:
    return {"usual_hours": str(settings.usual_hours), "message_days": settings.message_days}
