"""The documents of our own pages, registered by the service that carries them (EX-7).

Pages send ids alone, so a service holds people to them (`BATTWHEELS_DOCUMENTS_RUNG`) and nobody
registers by hand. What is registered stays: a phone with the release of before goes on.
"""

import asyncio
import json
import re
from datetime import UTC, datetime
from pathlib import Path

from domain.trusted_documents import OWN, ManifestEntry, parse_entry
from records.trusted_documents import TrustedDocumentStore
from resolvers.manifests import ManifestReader
from web.audit import operators_change

MANIFEST = Path(__file__).parent / "src" / "gql" / "persisted-documents.json"
NAME = re.compile(r"\b(?:query|mutation|subscription) (\w+)")


def read_own_documents() -> list[ManifestEntry]:
    """Give what the pages ask, each under the name of its operation."""
    told: dict[str, str] = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return [parse_entry(NAME.findall(text)[0], text, mark) for mark, text in told.items()]


async def register_own_documents(store: TrustedDocumentStore, reader: ManifestReader) -> int:
    """Register those that are not yet; give how many these were.

    Raises:
        InvalidInput: one does not run on this schema; it is named.
        Unavailable: the records do not answer.
    """
    entries = read_own_documents()
    known = {one.id for one in await store.named(OWN, [entry.id for entry in entries])}
    missing = [entry for entry in entries if entry.id not in known]
    if missing:
        done = operators_change(datetime.now(UTC))
        await store.register(OWN, await reader.read(OWN, missing, done.who, done.at), done)
    return len(missing)


async def keep_own_documents(store: TrustedDocumentStore, reader: ManifestReader) -> None:
    """Register them once, then rest until cancelled.

    Raises:
        Unavailable: the records do not answer.
    """
    await register_own_documents(store, reader)
    await asyncio.Event().wait()
