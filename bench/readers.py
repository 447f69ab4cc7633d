"""What reads a text by the shipped knowledge alone, as a service that holds nothing else does."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from ingest import knowledge
from ingest.embedder import Embedder
from ingest.report_reader import ReportReader

# A bench waits for the encoder, however busy the machine is.
PATIENCE_SECONDS = 600.0


@asynccontextmanager
async def shipped_reader() -> AsyncGenerator[ReportReader]:
    """Give a reader that knows the meaning of the vocabulary's phrases, too."""
    embedder = Embedder(limit_s=PATIENCE_SECONDS)
    try:
        await embedder.warm()
        reader = ReportReader(knowledge.shipped_lexicon(), embedder)
        await reader.learn()
        yield reader
    finally:
        embedder.close()
