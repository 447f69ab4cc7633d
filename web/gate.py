"""What every caller has to pass, whichever way they come: their rate, their turn, their share.

The order is always the same: who calls, how large, how often, then parsing, then counting, then
validation, then execution. Nobody's text is looked at before that.
"""

from collections import Counter
from collections.abc import Generator
from contextlib import AbstractAsyncContextManager, contextmanager

from domain.access import Actor
from domain.errors import TooMany
from resolvers.documents import QueryDocument
from web.caps import Caps
from web.loop_lag import LoopLag
from web.rates import Rate, by_address, by_person
from web.turns import Turns

# A request costs one unit, and one for each so many objects that it may give, tokens that were not
# known, or characters of long texts, which are read word by word.
OBJECTS_PER_UNIT = 500
TOKENS_PER_UNIT = 5
PROSE_PER_UNIT = 30
# From here on a request takes long enough to be felt by others.
HEAVY_UNITS = 40
MESSAGE_UNITS = 0.1
# More than one beside the loop would only take time from it.
DOCUMENTS_AT_ONCE = 1
# When the loop is late, there is more to do than can be done, and callers have to have so much of
# their share left: whoever asked most waits, and the others notice nothing.
SAVED_WHEN_LATE = 0.8


def points_of_running(document: QueryDocument, prose: int) -> int:
    """Give the points that running a document costs, whatever its answer holds.

    A point is the share of a unit that one object has.
    """
    return document.verb_weight + prose * OBJECTS_PER_UNIT // PROSE_PER_UNIT


class Gate:
    """One for all ways into an application."""

    def __init__(self, caps: Caps, lag: LoopLag | None = None) -> None:
        self.caps = caps
        self._lag = lag or LoopLag()
        self._turns = Turns(caps.busy_requests, caps.waiting_requests)
        self._heavy = Turns(caps.heavy_requests, caps.waiting_requests, caps.heavy_seconds)
        self._documents = Turns(DOCUMENTS_AT_ONCE, caps.waiting_requests)
        self._units = Rate(caps.units_per_second, caps.units_at_once)
        self._refusals = Rate(caps.refusals_per_second, caps.refusals_at_once)
        self._sockets: Counter[str] = Counter()
        self._streams: Counter[str] = Counter()

    def enter(self, caller: str) -> None:
        """Let a request in, before anything of it is read.

        Raises:
            TooMany: the caller's share is used up.
        """
        saved = SAVED_WHEN_LATE if self._lag.seconds > self.caps.late_milliseconds / 1000 else 0.0
        self._refusals.demand(caller, saved)
        self._units.demand(caller, saved)
        self._units.spend(caller)

    def read(self, caller: str, document: QueryDocument, prose: int) -> bool:
        """Count what reading a document cost, and what running it may; say if that is heavy.

        Raises:
            TooMany: the caller's share does not hold it.
        """
        looked = document.tokens / TOKENS_PER_UNIT
        runs = document.objects / OBJECTS_PER_UNIT + prose / PROSE_PER_UNIT
        if document.errors:
            self._refusals.spend(caller)
            runs = 0.0
        self._units.spend(caller, looked + runs)
        self._units.demand(caller)
        return runs >= HEAVY_UNITS

    def message(self, caller: str) -> None:
        """Count a message on a socket.

        Raises:
            TooMany: the caller floods it.
        """
        self._units.spend(caller, MESSAGE_UNITS)
        self._units.demand(caller)

    def refused(self, caller: str) -> None:
        self._refusals.spend(caller)

    def turn(self, caller: str, *, heavy: bool = False) -> AbstractAsyncContextManager[None]:
        """Wait for a turn; heavy requests wait among themselves and hold nobody else up.

        Raises:
            TooMany: too many requests of this caller wait already, or a heavy one for too long.
        """
        return (self._heavy if heavy else self._turns).turn(caller)

    def document_turn(self, caller: str) -> AbstractAsyncContextManager[None]:
        """Wait until a document that takes long to read may be read.

        Raises:
            TooMany: too many documents of this caller wait already.
        """
        return self._documents.turn(caller)

    @contextmanager
    def socket(self, caller: str) -> Generator[None]:
        """Count an open socket of a caller.

        Raises:
            TooMany: they have as many as a person may.
        """
        with _count_share(self._sockets, caller, self.caps.sockets_per_person, "open sockets"):
            yield

    @contextmanager
    def stream(self, caller: str) -> Generator[None]:
        """Count a subscription that a caller follows.

        Raises:
            TooMany: they follow as many as a person may.
        """
        with _count_share(self._streams, caller, self.caps.streams_per_person, "subscriptions"):
            yield


def caller_name(actor: Actor | None, host: str | None) -> str:
    """Give the name of a caller: the person that is vouched for, else the address."""
    return by_address(host) if actor is None else by_person(actor.id)


@contextmanager
def _count_share(held: Counter[str], caller: str, most: int, what: str) -> Generator[None]:
    if held[caller] >= most:
        raise TooMany(what)
    held[caller] += 1
    try:
        yield
    finally:
        held[caller] -= 1
        if not held[caller]:
            del held[caller]
