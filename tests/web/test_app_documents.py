"""What the pages ask: it runs on the schema, and is what their sources say."""

from typing import Any

import pytest
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    Visitor,
    parse,
    print_ast,
    visit,
)

from resolvers.api import build_api
from resolvers.sign_in import build_sign_in_api
from web.app.documents import MANIFEST, read_own_documents

SOURCES = MANIFEST.parent.parent
DOOR = SOURCES / "sign-in" / "door.graphql"


class Plain(Visitor):
    """Takes `__typename` away and puts selections in one order: build tools differ in both."""

    @staticmethod
    def leave_selection_set(node: SelectionSetNode, *_: object) -> SelectionSetNode:
        kept = [one for one in node.selections if not _is_typename(one)]
        return SelectionSetNode(selections=tuple(sorted(kept, key=print_ast)))


def _is_typename(node: Node) -> bool:
    return isinstance(node, FieldNode) and node.name.value == "__typename"


def plain(document: DocumentNode) -> dict[str, str]:
    """Give each definition by its name, in one form."""
    told: dict[str, str] = {}
    for one in visit(document, Plain()).definitions:
        assert isinstance(one, OperationDefinitionNode | FragmentDefinitionNode)
        assert one.name is not None
        told[one.name.value] = print_ast(one)
    return told


def written() -> dict[str, str]:
    paths = [path for path in SOURCES.rglob("*.graphql") if path != DOOR]
    return plain(parse("\n".join(path.read_text(encoding="utf-8") for path in paths)))


@pytest.mark.row("AR-1")
async def test_every_document_runs_on_the_schema() -> None:
    """By the service's own reader, which counts what a document may cost too."""
    manifests = build_api(introspection=False).manifests
    assert await manifests.broken(read_own_documents()) == []


def test_what_is_registered_is_what_the_sources_say() -> None:
    """`make codegen` was run: types and ids are those of the documents."""
    sent: dict[str, str] = {}
    for entry in read_own_documents():
        sent |= plain(parse(entry.text))
    assert sent == written()


def test_the_documents_of_the_door_fit_it() -> None:
    documents = build_sign_in_api(introspection=False).documents
    asked = parse(DOOR.read_text(encoding="utf-8"))
    values: dict[str, Any] = dict.fromkeys(("email", "password", "challenge", "code"), "x")
    values["operation"] = "01990000-0000-7000-8000-000000000000"
    for one in asked.definitions:
        read = documents.read_now(print_ast(one), values, anonymous=True)
        assert read.errors == []
