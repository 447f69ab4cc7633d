"""What is simulated is known by its garage, and no real garage can be taken for one."""

import pytest

from domain.errors import InvalidInput
from domain.ids import GarageId
from domain.people import parse_garage
from domain.synthetic import is_synthetic


def test_a_simulated_garage_is_known_by_its_id() -> None:
    garages = (GarageId("garage_sim_004"), GarageId("garage_simla"), None)
    assert [is_synthetic(garage) for garage in garages] == [True, False, False]


def test_nobody_makes_a_garage_of_the_simulators() -> None:
    with pytest.raises(InvalidInput, match="garage_sim_… is kept for simulated garages"):
        parse_garage(GarageId("garage_sim_1"), name="A", place="Pune", hours="Mon-Fri 09:00-18:00")
