"""The folder that holds everything the local stores own."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from domain.errors import LocalServiceError
from web.local import files


@dataclass(frozen=True, slots=True)
class Home:
    """A folder of stores; `jar_folder` lets several homes share one set of Neo4j jars."""

    root: Path
    jar_folder: Path | None = None

    @classmethod
    def at(cls, root: Path | str, jar_folder: Path | str | None = None) -> "Home":
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
        # Others may walk through the home (PostgreSQL runs as another user when we are root);
        # what is secret is closed below.
        self.root.mkdir(parents=True, exist_ok=True)
        for name in ("logs", "run"):
            (self.root / name).mkdir(exist_ok=True)
        (self.root / "passwords").mkdir(mode=0o700, exist_ok=True)

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
        password = secrets.token_hex(24)
        files.write(path, password + "\n", mode=0o600)
        return password
