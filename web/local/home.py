"""The folder that holds everything the local stores own."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from domain.errors import LocalServiceError
from web.local import files


@dataclass(frozen=True, slots=True)
class StoreHome:
    """A folder of stores; `jar_folder` lets several homes share one set of Neo4j jars."""

    root: Path
    jar_folder: Path | None = None

    @classmethod
    def at(cls, root: Path | str, jar_folder: Path | str | None = None) -> "StoreHome":
        """A home by its real path: processes are recognised by the paths they were started with."""
        jars = None if jar_folder is None else Path(jar_folder).expanduser().resolve()
        return cls(Path(root).expanduser().resolve(), jars)

    @property
    def jars(self) -> Path:
        return self.jar_folder or self.root / "neo4j" / "jars"

    @property
    def lock(self) -> Path:
        return self.root / "lock"

    def folder(self, store: str) -> Path:
        return self.root / store

    def log(self, store: str) -> Path:
        return self.root / "logs" / f"{store}.log"

    def record(self, store: str) -> Path:
        """Which process serves this store, for whoever comes next."""
        return self.root / "run" / f"{store}.json"

    def port(self, store: str) -> Path:
        return self.root / "run" / f"{store}.port"

    def secret(self, store: str) -> Path:
        return self.root / "passwords" / store

    def make(self) -> None:
        """Create the folders that all stores share."""
        ours = not self.root.exists() or (self.root / "passwords").exists()
        self.root.mkdir(parents=True, exist_ok=True)
        if ours:
            # Root's PostgreSQL runs as another user, who passes through and cannot look around.
            self.root.chmod(0o711 if os.geteuid() == 0 else 0o700)
        for name in ("logs", "run", "passwords"):
            closed(self.root / name)

    def password(self, store: str, data: Path | None = None) -> str:
        """The store's password, made at random before the data that keeps it exists."""
        path = self.secret(store)
        if path.exists():
            return path.read_text().strip()
        if data is not None and data.exists():
            raise LocalServiceError(
                store,
                f"the password file {path} is gone but the data is still there;",
                f"put the file back, or delete {data} to start empty.",
            )
        return files.read_or_create(path, lambda: secrets.token_hex(24) + "\n").strip()


def closed(folder: Path) -> None:
    """Have a folder that nobody else may open, also where an earlier release left it open."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
