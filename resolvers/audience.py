"""All who follow the same selection with the same rights: what was told lately, and who sits there.

Between its `floor` and its place an audience remembers every change; its seats take what comes
after. A thing that its eyes may not see any longer is forgotten, here and in every seat.
"""

import asyncio
from collections import deque
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from graphql import GraphQLError

from domain.ids import PersonId
from resolvers.context import Place
from sync.waiting import Told, Waiting

REMEMBERED = 256


@dataclass(frozen=True, slots=True)
class Refused:
    """The document never ran."""

    errors: Sequence[GraphQLError]


@dataclass(frozen=True, slots=True)
class Ended:
    """The last answer: it says why there are no more."""

    payload: str


News = Told | Refused | Ended


@dataclass(slots=True)
class Audience:
    """`floor`: every change behind this number is remembered; `last`: what ended the run.

    `founder` is the person for whom it was begun, and on whose account it runs.
    """

    place: Place
    floor: int
    founder: PersonId | None = None
    recent: deque[Told] = field(default_factory=deque[Told])
    seats: set[Waiting] = field(default_factory=set[Waiting])
    last: Refused | Ended | None = None
    task: asyncio.Task[None] | None = None

    @classmethod
    def at(cls, start: int) -> "Audience":
        made = cls(place=Place(seq=start), floor=start)
        made.place.withdraw = made.withdraw
        return made

    def tell(self, news: News) -> None:
        if not isinstance(news, Told):
            self.last = news
            return
        if len(self.recent) == REMEMBERED:
            self.floor = self.recent.popleft().seq
        self.recent.append(news)
        for waiting in self.seats:
            waiting.put(news)

    def withdraw(self, entity: str) -> None:
        self.recent = deque(told for told in self.recent if told.entity != entity)
        for waiting in self.seats:
            waiting.withdraw(entity)

    def end(self) -> None:
        for waiting in self.seats:
            waiting.end()

    def since(self, cursor: int) -> list[Told] | None:
        """Give what was told behind a cursor; None when not all of it is remembered."""
        if not self.floor <= cursor <= self.place.seq:
            return None
        return [told for told in self.recent if told.seq > cursor]

    @contextmanager
    def seat(self) -> Generator[Waiting]:
        waiting = Waiting()
        self.seats.add(waiting)
        try:
            yield waiting
        finally:
            self.seats.discard(waiting)
