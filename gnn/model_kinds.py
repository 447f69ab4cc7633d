"""The kinds of models that are trained and served here, each imported when it is asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from domain.model_runs import ModelKind
from gnn.artefacts import Artefact
from gnn.recipes import TrainingRecipe, TrainingTools


@dataclass(frozen=True, slots=True, kw_only=True)
class KindPlace:
    """Where a kind is written, as `module:name` of two functions.

    Attributes:
        recipe: gives the recipe of a training, out of `TrainingTools`.
        reader: gives what serves, out of an artefact and the sentence model at hand; it raises
            BrokenModel for all that it cannot read.
    """

    recipe: str
    reader: str

    def build_recipe(self, tools: TrainingTools) -> TrainingRecipe[Any, Any]:
        return _named(self.recipe)(tools)

    def read_model(self, artefact: Artefact, embedding: str) -> object:
        return _named(self.reader)(artefact, embedding)


KindPlaces = Mapping[ModelKind, KindPlace]
KINDS: KindPlaces = {
    ModelKind.CLASSIFIER: KindPlace(
        recipe="gnn.symptom_recipe:symptom_recipe", reader="gnn.symptom_classifier:read_classifier"
    ),
    ModelKind.RANKER: KindPlace(
        recipe="gnn.ranker_recipe:build_ranker", reader="gnn.ranker_recipe:read_ranker"
    ),
    ModelKind.NETWORK: KindPlace(
        recipe="gnn.ticket_recipe:ticket_recipe", reader="gnn.ticket_recipe:read_network"
    ),
}


def _named(place: str) -> Callable[..., Any]:
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)
