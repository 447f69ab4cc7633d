"""The jars of Neo4j arrive whole, once, whatever cuts the way."""

import hashlib
from collections.abc import Generator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import cast

import pytest

from domain.errors import LocalServiceError
from web.local import jars
from web.local.jars import JarFolder
from web.local.progress import StartProgress, ignore_progress

ONE, TWO = b"the first jar" * 1000, b"the second jar" * 2000
PATHS = {
    "/org/example/one/1.0/one-1.0.jar": ONE,
    "/org/example/two/2.0/two-2.0-linux.jar": TWO,
}


@dataclass
class Repository:
    """A Maven repository on this machine that can cut answers short and spoil them."""

    asked: list[str] = field(default_factory=list)
    short: int = 0
    spoilt: int = 0

    def answer(self, path: str) -> bytes | None:
        if path not in PATHS:
            return None
        self.asked.append(path)
        content = PATHS[path]
        if self.short:
            self.short -= 1
            return content[:100]
        if self.spoilt:
            self.spoilt -= 1
            return b"X" * len(content)
        return content


class Server(ThreadingHTTPServer):
    repository: Repository


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        content = cast("Server", self.server).repository.answer(self.path)
        self.send_response(404 if content is None else 200)
        self.send_header("Content-Length", str(len(content or b"")))
        self.end_headers()
        self.wfile.write(content or b"")

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture
def server() -> Generator[Server]:
    with Server(("127.0.0.1", 0), Handler) as server:
        server.repository = Repository()
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def repository(server: Server) -> Repository:
    return server.repository


@pytest.fixture
def shelf(server: Server, tmp_path: Path) -> JarFolder:
    address = f"http://127.0.0.1:{server.server_port}"
    return JarFolder(tmp_path / "jars", lock(tmp_path), {"here": address})


def lock(folder: Path, size: int | None = None) -> Path:
    path = folder / "test.lock"
    names = ("org.example:one:1.0", "org.example:two:2.0:linux")
    path.write_text(
        "# a comment\n"
        + "".join(
            f"{hashlib.sha256(content).hexdigest()}  {size or len(content)}  {name}\n"
            for content, name in zip((ONE, TWO), names, strict=True)
        )
    )
    return path


def content(shelf: JarFolder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in shelf.folder.glob("*.jar")}


def test_jars_arrive_with_progress(shelf: JarFolder) -> None:
    steps: list[StartProgress] = []

    shelf.fill(steps.append)

    assert content(shelf) == {"one-1.0.jar": ONE, "two-2.0-linux.jar": TWO}
    total = len(ONE) + len(TWO)
    assert steps[-1] == StartProgress("neo4j", "downloading", total, total)
    assert not (shelf.folder / "arriving").exists()


def test_second_fill_asks_nobody(shelf: JarFolder, repository: Repository) -> None:
    shelf.fill(ignore_progress)
    repository.asked.clear()

    shelf.fill(ignore_progress)

    assert repository.asked == []


def test_changed_lock_fetches_again(shelf: JarFolder, repository: Repository) -> None:
    shelf.fill(ignore_progress)
    shelf.lock.write_text(shelf.lock.read_text() + "# changed\n")
    (shelf.folder / "one-1.0.jar").write_bytes(b"old")
    repository.asked.clear()

    shelf.fill(ignore_progress)

    assert repository.asked == ["/org/example/one/1.0/one-1.0.jar"]
    assert content(shelf) == {"one-1.0.jar": ONE, "two-2.0-linux.jar": TWO}


def test_short_download_is_repeated(shelf: JarFolder, repository: Repository) -> None:
    repository.short = 2

    shelf.fill(ignore_progress)

    assert content(shelf) == {"one-1.0.jar": ONE, "two-2.0-linux.jar": TWO}


def test_half_finished_download_is_redone(shelf: JarFolder) -> None:
    arriving = shelf.folder / "arriving" / "org" / "example" / "one" / "1.0"
    arriving.mkdir(parents=True)
    (arriving / "one-1.0.jar").write_bytes(ONE[:10])
    (shelf.folder / "two-2.0-linux.jar").write_bytes(TWO[:10])

    shelf.fill(ignore_progress)

    assert content(shelf) == {"one-1.0.jar": ONE, "two-2.0-linux.jar": TWO}


def test_spoilt_jar_is_refused(shelf: JarFolder, repository: Repository) -> None:
    repository.spoilt = 100

    with pytest.raises(LocalServiceError, match="did not arrive as it was published"):
        shelf.fill(ignore_progress)

    assert content(shelf) == {}
    assert not shelf.is_full


def test_lost_network_keeps_what_arrived(shelf: JarFolder, tmp_path: Path) -> None:
    shelf.folder.mkdir()
    (shelf.folder / "one-1.0.jar").write_bytes(ONE)
    cut_off = JarFolder(shelf.folder, shelf.lock, {"nowhere": "http://127.0.0.1:9"})

    with pytest.raises(LocalServiceError, match="check the network and start again"):
        cut_off.fill(ignore_progress)

    assert content(shelf) == {"one-1.0.jar": ONE}


def test_full_disk_is_told_beforehand(
    shelf: JarFolder, repository: Repository, tmp_path: Path
) -> None:
    lock(tmp_path, size=1 << 60)

    with pytest.raises(LocalServiceError, match="the disk is full"):
        shelf.fill(ignore_progress)

    assert repository.asked == []


def test_committed_lock_is_whole() -> None:
    listed = jars.listed_jars()

    assert len(listed) == len({jar.name for jar in listed}) == 232
    assert sum(jar.size for jar in listed) == 174_276_865
    assert {len(bytes.fromhex(jar.sha256)) for jar in listed} == {32}
    assert "neo4j-2026.08.1.jar" in {jar.name for jar in listed}
