"""From a document's text to what may run: counted, parsed, measured, validated, kept by its bytes.

Each step is bounded by the one before: characters, then tokens and definitions before parsing,
fields and objects before validation. What may take more than some milliseconds is done in a thread
of its own, one document at a time, so that the loop goes on meanwhile. What nobody signed for, what
is too large and what comes once is not kept, unless its sender said that it comes again (`expect`).
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OverlappingFieldsCanBeMergedRule,
    parse,
    print_ast,
    specified_rules,
    validate,
)

from resolvers.cost import bound_page, find_excess, measure_document
from resolvers.deprecated_uses import DeprecatedUse, deprecated_uses_rule
from resolvers.document_limits import DocumentLimits
from resolvers.document_outline import outline_document
from resolvers.overlapping_fields import OverlappingFields
from resolvers.recent_uses import RecentUses
from resolvers.request_count import count_requests

MOST_ERRORS = 10
# So many lengths of a document's pages are remembered with what they cost.
MOST_SIZES = 32
UNSAID = 0
# Up to so many characters, a text is parsed where it stands: a thread costs more than it saves.
SHORT = 800
# What a document weighs in memory: a token with its node, and a character.
TOKEN_BYTES, CHARACTER_BYTES = 1_000, 4
# The share of all that is kept which one document may have.
SHARE = 16
TOO_MUCH: Mapping[str, str] = {"code": "TOO_MUCH"}


@dataclass(frozen=True)
class QueryDocument:
    """A text and what became of it; with errors it does not run.

    Attributes:
        parsed: None when it does not read as a document.
        objects: how many it may give, and what its verbs weigh.
        verb_weight: what its verbs weigh alone.
        tokens: those that were parsed for this request, 0 when the document was known.
        deprecated: what it asks that goes, in the order of the alphabet.
        requests: as how many it counts.
        page_variables: the variables that say how long its pages are.
        sized: the same document for other lengths of them.
    """

    text: str
    parsed: DocumentNode | None
    errors: Sequence[GraphQLError] = ()
    objects: int = 0
    verb_weight: int = 0
    tokens: int = 0
    deprecated: Sequence[DeprecatedUse] = ()
    requests: int = 1
    page_variables: tuple[str, ...] = ()
    sized: dict[tuple[int, ...], "QueryDocument"] = field(
        init=False, default_factory=dict[Any, Any], repr=False, compare=False
    )

    @property
    def operations(self) -> list[OperationDefinitionNode]:
        found = () if self.parsed is None else self.parsed.definitions
        return [one for one in found if isinstance(one, OperationDefinitionNode)]

    @cached_property
    def mark(self) -> bytes:
        """The same for texts that differ in spaces, comments and their operation's name alone."""
        said = self.text
        if self.parsed is not None:
            printed = [print_ast(one) for one in self.parsed.definitions]
            if len(self.operations) == 1:
                only = self.operations[0]
                printed[self.parsed.definitions.index(only)] = print_ast(_without_name(only))
            said = "\n".join(sorted(printed))
        return _document_mark(said)

    @property
    def weight(self) -> int:
        return TOKEN_BYTES * self.tokens + CHARACTER_BYTES * len(self.text)


