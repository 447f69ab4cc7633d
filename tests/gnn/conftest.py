"""One thread for torch: beside other workers more of them only wait. A network for all."""

from pathlib import Path

import pytest
import torch

from gnn.fit import FitPlan
from gnn.model_file import write_model
from gnn.ticket_learner import TicketLearner, TicketStudy, fit_tickets
from gnn.ticket_network import TicketNetwork
from tests.gnn.small_worlds import small_world

torch.set_num_threads(1)


def small_network(study: TicketStudy) -> TicketNetwork:
    return study.network(0, width=16, path_width=8)


@pytest.fixture(scope="session")
def study() -> TicketStudy:
    return TicketStudy.of(small_world(1, repairs=120))


@pytest.fixture(scope="session")
def fitted(study: TicketStudy, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a network that was fitted to the study."""
    folder = tmp_path_factory.mktemp("tickets")
    plan = FitPlan(epochs=40, rate=2e-2, decay=0.97, patience=40)
    learner = TicketLearner(small_network(study), study, torch.device("cpu"))
    write_model(folder, fit_tickets(learner, plan, folder, lambda _: None))
    return folder
