"""Ids: the layout of UUIDv7, their order, and the forms that are taken."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import ids
from domain.errors import InvalidInput

MOMENT = datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC)
PARSERS = {
    "card": (ids.card_id, "fc_"),
    "ticket": (ids.ticket_id, "tkt_"),
    "garage": (ids.garage_id, "garage_"),
    "vehicle": (ids.vehicle_id, "veh_"),
    "person": (ids.person_id, "p"),
}


def test_uuid7_of_the_standard() -> None:
    # RFC 9562, appendix A.6: 2022-02-22 19:22:22 UTC, rand_a 0xCC3, rand_b 0x18C4DC0C0C07398F.
    made = ids.uuid7(MOMENT, 0xCC3 << 62 | 0x18C4DC0C0C07398F)
    assert str(made) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


@given(
    st.datetimes(datetime(1970, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis wants naive bounds
    st.integers(0, (1 << 128) - 1),
)
def test_uuid7_keeps_version_and_time(now: datetime, randomness: int) -> None:
    made = ids.uuid7(now, randomness)
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 == int(now.timestamp() * 1000)


@given(st.integers(0, (1 << 74) - 1), st.integers(0, (1 << 74) - 1), st.integers(1, 10**9))
def test_uuid7_sorts_by_time(one: int, other: int, later: int) -> None:
    first = ids.uuid7(MOMENT, one)
    second = ids.uuid7(MOMENT + timedelta(milliseconds=later), other)
    assert str(first) < str(second)


@pytest.mark.row("CA-1")
@pytest.mark.parametrize("kind", PARSERS)
def test_well_formed_ids_stand(kind: str) -> None:
    parse, prefix = PARSERS[kind]
    assert parse(f"{prefix}Abc_1-2") == f"{prefix}Abc_1-2"


@pytest.mark.row("CA-1")
@pytest.mark.parametrize("kind", PARSERS)
@pytest.mark.parametrize("tail", ["", "a b", "abc\n", "ab'c", "बैटरी", "x" * 65])
def test_malformed_ids_are_refused(kind: str, tail: str) -> None:
    parse, prefix = PARSERS[kind]
    with pytest.raises(InvalidInput, match="does not have the form"):
        parse(prefix + tail)


@pytest.mark.row("CA-1")
@pytest.mark.parametrize("value", ["bms_drift", "FC_bms", "fc_ab", "xfc_abc"])
def test_card_id_starts_with_fc(value: str) -> None:
    with pytest.raises(InvalidInput, match="card id"):
        ids.card_id(value)


@pytest.mark.parametrize(
    "value",
    [
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398f",
        "017F22E279B07CC398C4DC0C0C07398F",
        "urn:uuid:017f22e2-79b0-7cc3-98c4-dc0c0c07398f",
    ],
)
def test_operation_id_is_canonical(value: str) -> None:
    assert ids.operation_id(value) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


@pytest.mark.parametrize("value", ["", "7", "not-a-uuid", "017f22e2-79b0-7cc3-98c4-dc0c0c07398"])
def test_operation_id_is_a_uuid(value: str) -> None:
    with pytest.raises(InvalidInput, match="operationId: is not a UUID"):
        ids.operation_id(value)


@pytest.mark.parametrize(
    "value",
    [
        ids.uuid7(MOMENT - timedelta(days=400), 1),
        ids.uuid7(MOMENT + ids.LEAP, 1),
        UUID("f1e2d3c4-0000-4000-8000-000000000000"),
        UUID(int=7),
    ],
)
def test_ids_of_any_age_are_taken(value: UUID) -> None:
    assert ids.demand_timely(value, MOMENT) == value


@pytest.mark.parametrize(
    "value",
    [
        ids.uuid7(MOMENT + ids.LEAP + timedelta(milliseconds=1), 1),
        UUID("ffffffff-ffff-7fff-bfff-ffffffffffff"),
        UUID("ffffffff-ffff-ffff-ffff-ffffffffffff"),
        UUID("ffffffff-ffff-9fff-bfff-ffffffffffff"),
        UUID("ffffffff-ffff-7fff-ffff-ffffffffffff"),
    ],
)
def test_ids_of_the_future_are_refused(value: UUID) -> None:
    with pytest.raises(InvalidInput, match="operationId: tells a time in the future"):
        ids.demand_timely(value, MOMENT)


@pytest.mark.parametrize(
    "told",
    ["MH12AB1234", "mh_12_ab_1234", "of-Asha-9876543210", "MA3EYD32S00123456", "AAPPV8261K"],
)
def test_a_chosen_id_tells_nobody(told: str) -> None:
    for parse, prefix in ((ids.vehicle_id, "veh_"), (ids.bay_id, "bay_")):
        with pytest.raises(InvalidInput, match="tells nothing"):
            parse(prefix + told)


@pytest.mark.parametrize(
    "made",
    [
        "0193a9f7-9876-7543-9210-987654321012",
        "9876543210abcdef9876543210abcdef",
        "sim_1-7_0000042",
        "blue_450X_2024",
        "frame-0042",
    ],
)
def test_an_id_that_tells_nothing_stands(made: str) -> None:
    assert ids.vehicle_id(f"veh_{made}") == f"veh_{made}"
