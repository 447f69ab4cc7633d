"""The secrets of docker-compose.yml are made once and fit one another."""

import json
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    script = folder / "make_secrets.py"
    script.write_text((ROOT / "deploy" / "make_secrets.py").read_text())
    command = [sys.executable, script]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603


def read(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text().strip() for path in (folder / "secrets").iterdir()}


def test_secrets_fit_compose_and_each_other(tmp_path: Path) -> None:
    assert run(tmp_path).returncode == 0

    made = read(tmp_path)
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    objects = yaml.safe_load((ROOT / "deploy" / "objects.yml").read_text())
    assert set(made) == {*compose["secrets"], *objects["secrets"]}
    [account] = json.loads(made["objects_accounts"])["identities"]
    word = account["credentials"][0]["secretKey"]
    assert made["files_url"] == f"http://battwheels:{word}@objects:8333/battwheels"
    assert made["neo4j_auth"] == f"neo4j/{made['neo4j_password']}"
    assert made["redis_auth"] == f"requirepass {made['redis_password']}"
    assert f"//battwheels:{made['postgres_password']}@postgres:5432/" in made["postgres_owner_url"]
    assert made["postgres_url"].startswith("postgresql://battwheels_service:")
    assert made["postgres_password"] not in made["postgres_url"]
    assert made["key_service_url"] == made["key_service_token"] == ""
    assert f":{made['redis_password']}@redis:6379/" in made["redis_url"]
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700


def test_second_run_changes_nothing(tmp_path: Path) -> None:
    run(tmp_path)
    before = read(tmp_path)

    again = run(tmp_path)

    assert again.returncode == 1
    assert again.stderr.endswith("delete it only if its databases are to be lost too.\n")
    assert read(tmp_path) == before


@pytest.mark.parametrize("cut_off", [False, True])
def test_secrets_of_before_get_what_is_new(tmp_path: Path, *, cut_off: bool) -> None:
    """One account owned and served; it goes on owning, also where the first run was cut off."""
    run(tmp_path)
    folder = tmp_path / "secrets"
    owner = "postgresql://battwheels:a%20word@records.house:5433/battwheels?sslmode=require"
    (folder / "postgres_url").write_text(owner + "\n")
    (folder / "postgres_owner_url").write_text(owner + "\n")
    lacking = [] if cut_off else ["key_service_url", "key_service_token", "postgres_owner_url"]
    for name in lacking:
        (folder / name).unlink()
    before = read(tmp_path)

    upgraded = run(tmp_path)

    after = read(tmp_path)
    added = ", ".join([*lacking, "postgres_url"])
    assert (upgraded.returncode, upgraded.stdout) == (
        0,
        f"Written beside what was there: {added}.\n",
    )
    assert after["postgres_owner_url"] == owner
    serving = re.fullmatch(
        r"postgresql://battwheels_service:[\w\-]{32}@records.house:5433/battwheels"
        r"\?sslmode=require",
        after["postgres_url"],
    )
    assert serving is not None
    kept = before.keys() - {"postgres_url"}
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert run(tmp_path).returncode == 1
    assert read(tmp_path) == after
