"""The cards of an emerging defect: what was tried on its repairs, and what names its component."""

from domain.access import Viewer
from domain.defect_alarms import DefectCard
from domain.defects import EmergingDefect
from domain.ids import CardId
from domain.vehicles import name_key
from graph.database import Graph
from graph.queries import named_queries
from graph.visibility import viewer_parameters

QUERIES = named_queries("defects.cypher")
# Of the cards that name a component so many are looked at.
CAP = 200


class DefectCards:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def of(self, defect: EmergingDefect, viewer: Viewer, limit: int) -> list[DefectCard]:
        """Give up to `limit` cards that the viewer may see, those that worked there first."""
        found = await self._graph.entries(
            QUERIES["cards_of_defect"],
            tickets=list(defect.tickets),
            component=defect.component,
            make=name_key(defect.cohort.make),
            cap=CAP,
            limit=limit,
            **viewer_parameters(viewer),
        )
        return [
            DefectCard(card=CardId(row["card"]), uses=row["uses"], worked=row["worked"])
            for row in found
        ]
