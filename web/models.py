"""The learned models as this house opens them."""

import logging

from domain.errors import BrokenModel
from domain.model_runs import ModelKind
from gnn.artefacts import ArtefactStore
from gnn.live_models import LiveModels
from gnn.model_kinds import KINDS
from records.model_runs import ModelRunStore
from web.local.home import StoreHome
from web.settings import Settings

log = logging.getLogger("battwheels.models")


def artefact_store(settings: Settings) -> ArtefactStore:
    """Give where trained models are kept: a folder of the home."""
    return ArtefactStore(StoreHome.at(settings.home).folder("models"))


def open_models(settings: Settings, runs: ModelRunStore, embedding: str) -> LiveModels:
    return LiveModels(runs, artefact_store(settings), KINDS, embedding, _tell_broken)


def _tell_broken(kind: ModelKind, broken: BrokenModel | None) -> None:
    if broken is None:
        log.info("model serves again", extra={"kind": kind})
    else:
        log.error("model cannot serve", extra={"kind": kind, "because": broken.reason})
