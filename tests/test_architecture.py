"""The house as it stands on disk against the house as it is written down."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
LINTER: dict[str, Any] = PROJECT["tool"]["importlinter"]
WHEEL: list[str] = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
NAMELESS = {"utils", "helpers", "common", "base", "manager", "service", "core"}
# Folders of Python that are tools beside the product, not packages of it.
BESIDE = {"tests", "bench"}
# Written in pieces, so that this page does not name what it forbids.
PLACES = [f"/{folder}/" for folder in ("work", "root", "tmp")]
REGISTRIES = [
    ".".join(host)
    for host in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("repo1", "maven", "org"),
        ("maven", "apache", "org"),
        ("ghcr", "io"),
        ("docker", "io"),
    )
]
NAMES = re.compile("|".join(map(re.escape, [*PLACES, *REGISTRIES])))
# A lock file of npm also says where authors take donations: that is no download address.
ADDRESS = {".lock": "://", ".json": '"resolved"'}


def _tracked() -> list[Path]:
    told = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607 - found on the path
        cwd=ROOT,
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    return [ROOT / name for name in told.stdout.split("\0") if name and (ROOT / name).is_file()]


TRACKED = _tracked() if (ROOT / ".git").exists() else []
OURS = [p for p in TRACKED if p.suffix == ".py" and p.relative_to(ROOT).parts[0] in WHEEL]


def _called(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _layers() -> list[str]:
    written = next(c for c in LINTER["contracts"] if c["type"] == "layers")["layers"]
    return sorted(name.strip() for layer in written for name in layer.split("|"))


@pytest.mark.row("RM-1")
def test_packages_on_disk_are_the_wheels() -> None:
    found = {p.parent.name for p in ROOT.glob("*/__init__.py")} - BESIDE
    assert sorted(found) == sorted(WHEEL)


@pytest.mark.row("RM-1")
def test_every_package_has_its_layer() -> None:
    assert _layers() == sorted(WHEEL)
    assert sorted(LINTER["root_packages"]) == sorted(WHEEL)


@pytest.mark.row("RM-1")
def test_imports_point_down(tmp_path: Path) -> None:
    """Every contract is kept by the house, and broken by one import that points up."""
    linter = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    ran = subprocess.run(linter, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    assert (ran.returncode, f"{len(LINTER['contracts'])} kept, 0 broken" in ran.stdout) == (0, True)

    for package in WHEEL:
        shutil.copytree(ROOT / package, tmp_path / package)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / "domain" / "clock.py").open("a") as file:
        file.write("\nfrom web.caps import Caps\n")
    ran = subprocess.run(linter, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    assert (ran.returncode, "domain.clock -> web.caps" in ran.stdout) == (1, True)


@pytest.mark.parametrize("path", [p for p in OURS if p.name == "__init__.py"], ids=_called)
def test_package_opens_with_a_docstring_alone(path: Path) -> None:
    body = ast.parse(path.read_text()).body
    assert len(body) == 1
    assert ast.get_docstring(ast.parse(path.read_text()))


def test_modules_open_with_a_docstring() -> None:
    python = [p for p in TRACKED if p.suffix == ".py"]
    assert [_called(p) for p in python if not ast.get_docstring(ast.parse(p.read_text()))] == []


def test_modules_are_named_for_something() -> None:
    parts = [(p, {*p.relative_to(ROOT).parts[:-1], p.stem}) for p in TRACKED if p.suffix == ".py"]
    assert [_called(p) for p, names in parts if names & NAMELESS] == []


def test_nothing_is_exported_twice() -> None:
    assert [_called(p) for p in OURS if re.search(r"^__all__", p.read_text(), re.MULTILINE)] == []


def test_no_machine_or_registry_is_named() -> None:
    assert [
        f"{_called(path)}:{n}: {line.strip()[:80]}"
        for path in TRACKED
        for n, line in enumerate(_lines(path), start=1)
        if NAMES.search(line)
    ] == []


def test_lock_files_carry_no_address() -> None:
    locks = [p for p in TRACKED if p.suffix == ".lock" or p.name == "package-lock.json"]
    assert [_called(p) for p in locks if ADDRESS[p.suffix] in p.read_text()] == []


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        return []
