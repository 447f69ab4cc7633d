"""Which subscriptions many may follow alike: one verb that tells changes, from a cursor on."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import cast

import orjson
from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    StringValueNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableNode,
    Visitor,
    get_operation_ast,
    visit,
)

from domain.access import SCOPES, Actor, Scope
from domain.errors import InvalidInput
from resolvers.context import ANYBODY
from resolvers.cost import named_type
from resolvers.documents import QueryDocument
from resolvers.subscriptions.changes import parse_cursor

CARDS, TICKETS, HINTS = "cardChanged", "ticketChanged", "syncRequired"
FOLLOWED = frozenset({CARDS, TICKETS, HINTS})
# What a technician sees of these depends on what is on their bench.
PERSONAL = frozenset({"Ticket", "Node"})

SharingKey = tuple[bytes, str | None, bytes, Actor]


@dataclass(frozen=True, slots=True)
class SubscriptionForm:
    """What a document says: its verb, its cursor or the variable for it, if it reads tickets."""

    verb: str
    cursor: str | None
    variable: str | None
    personal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionRequest:
    """A subscription that was asked for, the change that it begins behind (None: now)."""

    document: QueryDocument
    operation: str | None
    variables: Mapping[str, object]
    after: int | None
    form: SubscriptionForm

    def sharing_rights(self, actor: Actor) -> Actor:
        """Give somebody who sees exactly what `actor` sees of this, the same for all such."""
        mine = self.form.personal and SCOPES[actor.role] is Scope.ASSIGNED_ONLY
        return actor if mine else replace(actor, id=ANYBODY)

    def sharing_key(self, actor: Actor) -> SharingKey:
        """Tell apart what differs in a single answer; the cursor is each follower's own."""
        given = {n: v for n, v in self.variables.items() if n != self.form.variable}
        body = orjson.dumps(given, option=orjson.OPT_SORT_KEYS)
        named = self.operation if len(self.document.operations) > 1 else None
        return self.document.mark, named, sha256(body).digest(), self.sharing_rights(actor)


def read_request(
    schema: GraphQLSchema,
    document: QueryDocument,
    variables: Mapping[str, object] | None,
    operation: str | None,
) -> SubscriptionRequest | None:
    """Recognise what can be followed alike; anything else, and all that is wrong, is None."""
    form, given = _form_of(schema, document, operation), variables or {}
    if form is None:
        return None
    after = form.cursor if form.variable is None else given.get(form.variable)
    try:
        place = parse_cursor(after) if isinstance(after, str | None) else None
    except InvalidInput:
        return None
    if place is None and after is not None:
        return None
    return SubscriptionRequest(
        document=document, operation=operation, variables=given, after=place, form=form
    )


def _form_of(
    schema: GraphQLSchema, document: QueryDocument, operation: str | None
) -> SubscriptionForm | None:
    """Read a subscription; any other document costs one look at its operation."""
    if document.parsed is None or document.errors:
        return None
    verb = _verb_of(get_operation_ast(document.parsed, operation))
    if verb is None:
        return None
    name = verb.name.value
    personal = name == TICKETS or _selects_types(schema, document.parsed, PERSONAL)
    value = next((a.value for a in verb.arguments or () if a.name.value == "after"), None)
    match value:
        case None:
            return SubscriptionForm(name, None, None, personal)
        case StringValueNode():
            return SubscriptionForm(name, value.value, None, personal)
        case VariableNode() if _is_only_use(document.text, value.name.value):
            return SubscriptionForm(name, None, value.name.value, personal)
        case _:
            return None


def _verb_of(operation: OperationDefinitionNode | None) -> FieldNode | None:
    """Give the one field of a subscription if it tells changes and is told to everybody."""
    if operation is None or operation.operation is not OperationType.SUBSCRIPTION:
        return None
    selections = operation.selection_set.selections
    first = selections[0] if len(selections) == 1 else None
    if not isinstance(first, FieldNode) or first.directives or operation.directives:
        return None
    return first if first.name.value in FOLLOWED else None


def _is_only_use(query: str, variable: str) -> bool:
    """Say whether a variable is defined without a default and used once: as the cursor."""
    found = re.findall(rf"\${re.escape(variable)}\b(\s*:\s*[\w!]+\s*=)?", query)
    return found == ["", ""]


def _selects_types(schema: GraphQLSchema, document: DocumentNode, names: frozenset[str]) -> bool:
    info, found = TypeInfo(schema), set[str]()

    class Names(Visitor):
        def enter_field(self, *_: object) -> None:
            kind = named_type(cast("object", info.get_type()))
            if kind is not None:
                found.add(kind.name)

    visit(document, TypeInfoVisitor(info, Names()))
    return not found.isdisjoint(names)
