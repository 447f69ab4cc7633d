"""The command line whose audit comes and goes, for the one benchmark that measures what it costs.

SIGUSR2 takes it out, so that no deed is made, written or linked; SIGUSR1 puts it back.
"""

import signal
from collections.abc import Sequence

from access.deeds import DeedVault, EventDeeds
from domain.deeds import Deed
from domain.events import Event
from records.audit_chain import SEALED_AT_ONCE, DeedChain
from records.database import Connection
from web.cli import main as command

# As they are; ours look at each call whether the audit is in.
WRITE, LINK = EventDeeds.write, DeedChain.seal
SEAL, MARK = DeedVault.seal, DeedVault.mark
audited = True


def main() -> None:
    """Run `battwheels` with the audit as it is, until it is told otherwise."""
    EventDeeds.write, DeedChain.seal = _write, _link
    DeedVault.seal, DeedVault.mark = _seal, _mark
    for number in (signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, _put)
    command.main()


def _put(number: int, _: object) -> None:
    global audited  # noqa: PLW0603 - what a signal changes in a whole process
    audited = number == signal.SIGUSR1


async def _write(self: EventDeeds, events: Sequence[Event], connection: Connection) -> None:
    if audited:
        await WRITE(self, events, connection)


async def _link(self: DeedChain, limit: int = SEALED_AT_ONCE) -> int:
    return await LINK(self, limit) if audited else 0


def _seal(self: DeedVault, deed: Deed) -> str:
    return SEAL(self, deed) if audited else ""


def _mark(self: DeedVault, value: str) -> str:
    return MARK(self, value) if audited else ""
