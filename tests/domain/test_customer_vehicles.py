"""The one spelling of plates and VINs, and what is typed to find a vehicle."""

import pytest

from domain.customer_vehicles import (
    VehicleIdentity,
    VehicleMark,
    VehicleSearch,
    parse_plate,
    parse_vehicle_search,
    parse_vin,
)
from domain.errors import InvalidInput


@pytest.mark.parametrize(
    ("typed", "mark", "value"),
    [
        ("mh 12-ab 1234", VehicleMark.PLATE, "MH12AB1234"),
        ("22 BH 6517 A", VehicleMark.PLATE, "22BH6517A"),
        ("१२३४", VehicleMark.PLATE_END, "1234"),
        ("ma1ta2 xyz c3d 45678", VehicleMark.VIN, "MA1TA2XYZC3D45678"),
    ],
)
def test_what_is_typed_tells_its_kind(typed: str, mark: VehicleMark, value: str) -> None:
    assert parse_vehicle_search(typed) == VehicleSearch(mark=mark, value=value)


@pytest.mark.parametrize("typed", ["", "123", "Meera", "MA1TA2XYZC3D4567O", "M" * 40])
def test_what_finds_no_vehicle_is_refused(typed: str) -> None:
    for parse in (parse_plate, parse_vin, parse_vehicle_search):
        with pytest.raises(InvalidInput):
            parse(typed)


def test_a_vehicle_is_marked_by_what_is_known() -> None:
    known = VehicleIdentity(plate="MH12AB1234", vin="MA1TA2XYZC3D45678", notes="Dented")
    assert known.marked == {
        VehicleMark.PLATE: "MH12AB1234",
        VehicleMark.PLATE_END: "1234",
        VehicleMark.VIN: "MA1TA2XYZC3D45678",
    }
    assert VehicleIdentity(plate="22BH6517A").marked == {VehicleMark.PLATE: "22BH6517A"}
    assert VehicleIdentity().marked == {}
