"""What is asked at the door, and how often: tries are counted before they are judged.

They are counted by account and by address, in Postgres, so that all processes count together. The
marks tell neither: who reads the table learns no address of e-mail or of the network.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from access.people import NameSeal, user_deed
from domain.deeds import NOWHERE, Change, DeedResult, DeedType, Origin
from domain.errors import TooMany
from domain.ids import OperationId
from domain.people import Person, actor_of
from domain.sessions import ClientKind
from domain.sign_in_methods import SignInMethod
from records.refused_deeds import RefusedDeeds
from records.sign_in_tries import SignInTries, TryLimit

OF_ACCOUNT = TryLimit(free=5)
# Behind one address may sit a whole garage.
OF_ADDRESS = TryLimit(free=30)
LONGEST_WORD = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRequest:
    """Somebody at the door: `address` is the network's, as it is counted."""

    id: OperationId
    client: ClientKind
    address: str
    at: datetime
    origin: Origin = NOWHERE
    method: SignInMethod = SignInMethod.PASSWORD


@dataclass(frozen=True, slots=True, kw_only=True)
class TryCounter:
    """Counts what is tried at the door, and has the audit told of what failed."""

    tries: SignInTries
    seal: NameSeal
    refused: RefusedDeeds

    async def account_mark(self, account: bytes, request: SignInRequest) -> bytes:
        """Give what tries of an account are counted by: of an address that its owner signed in from
        before apart, so that nobody who tries it elsewhere keeps them waiting.
        """
        address = self.address_mark(request)
        if await self.tries.is_own(account, address):
            return account_at(self.seal, account, address)
        return account

    async def demand_patience(
        self, marks: list[tuple[bytes, TryLimit]], request: SignInRequest
    ) -> None:
        """Count a try under these marks and under the address that it comes from.

        Raises:
            TooMany: it has to wait; nothing was counted.
        """
        address = self.address_mark(request)
        wait = await self.tries.count([*marks, (address, OF_ADDRESS)], request.at)
        if wait:
            raise TooMany("sign-ins", wait.total_seconds())

    async def forgive(self, mark: bytes, request: SignInRequest) -> None:
        """Whoever was right starts anew."""
        await self.tries.forgive(mark, self.address_mark(request))

    async def take_back(self, request: SignInRequest) -> None:
        """Whoever got in does not count against an address that many share."""
        await self.tries.take_back(self.address_mark(request))

    def note_refused(
        self,
        person: Person | None,
        request: SignInRequest,
        error: Exception,
        type: DeedType = DeedType.USER_LOGIN,
    ) -> None:
        """Have the audit told of a try that failed; whose account it was counts (AD-17)."""
        whose = None if person is None else actor_of(person, None)
        tried = user_deed(
            type,
            str(uuid4()),
            person,
            by=whose,
            at=request.at,
            origin=request.origin,
            change=Change(
                after={"error": error.__class__.__name__, "method": request.method.value}
            ),
            result=DeedResult.REFUSED,
        )
        self.refused.note(tried)

    def address_mark(self, request: SignInRequest) -> bytes:
        return self.seal.vault.mark("network address", request.address)


def account_at(seal: NameSeal, account: bytes, address: bytes) -> bytes:
    """Give the mark of an account at an address of its owner's."""
    return seal.vault.mark("account at address", f"{account.hex()} {address.hex()}")
