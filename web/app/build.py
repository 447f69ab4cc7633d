"""Build the pages with npm, by the committed lock; when nothing changed, nothing is done.

Sources are copied beside what npm installs, so that a checkout or an installed package is read and
never written. A wheel carries the pages built (`hatch_build.py`), and needs none of this.
"""

import shutil
from hashlib import sha256
from pathlib import Path

from web.npm import install_locked, run_npm

HERE = Path(__file__).parent
# Where a wheel has them; a checkout has no such folder.
CARRIED = HERE / "built"
SOURCES = ("index.html", "vite.config.ts", "tsconfig.json", "src", "public")


def find_pages(home: Path) -> Path:
    """Give where the built pages are, or would be: in the package, else in the home."""
    return CARRIED if CARRIED.is_dir() else home / "dist"


def build_pages(home: Path) -> Path:
    """Give the folder with the built pages in it.

    Raises:
        LocalServiceError: there is no npm, or it failed.
    """
    if CARRIED.is_dir():
        return CARRIED
    built, stamp, mark = home / "dist", home / "built.stamp", _mark_of_sources()
    if stamp.is_file() and stamp.read_text() == mark and built.is_dir():
        return built
    install_locked(HERE, home, "--omit=dev")
    _copy_sources(home)
    run_npm(home, "run", "build")
    stamp.write_text(mark)
    return built


def _copy_sources(home: Path) -> None:
    for name in SOURCES:
        source, target = HERE / name, home / name
        if source.is_dir():
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(source, target)
        else:
            shutil.copyfile(source, target)


def _mark_of_sources() -> str:
    """Give the SHA-256 over names and bytes of all that the build reads."""
    mark = sha256()
    for path in sorted(_sources()):
        mark.update(f"{path.relative_to(HERE)}\n".encode())
        mark.update(sha256(path.read_bytes()).digest())
    return mark.hexdigest()


def _sources() -> list[Path]:
    named = [HERE / name for name in (*SOURCES, "package-lock.json")]
    inside = [path for name in named if name.is_dir() for path in name.rglob("*")]
    return [path for path in (*named, *inside) if path.is_file()]
