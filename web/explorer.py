"""`/v1/explorer` in production: GraphiQL for administrators who are signed in, a form for others.

A page that is opened has no token to show. It is known by the cookie of a browser's session, which
is looked at and not used up: the page itself refreshes it, as every client does. What the explorer
may ask is decided where every question is, by the token that it gets.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from access.sign_in import SignInDoor
from domain.access import Role
from domain.errors import TooMany, Unavailable
from web.endpoint import burnt_key, refusal_of
from web.gate import Gate
from web.headers import peer_address
from web.rates import by_address
from web.refresh_cookie import COOKIE
from web.settings import ExplorerRule
from web.ui.page import ExplorerPage

IsAdministrator = Callable[[str], Awaitable[bool]]
Answer = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AdministratorsExplorer:
    """`is_administrator` says whose browser has a refresh token."""

    page: ExplorerPage
    is_administrator: IsAdministrator
    gate: Gate

    def routes(self, path: str, assets: str) -> list[BaseRoute]:
        return [
            Route(path, self._answering(self._page)),
            Route(f"{assets}/{{name}}", self._answering(self._asset)),
        ]

    def _answering(self, answer: Answer) -> Answer:
        async def answered(request: Request) -> Response:
            burnt = burnt_key(request)
            if burnt is not None:
                return burnt
            try:
                self.gate.enter(by_address(peer_address(request.scope)))
                return await answer(request)
            except (TooMany, Unavailable) as error:
                return refusal_of(error)

        return answered

    async def _page(self, request: Request) -> Response:
        return self.page.response() if await self._may_see(request) else self.page.form()

    async def _asset(self, request: Request) -> Response:
        name = request.path_params["name"]
        own = self.page.own_asset(name)
        if own is not None:
            return own
        return self.page.asset(name) if await self._may_see(request) else self.page.form()

    async def _may_see(self, request: Request) -> bool:
        word = request.cookies.get(COOKIE)
        return bool(word) and await self.is_administrator(word or "")


def administrators_of(door: SignInDoor, rule: ExplorerRule) -> IsAdministrator | None:
    """Give what says whether a browser is an administrator's; None where nobody sees the explorer.

    Raises, when it is asked:
        Unavailable: the records do not answer.
    """
    if rule is ExplorerRule.OFF:
        return None

    async def is_administrator(word: str) -> bool:
        person = await door.browser_person(word, datetime.now(UTC))
        return person is not None and person.duty.role is Role.ADMIN

    return is_administrator
