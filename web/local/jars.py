"""The jars of Neo4j, fetched once by their Maven coordinates and checked against the lock."""

import hashlib
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import requests
from jgo.maven import Artifact, MavenContext

from domain.errors import LocalServiceError
from web.local import files
from web.local.progress import Report, StartProgress

LOCK_FILE = Path(__file__).with_name("neo4j-2026.08.1.lock")
AT_ONCE = 8
TRIES = 3
PATIENCE_S = 900.0


@dataclass(frozen=True, slots=True)
class Jar:
    """One line of the lock."""

    sha256: str
    size: int
    coordinates: str

    @property
    def name(self) -> str:
        _, artifact, *version = self.coordinates.split(":")
        return "-".join((artifact, *version)) + ".jar"

    def is_whole(self, path: Path) -> bool:
        if not path.is_file() or path.stat().st_size != self.size:
            return False
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == self.sha256


def listed_jars(lock: Path = LOCK_FILE) -> tuple[Jar, ...]:
    """Every jar of the lock, in its order."""
    lines = (line.split() for line in lock.read_text().splitlines() if not line.startswith("#"))
    return tuple(Jar(sha256, int(size), name) for sha256, size, name in lines)


@dataclass(frozen=True, slots=True)
class JarFolder:
    """A folder of jars; `repositories` (name to address) replaces Maven Central."""

    folder: Path
    lock: Path = LOCK_FILE
    repositories: Mapping[str, str] | None = None

    @property
    def marker(self) -> Path:
        return self.folder / "complete"

    @property
    def paths(self) -> tuple[Path, ...]:
        return tuple(self.folder / jar.name for jar in listed_jars(self.lock))

    def fill(self, report: Report) -> None:
        """Fetch what is missing; the marker is written last and names the lock it fulfils."""
        if self.is_full:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        with files.hold_lock(self.folder / "lock", PATIENCE_S):
            if not self.is_full:
                self._fetch(report)
                files.write_whole(self.marker, self._digest + "\n")

    @property
    def is_full(self) -> bool:
        return (
            self.marker.exists()
            and self.marker.read_text().strip() == self._digest
            and all(path.exists() for path in self.paths)
        )

    @property
    def _digest(self) -> str:
        return hashlib.sha256(self.lock.read_bytes()).hexdigest()

    def _fetch(self, report: Report) -> None:
        jars = listed_jars(self.lock)
        missing = [jar for jar in jars if not jar.is_whole(self.folder / jar.name)]
        need = sum(jar.size for jar in missing)
        _make_room(self.folder, need)
        fetch = _Fetch(self, _Counter(report, need))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            try:
                list(pool.map(fetch.one, missing))
            except BaseException:
                # Leave at once: what has arrived whole is kept for the next try.
                pool.shutdown(wait=True, cancel_futures=True)
                raise
        shutil.rmtree(fetch.arriving, ignore_errors=True)


@dataclass(slots=True)
class _Counter:
    report: Report
    need: int
    done: int = 0
    lock: Lock = field(default_factory=Lock)

    def add(self, size: int) -> None:
        with self.lock:
            self.done += size
            self.report(StartProgress("neo4j", "downloading", self.done, self.need))


@dataclass(frozen=True, slots=True)
class _Fetch:
    shelf: JarFolder
    counter: _Counter

    @property
    def arriving(self) -> Path:
        return self.shelf.folder / "arriving"

    def one(self, jar: Jar) -> None:
        for _ in range(TRIES):
            path = self._download(jar)
            if jar.is_whole(path):
                path.replace(self.shelf.folder / jar.name)
                self.counter.add(jar.size)
                return
        raise LocalServiceError(
            "neo4j",
            f"{jar.name} did not arrive as it was published (its SHA-256 differs);",
            "check what stands between this machine and Maven Central, then start again.",
        )

    def _download(self, jar: Jar) -> Path:
        artifact = self._artifact(jar)
        # A download that was cut short has its final name already.
        (self.arriving / artifact.component.path_prefix / artifact.filename).unlink(missing_ok=True)
        try:
            return artifact.resolve()
        except (requests.RequestException, RuntimeError) as error:
            raise LocalServiceError(
                "neo4j",
                f"{jar.name} could not be downloaded;",
                "check the network and start again: what has arrived is kept.",
            ) from error

    def _artifact(self, jar: Jar) -> Artifact:
        remotes = None if self.shelf.repositories is None else dict(self.shelf.repositories)
        context = MavenContext(repo_cache=self.arriving, remote_repos=remotes, timeout=30)
        group, name, version, *classifier = jar.coordinates.split(":")
        return context.project(group, name).at_version(version).artifact(*classifier)


def _make_room(folder: Path, need: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < need:
        raise LocalServiceError(
            "neo4j",
            f"the disk is full ({free >> 20} MiB free, {need >> 20} MiB needed);",
            f"free some space under {folder} and start again.",
        )
