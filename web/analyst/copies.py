"""Where the analysts' copies lie: one is in use, the next is made beside it and swapped when whole.

    analyst/current        a link to the copy in use
    analyst/copy-…/        its graph (`neo4j/`), its tables (`tables/*.parquet`), `made.json`

A copy without `made.json` was never whole: whoever makes the next one takes it away. They hold the
books: nobody else of this machine opens the folder.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from domain.errors import LocalServiceError
from web.local import files
from web.local.home import StoreHome, closed

NAME = "copy-{at:%Y%m%dT%H%M%S%f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyRecord:
    """When a copy was begun, and how much of each label, relationship type and table is in it."""

    at: datetime
    graph: Mapping[str, int]
    tables: Mapping[str, int]

    def age(self, now: datetime) -> timedelta:
        return now - self.at


RECORD = TypeAdapter(CopyRecord)


@dataclass(frozen=True, slots=True)
class AnalystCopy:
    """One copy: a folder with a home of its own for the server."""

    folder: Path
    jars: Path

    @property
    def home(self) -> StoreHome:
        return StoreHome.at(self.folder, self.jars)

    @property
    def tables(self) -> Path:
        return self.folder / "tables"

    @property
    def record(self) -> CopyRecord | None:
        """What was copied; None while it is not whole."""
        try:
            return RECORD.validate_json((self.folder / "made.json").read_bytes())
        except (OSError, ValidationError):
            return None

    def finish(self, record: CopyRecord) -> None:
        files.write_whole(self.folder / "made.json", RECORD.dump_json(record).decode())


@dataclass(frozen=True, slots=True)
class CopyShelf:
    """All copies of a house; `jars` are those that its own graph runs on."""

    root: Path
    jars: Path

    @classmethod
    def of(cls, home: StoreHome) -> "CopyShelf":
        return cls(home.root / "analyst", home.jars)

    @property
    def link(self) -> Path:
        return self.root / "current"

    @property
    def lock(self) -> Path:
        return self.root / "lock"

    def current(self) -> AnalystCopy | None:
        return AnalystCopy(self.link.resolve(), self.jars) if self.link.exists() else None

    def demand_current(self) -> AnalystCopy:
        """Give the copy in use.

        Raises:
            LocalServiceError: there is none yet.
        """
        found = self.current()
        if found is None:
            raise LocalServiceError(
                "analysts' copy", "there is none yet;", "run `battwheels analyst refresh` first."
            )
        return found

    def new(self, at: datetime) -> AnalystCopy:
        """Give the folder of the next copy; what others left unfinished is taken away."""
        self.clear()
        folder = self.root / NAME.format(at=at)
        closed(folder)
        return AnalystCopy(folder, self.jars)

    def use(self, copy: AnalystCopy) -> None:
        """Put a whole copy in the place of the one in use, in one step."""
        fresh = self.root / "current.new"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(copy.folder.name)
        fresh.replace(self.link)

    def clear(self) -> None:
        """Delete every copy but the one in use."""
        used = self.current()
        for folder in self.root.glob("copy-*"):
            if used is None or folder.resolve() != used.folder:
                shutil.rmtree(folder, ignore_errors=True)
