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
from resolvers.context import StreamPosition
from sync.backlog import Backlog, BufferedChange

REMEMBERED = 256


@dataclass(frozen=True, slots=True)
class RunRefused:
    """The document never ran."""

    errors: Sequence[GraphQLError]


@dataclass(frozen=True, slots=True)
class RunEnded:
    """The last answer: it says why there are no more."""

    payload: str


Broadcast = BufferedChange | RunRefused | RunEnded


@dataclass(slots=True)
class Audience:
    """`floor`: every change behind this number is remembered; `last`: what ended the run.

    `founder` is the person for whom it was begun, and on whose account it runs.
    """

    place: StreamPosition
    floor: int
    founder: PersonId | None = None
    recent: deque[BufferedChange] = field(default_factory=deque[BufferedChange])
    followers: set[Backlog] = field(default_factory=set[Backlog])
    last: RunRefused | RunEnded | None = None
    task: asyncio.Task[None] | None = None

    @classmethod
    def at(cls, start: int) -> "Audience":
        made = cls(place=StreamPosition(seq=start), floor=start)
        made.place.on_withdrawn = made.withdraw
        return made

    def broadcast(self, news: Broadcast) -> None:
        if not isinstance(news, BufferedChange):
            self.last = news
            return
        if len(self.recent) == REMEMBERED:
            self.floor = self.recent.popleft().seq
        self.recent.append(news)
        for waiting in self.followers:
            waiting.put(news)

    def withdraw(self, entity: str) -> None:
        self.recent = deque(change for change in self.recent if change.entity != entity)
        for waiting in self.followers:
            waiting.withdraw(entity)

    def end(self) -> None:
        for waiting in self.followers:
            waiting.end()

    def broadcast_since(self, cursor: int) -> list[BufferedChange] | None:
        """Give what was told behind a cursor; None when not all of it is remembered."""
        if not self.floor <= cursor <= self.place.seq:
            return None
        return [change for change in self.recent if change.seq > cursor]

    @contextmanager
    def add_follower(self) -> Generator[Backlog]:
        waiting = Backlog()
        self.followers.add(waiting)
        try:
            yield waiting
        finally:
            self.followers.discard(waiting)
