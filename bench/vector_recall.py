"""recall@10 of the vector search that serves against the exact search, on two sets.

Synthetic: the vectors of the match bench among all its cards. Real: owners' complaints among the
recall campaigns of the same years. Both narrowed to what the viewer may see, as a match is.
"""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from domain.access import Viewer
from domain.ids import CardId
from domain.matches import Embedding, ReportTraits
from ingest import recalls
from ingest.imports import import_batch
from web.wiring import Runtime

NHTSA = Path("../shared/data/nhtsa")
COMPLAINTS = 200
NEAREST = 10
# As many as a match asks for.
ASKED = 30
EMBEDDED = """MATCH (c:Findable) WHERE c.embedding_model = $model AND c.id > $after
WITH c ORDER BY c.id LIMIT 2000
RETURN c.id AS id, c.embedding_384 AS vector"""

Vectors = NDArray[np.float32]


async def load_campaigns(house: Runtime) -> bool:
    """Load the campaigns, if the real data is there."""
    if not NHTSA.is_dir():
        print(f"no real texts: {NHTSA} is not there")
        return False
    await import_batch(recalls.read_campaigns(NHTSA), house, skip_bad=True)
    return True


async def complaint_vectors(house: Runtime) -> list[Embedding]:
    """Give the embeddings of complaints, evenly out of the whole file."""
    with (NHTSA / "complaints.csv").open(encoding="utf-8", newline="") as file:
        texts = [row["CDESCR"] for row in csv.DictReader(file)]
    step = max(1, len(texts) // COMPLAINTS)
    return await house.embedder.embed(texts[::step][:COMPLAINTS], patient=True)


async def measure_recall(house: Runtime, asked: Sequence[Embedding], viewer: Viewer) -> float:
    """Give the mean share of the true ten nearest that are among the ten that are found."""
    ids, vectors = await _cards_seen(house, asked[0].model, viewer)
    shares: list[float] = []
    for one in asked:
        found = await house.finder.by_meaning(one, viewer, ASKED, beside=ReportTraits())
        order: list[int] = np.argsort(-(vectors @ np.asarray(one.vector, np.float32))).tolist()
        wanted = {ids[n] for n in order[:NEAREST]}
        shares.append(len(wanted & {hit.card for hit in found[:NEAREST]}) / len(wanted))
    return float(np.mean(shares))


async def _cards_seen(house: Runtime, model: str, viewer: Viewer) -> tuple[list[CardId], Vectors]:
    """Give every card of a model that the viewer may see, with its vector."""
    ids: list[CardId] = []
    vectors: list[Vectors] = []
    after = ""
    while rows := await house.graph.read(EMBEDDED, model=model, after=after):
        after = rows[-1]["id"]
        open_ones = await house.search.facts([row["id"] for row in rows], viewer)
        seen = [row for row in rows if row["id"] in open_ones]
        ids += [CardId(row["id"]) for row in seen]
        vectors.append(np.array([row["vector"] for row in seen], np.float32))
    return ids, np.concatenate(vectors)
