"""The version is one: that of the package, of the newest notes and of the tag that is described."""

import re
import tomllib
from pathlib import Path

from schema.releases import read_releases

ROOT = Path(__file__).resolve().parent.parent
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
RELEASE = re.compile(
    r"^## (\d+\.\d+\.\d+) \((\d{4}-\d\d-\d\d)\)\n((?:(?!^## ).*\n?)*)", re.MULTILINE
)


def test_newest_notes_are_of_the_version_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert RELEASE.findall(CHANGELOG)[0][0] == project["version"]


def test_releases_stand_newest_first_below_what_is_not_released() -> None:
    found = RELEASE.findall(CHANGELOG)
    keys = [(day, [int(part) for part in version.split(".")]) for version, day, _ in found]
    assert keys == sorted(keys, reverse=True)
    assert re.findall(r"^## .+$", CHANGELOG, re.MULTILINE)[0] == "## Unreleased"


def test_every_release_says_what_it_brings() -> None:
    for version, _, notes in RELEASE.findall(CHANGELOG):
        assert re.search(r"^### (Added|Changed|Fixed|Removed)\n- ", notes, re.MULTILINE), version


def test_kept_schemas_are_of_the_newest_release() -> None:
    version, day, _ = RELEASE.findall(CHANGELOG)[0]
    kept = {(one.version, str(one.day)) for one in read_releases().values()}
    assert kept == {(version, day)}
