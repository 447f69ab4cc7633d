"""The cards of an emerging defect: what was tried on its repairs, and what names its component."""

from collections.abc import Sequence

from domain.access import Viewer
from domain.defect_alarms import DefectCard
from domain.defects import EmergingDefect
from domain.ids import CardId, DefectAlarmId
from domain.vehicles import name_key
from graph.database import Graph, Row
from graph.queries import named_queries
from graph.visibility import viewer_parameters

QUERIES = named_queries("defects.cypher")
# Of the cards that name a component so many are looked at.
CAP = 200


class DefectCards:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def many(
        self, defects: Sequence[EmergingDefect], viewer: Viewer, limit: int
    ) -> dict[DefectAlarmId, list[DefectCard]]:
        """Give for each up to `limit` cards for these eyes, those that worked there first."""
        asked = [
            {
                "id": one.id,
                "tickets": list(one.tickets),
                "component": one.component,
                "make": name_key(one.cohort.make),
            }
            for one in defects
        ]
        found = await self._graph.entries(
            QUERIES["cards_of_defects"],
            defects=asked,
            cap=CAP,
            limit=limit,
            **viewer_parameters(viewer),
        )
        return {DefectAlarmId(row["defect"]): list(map(_card_of, row["cards"])) for row in found}


def _card_of(row: Row) -> DefectCard:
    return DefectCard(card=CardId(row["card"]), uses=row["uses"], worked=row["worked"])
