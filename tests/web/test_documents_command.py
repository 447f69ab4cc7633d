"""`battwheels documents` and `battwheels keys` on real records, and manifests as files."""

from pathlib import Path

import orjson
import pytest

from domain.api_keys import Rung
from domain.errors import ImportRefused
from domain.trusted_documents import document_id
from records.api_keys import ApiKeyStore
from records.database import Records
from records.trusted_documents import TrustedDocumentStore
from tests import commands
from tests.records.test_audit_trail import WRITER
from web.cli.manifest_file import print_manifest, read_manifest
from web.local.stores import StoreUrls

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples" / "typescript"
CARDS = "query Cards { cards(first: 1) { edges { node { key } } } }"


@pytest.fixture
def place(records: Records, stores: StoreUrls, tmp_path: Path) -> dict[str, str]:
    del records
    return commands.place(stores, tmp_path) | {"COLUMNS": "200"}


async def test_manifest_is_registered_from_a_file(
    records: Records, place: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "manifest.json"
    file.write_bytes(orjson.dumps({document_id(CARDS): CARDS}))
    done = commands.called("documents", "register", str(file), "--partner", "fleet", **place)
    line = f"{document_id(CARDS)}  query  Cards  up to 3 objects  needs cards:read\n"
    assert done == (0, line, "")
    [kept] = await TrustedDocumentStore(records, WRITER).page("fleet", first=2)
    assert (kept.text, kept.registered_by) == (CARDS, "operator")
    written = f"sha256:{document_id(CARDS)}"
    gone = commands.called("documents", "remove", written, "--partner", "other", **place)
    assert gone == (0, "0 documents of other are registered no longer.\n", "")
    file.write_bytes(orjson.dumps({document_id("{ x }"): "{ x }"}))
    code, _, why = commands.called(
        "documents", "register", str(file), "--partner", "fleet", **place
    )
    assert (code, "Cannot query field 'x'" in why) == (1, True)
    assert len(await TrustedDocumentStore(records, WRITER).page("fleet", first=3)) == 1
    wrong = commands.called("documents", "remove", written, "x", "--partner", "fleet", **place)
    assert wrong == (1, "", "ids.1: is not `sha256:` and 64 hexadecimal digits\n")
    # The same twice is one.
    gone = commands.called("documents", "remove", written, written, "--partner", "fleet", **place)
    assert gone == (0, "1 documents of fleet are registered no longer.\n", "")
    assert await TrustedDocumentStore(records, WRITER).page("fleet", first=3) == []


async def test_keys_are_made_listed_and_revoked(records: Records, place: dict[str, str]) -> None:
    order = ("--partner", "fleet", "--name", "Fleet", "--scope", "cards:read")
    code, said, _ = commands.called("keys", "create", *order, "--garage", "garage_pune", **place)
    [key] = await ApiKeyStore(records, WRITER).page(first=2)
    assert (code, said.splitlines()[-1].startswith(f"bw_{key.prefix}_")) == (0, True)
    code, said, _ = commands.called("keys", "list", **place)
    assert (code, key.id in said, "never used" in said) == (0, True, True)
    done = commands.called("keys", "rung", key.id, "log", **place)
    assert done == (0, f"Key {key.id} is held at log from now on.\n", "")
    assert (await ApiKeyStore(records, WRITER).get(key.id)).rung is Rung.LOG
    assert commands.called("keys", "revoke", "--partner", "fleet", **place)[:2] == (
        0,
        "1 keys of fleet are refused from now on.\n",
    )
    assert (await ApiKeyStore(records, WRITER).get(key.id)).revoked_at is not None


def test_broken_documents_are_named(tmp_path: Path) -> None:
    manifest = EXAMPLES / "manifest.json"
    count = len(orjson.loads(manifest.read_bytes())["operations"])
    done = commands.called("documents", "check", str(manifest))
    assert done == (0, f"{count} documents run on schema.graphql.\n", "")
    schema = tmp_path / "schema.graphql"
    text = (ROOT / "schema" / "schema.graphql").read_text()
    schema.write_text(text.replace("  firstFix:", "  fixedFirst:"))
    code, _, named = commands.called("documents", "check", str(manifest), "--schema", str(schema))
    assert code == 1
    assert [line.split(" ")[0] for line in named.splitlines()] == ["Close"]


def test_example_manifest_is_of_its_documents() -> None:
    entries = read_manifest(EXAMPLES / "operations.graphql")
    assert print_manifest(entries) == (EXAMPLES / "manifest.json").read_text()


def test_fragments_go_with_their_operations(tmp_path: Path) -> None:
    file = tmp_path / "some.graphql"
    file.write_text(
        "query A { cards(first: 1) { edges { node { ...C } } } }\nquery B { __typename }\n"
        "fragment C on FailureCard { key ...D }\nfragment D on FailureCard { title }\n"
    )
    first, second = read_manifest(file)
    assert (first.name, first.text.count("fragment")) == ("A", 2)
    assert (second.name, second.text) == ("B", "query B { __typename }")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"a": "{ x }"}', "is not the SHA-256"),
        (f'{{"{document_id("{ x }")}": "{{ x }}", "{document_id("{ x }")}": ""}}', "twice"),
        ("[]", "It is JSON"),
        ('{"a": 7}', "It is JSON"),
        ("{", "does not read"),
        ('{"format": "apollo-persisted-query-manifest", "operations": [{"id": "1"}]}', "JSON"),
        ('{"format": "apollo-persisted-query-manifest", "operations": [7]}', "JSON"),
        ('{"format": "apollo-persisted-query-manifest", "operations": 7}', "JSON"),
        # What is too much is refused before any of it is read as a document.
        (orjson.dumps({f"{n:x}": "{" * 300 for n in range(200_000)}).decode(), "over"),
        (orjson.dumps({f"{n:x}": "{" for n in range(200_000)}).decode(), "more than 500"),
        (f'{{"a": {"[" * 990}{"]" * 990}}}', "nested too deep"),
    ],
    ids=str.__len__,
)
def test_what_is_no_manifest_is_refused(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "manifest.json"
    file.write_text(text)
    with pytest.raises(ImportRefused) as refused:
        read_manifest(file)
    assert why in str(refused.value)
