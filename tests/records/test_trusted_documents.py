"""Registered documents in the records: manifests that come at once, what a partner may have."""

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest

from domain.deeds import SettingsOperation
from domain.errors import InvalidInput
from domain.ids import OperationId, PersonId
from domain.trusted_documents import OperationKind, TrustedDocument, document_id
from records.audit_trail import AuditTrail
from records.database import Records
from records.trusted_documents import TrustedDocumentStore
from tests.records.samples import START
from tests.records.test_audit_trail import WRITER


def document(n: int) -> TrustedDocument:
    text = f"query Q{n} {{ __typename }}"
    return TrustedDocument(
        partner="fleet",
        id=document_id(text),
        name=f"Q{n}",
        text=text,
        kind=OperationKind.QUERY,
        objects=1,
        deprecated=(),
        scopes=("nothing",),
        registered_by=PersonId("boss"),
        registered_at=START,
    )


def operation() -> SettingsOperation:
    return SettingsOperation(id=OperationId(str(uuid4())), by=None, at=START)


async def test_manifests_at_one_time_wait_for_each_other(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In any order of their documents, and none has more than a partner may."""
    monkeypatch.setattr("records.trusted_documents.MOST_OF_PARTNER", 150)
    store, sent = TrustedDocumentStore(records, WRITER), [document(n) for n in range(100)]
    more = [document(n) for n in range(90, 151)]
    manifests = [sent, sent[::-1], more, more[::-1], [*more[:20], *sent[:20]]]
    told = await asyncio.gather(
        *(store.register("fleet", one, operation()) for one in manifests), return_exceptions=True
    )
    refused = [type(one) for one in told if isinstance(one, BaseException)]
    assert set(refused) <= {InvalidInput}
    kept = await store.page("fleet", first=1_000)
    assert len(kept) <= 150
    trail = await AuditTrail(records).page(9)
    assert len(trail) == 5 - len(refused)
    assert sum(int(str((deed.new_value or {})["new"])) for deed in trail) == len(kept)


async def test_another_manifest_under_an_old_id_is_another_deed(records: Records) -> None:
    store, done = TrustedDocumentStore(records, WRITER), operation()
    for sent in ([document(1)], [document(1)], [document(2)]):
        await store.register("fleet", sent, done)
    told = await AuditTrail(records).page(9)
    assert [(deed.new_value or {})["new"] for deed in told] == [1, 1]


async def test_one_id_of_two_partners_is_two_documents(records: Records) -> None:
    store = TrustedDocumentStore(records, WRITER)
    theirs = replace(document(1), partner="other", name="Theirs")
    await store.register("fleet", [document(1)], operation())
    await store.register("other", [theirs], operation())
    assert await store.named("fleet", [document(1).id]) == [document(1)]
    assert await store.named("other", [document(1).id]) == [theirs]
    assert await store.text("nobody", document(1).id) is None


async def test_those_are_counted_that_were_there(records: Records) -> None:
    store, done = TrustedDocumentStore(records, WRITER), operation()
    await store.register("fleet", [document(1), document(2)], operation())
    named = [document(n).id for n in (1, 3)]
    assert await store.remove("fleet", named, done) == 1
    await store.register("fleet", [document(1)], operation())
    # What was done already is not done to what came since.
    assert await store.remove("fleet", named, done) == 0
    assert {one.id for one in await store.page("fleet", first=3)} == {
        document(1).id,
        document(2).id,
    }
