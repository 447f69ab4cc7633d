"""What was made by the simulator and never happened: it is marked wherever it is shown.

The mark is the garage's id, so that nothing of a simulated garage can lose it: no column says it,
and no copy forgets it.
"""

from domain.ids import GarageId

SIMULATED = "garage_sim_"


def is_synthetic(garage: GarageId | None) -> bool:
    """Say whether a garage, and so whatever happened in it, is simulated."""
    return garage is not None and garage.startswith(SIMULATED)
