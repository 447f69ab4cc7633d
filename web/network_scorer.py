"""The graph network of the ranker that serves, over what the stores know by now.

It walks over the whole history, which is read anew once an hour and at once for another ranker:
what was repaired since is not on its paths yet. Where it is not there the trees do without it, as
they learned to of reports that the network had learned from itself.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from time import monotonic

from domain.matches import UnderstoodReport
from domain.model_runs import ModelKind
from domain.repair_history import RepairHistory
from domain.reports import FailureReport
from domain.vehicles import UNKNOWN
from gnn.learned_cards import CardNetwork, LearnedCards, ReportNetwork
from gnn.live_models import LiveModel, LiveModels
from web.learned_ranker import asked_record

READ_SECONDS = 3600.0
LOOK_SECONDS = 2.0
NOTHING_SAID = UnderstoodReport(report=FailureReport(text=""), vehicle=UNKNOWN)
ReadHistory = Callable[[datetime], Awaitable[RepairHistory]]


class NetworkScorer:
    """`history` gives all repairs and cards up to a moment."""

    def __init__(
        self,
        models: LiveModels,
        history: ReadHistory,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._models = models
        self._history = history
        self._now = now
        self._held: tuple[str, CardNetwork] | None = None
        self._read_at = 0.0

    def get(self, live: LiveModel) -> CardNetwork | None:
        """Give the network of a ranker; None: it has none, or that is not ready."""
        if self._held is None or self._held[0] != live.run.id:
            return None
        return self._held[1]

    async def run(self) -> None:
        """Hold the network of what serves, until cancelled.

        Raises:
            Unavailable: the stores do not answer; what is held goes on.
        """
        while True:
            await self.refresh()
            await asyncio.sleep(LOOK_SECONDS)

    async def refresh(self) -> None:
        """Read the history where there is a network that wants it, and what is held is too old."""
        live = self._models.get(ModelKind.RANKER)
        network = live.model.network if live and isinstance(live.model, LearnedCards) else None
        if live is None or network is None:
            self._held = None
            return
        old = monotonic() - self._read_at >= READ_SECONDS
        if old or self._held is None or self._held[0] != live.run.id:
            now = self._now()
            history = await self._history(now)
            ready = await asyncio.to_thread(_over, network, history, now)
            self._held, self._read_at = (live.run.id, ready), monotonic()


def _over(network: ReportNetwork, history: RepairHistory, now: datetime) -> CardNetwork:
    """Give the network over a history, with the vectors of its cards made before anybody waits."""
    ready = network.over(history)
    ready.scores(asked_record(NOTHING_SAID, now), ())
    return ready
