"""Files are whole or absent, and a lock has one holder."""

import errno
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from web.local import files


def test_written_file_has_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "secret"

    files.write_whole(path, "words\n", mode=0o600)

    assert path.read_text() == "words\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["secret"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_full_disk_leaves_old_file(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    files.write_whole(path, "old")
    (tmp_path / "kept.part").symlink_to("/dev/full")

    with pytest.raises(OSError, match="No space left") as refusal:
        files.write_whole(path, "new")

    assert refusal.value.errno == errno.ENOSPC
    assert path.read_text() == "old"


def test_all_get_what_the_first_put_there(tmp_path: Path) -> None:
    """As when a server and a worker start at once over an empty home: one secret, not two."""
    path, meeting, words = tmp_path / "secret", Barrier(8), iter("abcdefgh")

    def make() -> str:
        meeting.wait()
        return next(words)

    with ThreadPoolExecutor(8) as starting:
        kept = list(starting.map(files.read_or_create, [path] * 8, [make] * 8))

    assert kept == [path.read_text()] * 8
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["secret"]


def test_lock_has_one_holder(tmp_path: Path) -> None:
    with (
        files.hold_lock(tmp_path / "lock", 1),
        pytest.raises(TimeoutError),
        files.hold_lock(tmp_path / "lock", 0.1),
    ):
        pass


def test_lock_is_given_back(tmp_path: Path) -> None:
    with files.hold_lock(tmp_path / "lock", 0):
        pass

    with files.hold_lock(tmp_path / "lock", 0):
        pass
