"""docker-compose.yml keeps to the Compose specification and to what we promise of it."""

import json
import tomllib
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from records.database import POOL_SIZE
from web.local.postgres import SPARE

ROOT = Path(__file__).parents[2]
STORES = {"neo4j", "postgres", "redis"}

Document = Mapping[str, Any]


@pytest.fixture(scope="module")
def compose() -> Document:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_an_image_is_given_each_package() -> None:
    """What `.dockerignore` does not name is not there, and the service does not start."""
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    given = {line.removeprefix("!") for line in lines if line.startswith("!")}
    assert {*wheel["targets"]["wheel"]["packages"]} <= given


@pytest.mark.parametrize(
    "file",
    ["docker-compose.yml", "deploy/graph-browser.yml", "deploy/objects.yml", "deploy/tls.yml"],
)
def test_compose_file_fits_specification(file: str) -> None:
    spec = find_spec("check_jsonschema")
    assert spec is not None
    assert spec.origin is not None
    vendored = Path(spec.origin).parent / "builtin_schemas" / "vendor" / "compose-spec.json"

    document = yaml.safe_load((ROOT / file).read_text())
    errors = Draft7Validator(json.loads(vendored.read_text())).iter_errors(document)

    assert [error.message for error in errors] == []


def test_compose_runs_pinned_stores(compose: Document) -> None:
    images = {name: compose["services"][name]["image"] for name in STORES}

    assert images == {
        "neo4j": "neo4j:2026.08.1-community",
        "postgres": "postgres:18",
        "redis": "redis:8",
    }


def test_records_have_connections_for_serve_and_work(compose: Document) -> None:
    [said] = [word for word in compose["services"]["postgres"]["command"] if "=" in word]

    assert said == f"max_connections={2 * POOL_SIZE + SPARE}"


def test_stores_and_api_tell_health(compose: Document) -> None:
    healthy = {name for name, service in compose["services"].items() if "healthcheck" in service}

    assert healthy == {*STORES, "serve", "work"}


def test_app_waits_for_healthy_stores(compose: Document) -> None:
    migrate = compose["services"]["migrate"]["depends_on"]
    serve = compose["services"]["serve"]["depends_on"]
    work = compose["services"]["work"]["depends_on"]

    stores = {name: {"condition": "service_healthy"} for name in STORES}
    assert migrate == stores
    assert serve == work == {**stores, "migrate": {"condition": "service_completed_successfully"}}


def test_redis_keeps_append_only_file(compose: Document) -> None:
    command = compose["services"]["redis"]["command"]

    assert command[command.index("--appendonly") + 1] == "yes"
    assert compose["services"]["redis"]["volumes"] == ["streams:/data"]


def test_every_secret_comes_by_file(compose: Document) -> None:
    secrets = compose["secrets"]
    used = {name for service in compose["services"].values() for name in service.get("secrets", ())}

    assert used == set(secrets)
    assert {name: secret["file"] for name, secret in secrets.items()} == {
        name: f"deploy/secrets/{name}" for name in secrets
    }


def test_no_secret_stands_in_environment(compose: Document) -> None:
    telling = ("PASSWORD", "SECRET", "AUTH", "_URL")
    named = {
        name: value
        for service in compose["services"].values()
        for name, value in service.get("environment", {}).items()
        if any(word in name for word in telling) and name != "POSTGRES_INITDB_ARGS"
    }

    assert {name for name in named if not name.endswith("_FILE")} == set()
    assert all(value.startswith("/run/secrets/") for value in named.values())


@pytest.mark.row("AR-5")
def test_one_port_is_published(compose: Document) -> None:
    ports = {name: one["ports"] for name, one in compose["services"].items() if "ports" in one}

    assert ports == {"serve": ["127.0.0.1:8000:8000"]}
    assert not any("network_mode" in one for one in compose["services"].values())


def test_the_graph_is_opened_to_this_machine_alone() -> None:
    opened = yaml.safe_load((ROOT / "deploy/graph-browser.yml").read_text())

    assert opened == {
        "services": {"neo4j": {"ports": ["127.0.0.1:7687:7687", "127.0.0.1:7474:7474"]}}
    }
