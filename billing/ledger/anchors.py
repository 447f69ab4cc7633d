"""Anchors: the heads of the audit chains, sealed and kept outside the database.

Who may rewrite every row of the database can make a chain that holds; not one that meets these.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import orjson

from domain.errors import Tampered
from domain.ids import GarageId
from records.database import Records

OTHER_KEY = (
    "this line was sealed with another key. Was `index:` in BATTWHEELS_VAULT_KEYS changed? "
    "If not, the file was altered."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """Where a garage's chain stood at a moment."""

    garage: GarageId
    n: int
    hash: bytes
    at: datetime


class AnchorFile:
    """A file of one sealed line for each anchor, only ever added to."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        self._key = key
        self._known: dict[GarageId, int] | None = None

    async def add_anchor(self, records: Records, now: datetime) -> int:
        """Anchor every chain that has moved since its last anchor, and give how many."""
        if self._known is None:
            self._known = {anchor.garage: anchor.n for anchor in self.read_anchors()}
        known = self._known
        found = await records.rows("select garage, n, hash from money_head where n > 0")
        moved = [
            Anchor(garage=GarageId(r["garage"]), n=r["n"], hash=bytes(r["hash"]), at=now)
            for r in found
            if r["n"] > known.get(r["garage"], 0)
        ]
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab") as file:
            file.writelines(self._line(anchor) for anchor in moved)
        known.update({anchor.garage: anchor.n for anchor in moved})
        return len(moved)

    def read_anchors(self) -> list[Anchor]:
        """Give all anchors, the oldest first.

        Raises:
            Tampered: a line was not written with our key.
        """
        if not self._path.exists():
            return []
        lines = self._path.read_bytes().splitlines()
        return [self._anchor(line, n) for n, line in enumerate(lines, start=1)]

    def _line(self, anchor: Anchor) -> bytes:
        said = {
            "garage": anchor.garage,
            "n": anchor.n,
            "hash": anchor.hash.hex(),
            "at": anchor.at.isoformat(),
        }
        return orjson.dumps(said | {"seal": self._seal(said)}) + b"\n"

    def _anchor(self, line: bytes, n: int) -> Anchor:
        try:
            said = orjson.loads(line)
            seal = said.pop("seal")
            if not hmac.compare_digest(seal, self._seal(said)):
                raise Tampered(f"{self._path}:{n}", OTHER_KEY)
            return Anchor(
                garage=GarageId(said["garage"]),
                n=said["n"],
                hash=bytes.fromhex(said["hash"]),
                at=datetime.fromisoformat(said["at"]),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Tampered(f"{self._path}:{n}", "this line is no anchor") from error

    def _seal(self, said: Mapping[str, object]) -> str:
        written = orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
        return hmac.new(self._key, written, sha256).hexdigest()
