"""What a key may do follows from its scopes, and no scope holds what is for people alone."""

from datetime import timedelta
from typing import Any

import pytest

from domain.access import Action, Resource, ResourceKind, may
from domain.api_keys import SCOPE_RIGHTS, ApiKey, KeyOrder, KeyScope, Rung, partner_name
from domain.errors import InvalidInput
from domain.ids import GarageId, KeyId, PersonId
from tests.domain.samples import NOW, PUNE

DELHI = GarageId("garage_delhi")
ORDER = KeyOrder(
    partner="fleet-pune",
    name="Fleet",
    scopes=(KeyScope.READ_CARDS, KeyScope.WRITE_TICKETS),
    garages=(PUNE,),
    rung=Rung.ID_ONLY,
    lifetime=timedelta(days=90),
)


def key(*scopes: KeyScope, garages: tuple[GarageId, ...] | None = (PUNE,)) -> ApiKey:
    return ApiKey(
        id=KeyId("k"),
        prefix="abcdefgh",
        partner=ORDER.partner,
        name=ORDER.name,
        scopes=scopes,
        garages=garages,
        rung=ORDER.rung,
        made_by=PersonId("boss"),
        made_at=NOW,
        expires_at=NOW + timedelta(days=90),
    )


def test_scopes_are_the_rights() -> None:
    actor = key(KeyScope.READ_CARDS, KeyScope.WRITE_TICKETS).actor()
    rights = {
        (kind, action)
        for kind in ResourceKind
        for action in Action
        if may(actor, action, Resource(kind=kind, garage=PUNE))
    }
    assert rights == {
        (ResourceKind.CARD, Action.READ),
        (ResourceKind.TICKET, Action.CREATE),
        (ResourceKind.TICKET, Action.UPDATE),
    }


def test_no_scope_holds_what_is_for_people() -> None:
    held = {right for rights in SCOPE_RIGHTS.values() for right in rights}
    assert SCOPE_RIGHTS.keys() == set(KeyScope)
    assert {kind for kind, _ in held}.isdisjoint({ResourceKind.EMPLOYEE, ResourceKind.SETTING})
    assert {action for _, action in held} <= {
        *(Action.READ, Action.CREATE, Action.UPDATE, Action.EXPORT),
    }


def test_other_garages_are_not_the_keys() -> None:
    actor = key(KeyScope.READ_TICKETS).actor()
    assert not may(actor, Action.READ, Resource(kind=ResourceKind.TICKET, garage=DELHI))
    every = key(KeyScope.READ_TICKETS, garages=None)
    assert may(every.actor(), Action.READ, Resource(kind=ResourceKind.TICKET, garage=DELHI))
    narrowed = every.actor(PUNE)
    assert not may(narrowed, Action.READ, Resource(kind=ResourceKind.TICKET, garage=DELHI))


@pytest.mark.parametrize(
    ("garages", "named"), [((PUNE,), DELHI), ((PUNE, DELHI), None), (None, "nonsense")]
)
def test_unclear_garage_is_refused(garages: tuple[GarageId, ...] | None, named: str | None) -> None:
    with pytest.raises(InvalidInput):
        key(KeyScope.READ_TICKETS, garages=garages).actor(named)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"scopes": ()}, "scopes"),
        ({"garages": ()}, "garages"),
        ({"garages": (PUNE,) * 101}, "garages"),
        ({"lifetime": timedelta(0)}, "days"),
        ({"lifetime": timedelta(days=401)}, "days"),
    ],
)
def test_orders_are_bounded(said: dict[str, Any], field: str) -> None:
    whole: dict[str, Any] = {name: getattr(ORDER, name) for name in KeyOrder.__dataclass_fields__}
    with pytest.raises(InvalidInput) as refused:
        KeyOrder(**whole | said)
    assert refused.value.field == field


@pytest.mark.parametrize("name", ["", "-", "Fleet", "a b", "a" * 65, "ﬂeet", "a\u200bb_c"])
def test_partner_is_spelt_plainly(name: str) -> None:
    with pytest.raises(InvalidInput):
        partner_name(name)
