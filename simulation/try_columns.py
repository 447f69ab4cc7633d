"""What was shown and what was tried, as columns of lists."""

import numpy as np
import pyarrow as pa

from gnn.history_files import MOMENT, SHOWN, TRY
from simulation.causes import LatentCause
from simulation.columns import lists_of, named
from simulation.fleet import Bools, Ints
from simulation.journal import Journal
from simulation.repairs import NOTHING, OWN_WAY

RANKER = "evidence"
PART_USED, PART_OTHER = 0.9, 0.06
PARTS_A_TRY = 2
LOOKED_UP = 2_000_000


def shown_places(journal: Journal, opened: Ints) -> pa.Array:
    card = journal.whole("shown", "card")
    score = journal.whole("shown", "score")
    there = card >= 0
    rank = np.broadcast_to(np.arange(1, card.shape[1] + 1, dtype=np.int32), card.shape)
    at = np.broadcast_to((opened + LOOKED_UP)[:, None], card.shape)
    values = pa.StructArray.from_arrays(
        [
            named(journal.cards, card[there]),
            pa.array(rank[there], pa.int32()),
            pa.array(np.round(score[there], 4), pa.float64()),
            pa.array([RANKER], pa.string()).take(pa.array(np.zeros(there.sum(), dtype=np.int32))),
            pa.array(at[there], MOMENT),
        ],
        fields=list(SHOWN),
    )
    return lists_of(there.sum(axis=1), values)


def repair_tries(journal: Journal, chance: np.random.Generator) -> pa.Array:
    tried = journal.whole("repairs", "tried")
    there = tried != NOTHING
    card = np.where(tried == OWN_WAY, -1, tried)[there]
    worked = journal.whole("repairs", "worked")[there]
    claims = journal.year.deck.claims[card]
    cause = np.broadcast_to(journal.whole("visits", "cause")[:, None], tried.shape)
    values = pa.StructArray.from_arrays(
        [
            named(journal.cards, card),
            pa.array(worked, pa.bool_()),
            pa.array(
                journal.moments(journal.whole("repairs", "try_day"))[there],
                MOMENT,
            ),
            pa.array(journal.whole("repairs", "minutes").astype(np.int32)[there], pa.int32()),
            _parts(
                journal.year.world.causes, np.where(card >= 0, claims, cause[there]), worked, chance
            ),
        ],
        fields=list(TRY),
    )
    return lists_of(there.sum(axis=1), values)


def _parts(
    causes: tuple[LatentCause, ...],
    cause: Ints,
    worked: Bools,
    chance: np.random.Generator,
) -> pa.Array:
    """Give what was fitted: mostly what the card names, at times one piece of something else."""
    every = sorted({part for c in causes for part in c.parts})
    pieces = np.full((len(causes), PARTS_A_TRY), -1)
    for row, one in enumerate(causes):
        for column, part in enumerate(one.parts[:PARTS_A_TRY]):
            pieces[row, column] = every.index(part)
    used = pieces[cause]
    kept = chance.random(used.shape) < np.where(worked, PART_USED, PART_USED / 2)[:, None]
    other = np.where(
        chance.random(len(cause)) < PART_OTHER,
        chance.integers(max(1, len(every)), size=len(cause)),
        -1,
    )
    fitted = np.concatenate([np.where(kept, used, -1), other[:, None]], axis=1)
    there = fitted >= 0
    return lists_of(there.sum(axis=1), named(every, fitted[there]))
