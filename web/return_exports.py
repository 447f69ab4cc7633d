"""Returns that were made as files: who makes them, and the signed link that gives them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from billing.ledger.return_exports import ReturnExporter
from domain.errors import InvalidInput, NotFound, Unavailable
from domain.ids import ReturnExportId, return_export_id
from records.leases import LeaseStore
from records.wakeups import Wakeup
from web import signed_links
from web.signed_links import plain_response

PATH = "/v1/returns/{name}.zip"
LIFETIME = timedelta(minutes=15)
# A part is made in less; who is killed is followed soon.
LEASE_SECONDS = 30.0
LOOK_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class ReturnLinks:
    """Signs links with one key; who has the link has the files, until it expires.

    `base` is where people reach this service.
    """

    key: bytes
    base: str = ""

    def sign(self, id: ReturnExportId, now: datetime) -> str:
        expires = int((now + LIFETIME).timestamp())
        path = f"/v1/returns/{id}.zip?expires={expires}&signature={self._seal(id, expires)}"
        return f"{self.base}{path}"

    def holds(self, id: str, expires: str, given: str, now: datetime) -> bool:
        return signed_links.holds(partial(self._seal, id), expires, given, now)

    def _seal(self, id: str, expires: int) -> str:
        return signed_links.signature(self.key, f"return\n{id}\n{expires}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnFiles:
    """Answers the links: a zip of JSON and CSV, or 403 for a link that does not hold."""

    links: ReturnLinks
    read: Callable[[ReturnExportId], Awaitable[bytes]]

    async def endpoint(self, request: Request) -> Response:
        name, given = request.path_params["name"], request.query_params
        expires, signed = given.get("expires", ""), given.get("signature", "")
        if not self.links.holds(name, expires, signed, datetime.now(UTC)):
            return plain_response(
                403, "This link has expired or was never given. Ask for the return again."
            )
        try:
            files = await self.read(return_export_id(name))
        except (NotFound, InvalidInput):
            return plain_response(404, "There is no such return, or it was kept long enough.")
        except Unavailable:
            return plain_response(503, "The books do not answer. Try again in a minute.")
        named = {"content-disposition": f'attachment; filename="{name}.zip"'}
        return Response(files, media_type="application/zip", headers=named)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnMaker:
    """Makes what waits, one process at a time."""

    exporter: ReturnExporter
    leases: LeaseStore

    async def watch(self, told: Wakeup) -> None:
        """Make what is asked for, until cancelled.

        Raises:
            Unavailable: the records do not answer.
        """
        while True:
            await self.make_waiting()
            await told.wait(LOOK_SECONDS)

    async def make_waiting(self) -> None:
        for waiting in await self.exporter.store.waiting():
            lease = f"return {waiting}"
            hold = partial(self.leases.take, lease, LEASE_SECONDS)
            if await hold():
                await self.exporter.make(waiting, hold)
                await self.leases.give_up(lease)
