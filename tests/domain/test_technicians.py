"""Who may take a ticket, and in which order they are suggested."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ids import PersonId
from domain.technicians import Certification, Technician, TechnicianCandidate, suitable_technicians
from tests.domain.samples import PUNE


def candidate(
    name: str, certification: Certification, load: int, *, skilled: bool
) -> TechnicianCandidate:
    person = Technician(id=PersonId(name), garage=PUNE, certification=certification)
    return TechnicianCandidate(technician=person, skilled=skilled, load=load)


CANDIDATES = st.lists(
    st.builds(
        candidate,
        st.text("abc", min_size=1, max_size=4),
        st.sampled_from(Certification),
        st.integers(0, 9),
        skilled=st.booleans(),
    ),
    unique_by=lambda one: one.technician.id,
)


@pytest.mark.row("GA-3")
@given(CANDIDATES)
def test_high_voltage_is_suggested_to_the_certified_alone(
    candidates: list[TechnicianCandidate],
) -> None:
    found = suitable_technicians(candidates, high_voltage=True)
    assert {one.technician.certification for one in found} <= {Certification.HIGH_VOLTAGE}
    assert len(found) == sum(
        one.technician.certification is Certification.HIGH_VOLTAGE for one in candidates
    )


@given(CANDIDATES)
def test_other_work_is_suggested_to_everybody(candidates: list[TechnicianCandidate]) -> None:
    found = suitable_technicians(candidates, high_voltage=False)
    assert sorted(one.technician.id for one in found) == sorted(
        one.technician.id for one in candidates
    )


def test_skill_comes_before_leisure() -> None:
    plain = Certification.GENERAL
    busy = candidate("a", plain, 5, skilled=True)
    idle = candidate("b", plain, 0, skilled=False)
    less_busy = candidate("c", plain, 2, skilled=True)
    also_idle = candidate("aa", plain, 0, skilled=False)
    found = suitable_technicians([idle, busy, also_idle, less_busy], high_voltage=False)
    assert found == [less_busy, busy, also_idle, idle]
