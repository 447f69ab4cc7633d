"""Deeds as a file for an auditor: JSON Lines, and a last line that is signed for all before it."""

import asyncio
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import orjson

from access.checkpoints import AuditReader, AuditSigner
from domain.deeds import Deed
from domain.errors import Tampered
from records.audit_trail import AuditTrail, DeedFilter

PAGE = 1_000


async def write_export(
    trail: AuditTrail, wanted: DeedFilter, signer: AuditSigner, out: Path, now: datetime
) -> int:
    """Write the deeds that a filter lets through, the newest first, and give how many."""
    count, digest, last = 0, sha256(), None
    with await asyncio.to_thread(out.open, "wb") as file:
        while page := await trail.page(PAGE, wanted, last):
            lines = b"".join(_line(deed) for deed in page)
            digest.update(lines)
            await asyncio.to_thread(file.write, lines)
            count, last = count + len(page), page[-1].audit_id
        said = {"deeds": count, "sha256": digest.hexdigest(), "exported_at": now.isoformat()}
        await asyncio.to_thread(file.write, signer.signed_line(said))
    return count


def check_export(file: Path, reader: AuditReader) -> int:
    """Give how many deeds an export holds.

    Raises:
        Tampered: a line was changed, added or taken away, or somebody else signed it.
    """
    digest, count, last = sha256(), 0, b""
    with file.open("rb") as lines:
        for line in lines:
            digest.update(last)
            count, last = count + 1, line
    said = reader.read_line(last, f"{file}:{count}")
    if (said.get("deeds"), said.get("sha256")) != (count - 1, digest.hexdigest()):
        raise Tampered(str(file), "its lines are not those that were signed")
    return count - 1


def _line(deed: Deed) -> bytes:
    return orjson.dumps(asdict(deed)) + b"\n"