class Documents:
    """All documents of one schema; with `introspection`, the schema may be asked for."""

    def __init__(
        self,
        schema: GraphQLSchema,
        *,
        introspection: bool = False,
        hints: bool = True,
        limits: DocumentLimits | None = None,
    ) -> None:
        """With `hints`, whoever may ask for the schema is told which names may have been meant."""
        self.limits = limits or DocumentLimits()
        self._schema = schema
        self.introspection = introspection
        self._hints = hints
        self._rules = [r for r in specified_rules if r is not OverlappingFieldsCanBeMergedRule]
        self._rules.append(OverlappingFields)
        if not introspection:
            self._rules.append(NoSchemaIntrospectionCustomRule)
        self._adopted: dict[str, QueryDocument] = {}
        self._kept: OrderedDict[bytes, tuple[QueryDocument, int]] = OrderedDict()
        self._uses = RecentUses()
        self._apart = ThreadPoolExecutor(1, "documents")
        self.kept_bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    def text_of(self, digest: bytes) -> str | None:
        """Give the text of a document that is kept, by its SHA-256."""
        known = self._kept.get(digest)
        return None if known is None else known[0].text

    def expect(self, digest: bytes) -> None:
        """Keep a text of that SHA-256 when it is read next: whoever named it will send it again."""
        self._uses.count(digest)

    async def prepare(self, text: str) -> QueryDocument:
        """Give a document read and checked in a thread of its own, as if its pages were longest."""
        if len(text) > self.limits.characters:
            return self.read_now(text, {})
        loop, given = asyncio.get_running_loop(), dict[str, object]()
        return await loop.run_in_executor(self._apart, self._checked, text, given, False)

    def adopt(self, document: QueryDocument) -> None:
        """Hold a document that is sure to be asked, until it is let go of."""
        self._adopted[document.text] = replace(document, tokens=0)

    def let_go(self, text: str) -> None:
        self._adopted.pop(text, None)

    async def read(
        self, text: str, variables: Mapping[str, object], *, anonymous: bool = False
    ) -> QueryDocument:
        """Give the document, read in a thread of its own if it is long and was not known."""
        if self.is_quick(text):
            return self.read_now(text, variables, anonymous=anonymous)
        loop = asyncio.get_running_loop()
        checked = await loop.run_in_executor(self._apart, self._checked, text, variables, anonymous)
        self._keep(checked, anonymous=anonymous)
        return checked

    def is_quick(self, text: str) -> bool:
        """Say whether reading a text holds nobody up: it is short, known, or refused unread."""
        return (
            len(text) <= SHORT
            or len(text) > self.limits.characters
            or text in self._adopted
            or _document_mark(text) in self._kept
        )

    def read_now(
        self, text: str, variables: Mapping[str, object], *, anonymous: bool = False
    ) -> QueryDocument:
        """Give the document; whoever calls waits for it."""
        adopted = self._adopted.get(text)
        if adopted is not None:
            return self._sized(adopted, variables)
        if len(text) > self.limits.characters:
            return _refuse_document(
                text, f"The document is over {self.limits.characters} characters."
            )
        mark = _document_mark(text)
        known = self._kept.get(mark)
        if known is None:
            checked = self._checked(text, variables, anonymous)
            self._keep(checked, anonymous=anonymous)
            return checked
        self._kept.move_to_end(mark)
        return self._sized(known[0], variables)

    def _checked(
        self,
        text: str,
        variables: Mapping[str, object],
        anonymous: bool,  # noqa: FBT001
    ) -> QueryDocument:
        most = self.limits.anonymous_tokens if anonymous else self.limits.tokens
        outline = outline_document(text, most)
        if over := find_excess(outline, self.limits, most):
            # Whole, so that whoever asks again for this text is given this answer.
            return QueryDocument(text, None, [_too_much(over)])
        try:
            parsed = parse(text, max_tokens=most)
        except GraphQLError as error:
            return QueryDocument(text, None, [error], tokens=outline.tokens)
        _unlink_tokens(parsed)
        document = self._measured(QueryDocument(text, parsed), variables)
        document = replace(document, tokens=parsed.token_count)
        if document.errors:
            return document
        found = set[DeprecatedUse]()
        errors = self._validated(parsed, found)
        requests = 1 if errors else count_requests(parsed)
        return replace(document, errors=errors, deprecated=sorted(found), requests=requests)

    def _sized(self, document: QueryDocument, variables: Mapping[str, object]) -> QueryDocument:
        """Give the document as it is for these variables, which say how long its pages are."""
        lengths = tuple(
            bound_page(variables[name]) if name in variables else UNSAID
            for name in document.page_variables
        )
        known = document.sized.get(lengths)
        if known is None:
            known = self._measured(document, variables)
            if known.errors:
                return known
            if len(document.sized) >= MOST_SIZES:
                document.sized.clear()
            document.sized[lengths] = known
        return known

    def _measured(self, document: QueryDocument, variables: Mapping[str, object]) -> QueryDocument:
        assert document.parsed is not None  # noqa: S101 - what is kept was parsed
        found = measure_document(self._schema, document.parsed, variables, self.limits)
        if found.over:
            errors = [_too_much(said) for said in found.over]
            return QueryDocument(document.text, document.parsed, errors, found.objects)
        return replace(
            document,
            objects=found.objects,
            verb_weight=found.weight,
            page_variables=found.page_variables,
        )

    def _validated(
        self, parsed: DocumentNode, deprecated: set[DeprecatedUse]
    ) -> Sequence[GraphQLError]:
        found = validate(
            self._schema,
            parsed,
            [*self._rules, deprecated_uses_rule(deprecated)],
            max_errors=MOST_ERRORS,
            hide_suggestions=not (self.introspection and self._hints),
        )
        return found if self.introspection else mask_errors(found)

    def _keep(self, document: QueryDocument, *, anonymous: bool) -> None:
        """Keep what may run and comes again: texts that come once would drive out all others.

        Refused texts are read again, and their callers pay for it.
        """
        most = self.limits.cached_bytes
        if anonymous or document.errors or document.weight > most // SHARE:
            return
        mark = _document_mark(document.text)
        if self._uses.count(mark) == 1:
            return
        if mark not in self._kept:
            self._kept[mark] = replace(document, tokens=0), document.weight
            self.kept_bytes += document.weight
        while self.kept_bytes > most:
            _, (_, weight) = self._kept.popitem(last=False)
            self.kept_bytes -= weight


def mask_errors(errors: Sequence[GraphQLError]) -> list[GraphQLError]:
    """Say where a document does not fit the schema, and nothing of what the schema holds."""
    said = "The document does not fit the schema of this API at the places that are named."
    known = [one for one in errors if (one.extensions or {}).get("code") == TOO_MUCH["code"]]
    if known:
        return known
    nodes = [node for one in errors for node in one.nodes or ()]
    return [GraphQLError(said, nodes, extensions={"code": "INVALID_DOCUMENT"})] if errors else []


def _unlink_tokens(parsed: DocumentNode) -> None:
    """Take apart the chain of tokens, which nobody walks any more.

    It is a ring of thousands of objects, which the garbage collector alone could free.
    """
    token = parsed.loc.start_token if parsed.loc else None
    while token is not None:
        following = token.next
        token.prev = token.next = None
        token = following


def _without_name(node: OperationDefinitionNode) -> OperationDefinitionNode:
    return OperationDefinitionNode(
        operation=node.operation,
        variable_definitions=node.variable_definitions,
        directives=node.directives,
        selection_set=node.selection_set,
    )


def _refuse_document(text: str, said: str) -> QueryDocument:
    return QueryDocument(text[:SHORT], None, [_too_much(said)])


def _too_much(said: str) -> GraphQLError:
    return GraphQLError(said, extensions=dict(TOO_MUCH))


def _document_mark(text: str) -> bytes:
    return sha256(text.encode(errors="surrogatepass")).digest()
