"""The inductive network: how well does each card fit a report? A tower, a path head, and their sum.

    tower   what a ticket or a card says, hears from the things that it names, and (a card) from the
            tickets that it was tried on: two vectors of one length, near each other where they fit.
            It scores every card, also one of this minute that no path leads to.
    path    messages from the report alone, over things and old tickets to the cards that helped:
            the memory of the trade, read anew for each report (`gnn.path_network`).
    sum     path + b1(report) where a path leads, b0(report) where none does, + a share of the
            tower. Each head learns by itself, and the share is chosen on the validation side: a
            tower that knows its examples by heart would teach the path to be silent.

After ContextGNN (Yuan and others 2025) with its table of items replaced by a network on what items
say. Tickets and cards have no names of their own; the weights that grow with the data are one row
for each thing (20 % of them are hidden in training, so that an unknown thing is nothing new).
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from gnn.link_graph import Step
from gnn.ngrams import ROWS
from gnn.path_network import PathConfig, PathLayer
from gnn.repair_graph import CLAIMED, RELATIONS, REPORTED, Link, Node
from gnn.ticket_features import CARD_NUMBERS, FIELDS, TICKET_NUMBERS, Bags

KIND = "ticket-network/1"
EDGE_NUMBERS = 2
STEPS = 3
ROUNDS = 2
UNKNOWN = 0
# (what a message leaves, the relation, what it enters); a thing is a node of one type.
Way = tuple[str, str, str]
WAYS: tuple[Way, ...] = (
    *(("thing", kind.value, "ticket") for kind in REPORTED),
    *(("thing", kind.value, "card") for kind in CLAIMED),
    *(("card", kind.value, "thing") for kind in CLAIMED),
    *(("ticket", link.name.lower(), "card") for link in Link),
)
States = dict[str, Tensor]


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketConfig:
    """The shape; `thing_count` counts row 0, which stands for what nobody knows."""

    thing_count: int
    width: int = 64
    path_width: int = 32
    text_dropout: float = 0.1
    thing_dropout: float = 0.2
    dropout: float = 0.1

    def told(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldBatch:
    """What was known at a moment: T old tickets, C cards, M things.

    Attributes:
        texts, numbers: of the tickets; card_texts, card_numbers: of the cards.
        things, thing_kinds: [M] the row of each thing (0: unknown), and its kind.
        edges: for each way [2, e], from and to places in these.
    """

    texts: Bags
    numbers: Tensor
    card_texts: Bags
    card_numbers: Tensor
    things: Tensor
    thing_kinds: Tensor
    edges: dict[Way, Tensor]

    def moved(self, device: torch.device) -> "WorldBatch":
        """Give the same on a device."""
        return _moved(self, device)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedBatch:
    """B reports, and the ways from them to cards.

    Attributes:
        says: for each kind of thing [2, e]: from the thing to the report that names it.
        hops, hop_numbers: three steps from the reports to cards, and [e, 2] of their edges.
        reached, cards: [n] for each pair of the last step that is a card: its place there, and
            report * C + card.
    """

    texts: Bags
    numbers: Tensor
    says: dict[Way, Tensor]
    hops: list[Step]
    hop_numbers: list[Tensor]
    reached: Tensor
    cards: Tensor

    def moved(self, device: torch.device) -> "AskedBatch":
        """Give the same on a device."""
        return _moved(self, device)


def _moved(value: Any, device: torch.device) -> Any:  # noqa: ANN401 - any field of a batch
    match value:
        case Tensor():
            return value.to(device)
        case dict():
            return {name: _moved(one, device) for name, one in value.items()}
        case list():
            return [_moved(one, device) for one in value]
        case WorldBatch() | AskedBatch() | Bags() | Step():
            there = {f.name: _moved(getattr(value, f.name), device) for f in fields(value)}
            return type(value)(**there)
        case _:
            return value


@dataclass(frozen=True, slots=True)
class TicketScores:
    """[B, C] by both heads, by the path head, by the tower, and by the paths (0 where none leads).

    `walked` is what the path head says of every card: of one that no path leads to, that.
    """

    both: Tensor
    walked: Tensor
    tower: Tensor
    path: Tensor


@dataclass(frozen=True, slots=True)
class WorldVectors:
    """What a report is held against: the things after each round, and the cards [C, d]."""

    things: list[Tensor]
    cards: Tensor


def norms_of(width: int) -> nn.ModuleDict:
    """Give the norms of one round."""
    return nn.ModuleDict({name: nn.LayerNorm(width) for name in ("ticket", "card", "thing")})


class Tower(nn.Module, ABC):
    """Two rounds of messages between things, tickets and cards; what was before is kept."""

    norms: nn.ModuleList

    @abstractmethod
    def round(self, number: int, states: States, edges: dict[Way, Tensor]) -> States:
        """Give what each hears in a round."""

    @abstractmethod
    def message(self, number: int, way: Way, source: Tensor, own: Tensor, edge: Tensor) -> Tensor:
        """Give what is heard one way in a round."""

    def spread(self, states: States, edges: dict[Way, Tensor]) -> list[States]:
        """Give the states before the first round and after each."""
        found = [states]
        for number in range(ROUNDS):
            heard = self.round(number, found[-1], edges)
            now = {name: self._after(number, name, own, heard) for name, own in found[-1].items()}
            found.append(now)
        return found

    def hear(self, own: Tensor, things: list[Tensor], says: dict[Way, Tensor]) -> list[Tensor]:
        """Give the states of reports, to whom things speak and who speak to nobody."""
        found = [own]
        for number in range(ROUNDS):
            heard = torch.zeros_like(own)
            for way, edge in says.items():
                heard = heard + self.message(number, way, things[number], found[-1], edge)
            found.append(self._after(number, "ticket", found[-1], {"ticket": heard}))
        return found

    def _after(self, number: int, name: str, own: Tensor, heard: States) -> Tensor:
        norms: Any = self.norms[number]
        return own + functional.relu(norms[name](heard[name]))


class TicketNetwork(nn.Module):
    """Scores cards for reports; `tower`: `gnn.graph_tower` to train, `gnn.mean_tower` to serve."""

    def __init__(self, config: TicketConfig, tower: Tower) -> None:
        super().__init__()
        self.config = config
        self.rarity: Tensor
        self.mix: Tensor
        d, p = config.width, config.path_width
        self.words = nn.Embedding(ROWS, d)
        self.register_buffer("rarity", torch.ones(ROWS))
        self.words_in = nn.LayerNorm(d)
        self.register_buffer("mix", torch.ones(()))
        self.things = nn.Embedding(config.thing_count, d)
        self.thing_kinds = nn.Embedding(len(Node), d)
        self.ticket_in = nn.Sequential(nn.Linear(d + TICKET_NUMBERS, d), nn.LayerNorm(d))
        self.card_in = nn.Sequential(nn.Linear(FIELDS * d + CARD_NUMBERS, d), nn.LayerNorm(d))
        self.tower = tower
        self.ticket_out = nn.Linear(3 * d, d)
        self.card_out = nn.Linear(3 * d, d)
        self.coldness = nn.Parameter(torch.tensor(0.1).log())
        self.dropout = nn.Dropout(config.dropout)
        shape = PathConfig(len(RELATIONS), p, STEPS, dropout=config.dropout)
        self.ask = nn.Linear(d, p)
        self.walk = nn.ModuleList(PathLayer(shape, EDGE_NUMBERS) for _ in range(STEPS))
        self.read = nn.Sequential(nn.Linear(p + d, p), nn.ReLU(), nn.Linear(p, 1))
        self.shift = nn.Linear(d, 2)
        # Small beside a step of the optimizer, so that words move; the norm makes them large.
        nn.init.normal_(self.words.weight, std=0.02)
        nn.init.normal_(self.things.weight, std=0.1)
        nn.init.normal_(self.thing_kinds.weight, std=0.1)

    def forward(self, world: WorldBatch, asked: AskedBatch) -> TicketScores:
        """Give the scores of all cards for each report, [B, C]."""
        return self.scores(self.known(world), asked)

    def known(self, world: WorldBatch) -> WorldVectors:
        """Give what reports of this moment are held against."""
        fields = self.read_texts(world.card_texts).view(-1, FIELDS * self.config.width)  # [C, 3d]
        states = {
            "ticket": self.heard(world.texts, world.numbers),
            "card": self.card_in(torch.cat([fields, world.card_numbers], 1)),
            "thing": self.things(self.named(world.things)) + self.thing_kinds(world.thing_kinds),
        }
        rounds = self.tower.spread(states, world.edges)
        card = torch.cat([one["card"] for one in rounds], 1)  # [C, 3d]
        card = functional.normalize(self.card_out(self.dropout(card)), dim=1)
        return WorldVectors([one["thing"] for one in rounds], card)

    def scores(self, known: WorldVectors, asked: AskedBatch) -> TicketScores:
        """Give the scores of all cards for each report, [B, C]."""
        ticket = self.reports(known, asked)  # [B, d]
        tower = ticket @ known.cards.T / self.coldness.exp()  # [B, C]
        nothing = torch.zeros_like(tower).view(-1)
        led = self.led(ticket, known, asked)  # [n]
        path = nothing.index_copy(0, asked.cards, led).view_as(tower)
        leads = nothing.index_fill(0, asked.cards, 1).view_as(tower)
        far, near = self.shift(ticket).unsqueeze(2).unbind(1)  # [B, 1], [B, 1]
        walked = path + leads * near + (1 - leads) * far  # [B, C]
        return TicketScores(walked + self.mix * tower, walked, tower, path)

    def reports(self, known: WorldVectors, asked: AskedBatch) -> Tensor:
        """Give what the tower makes of reports, [B, d]."""
        rounds = self.tower.hear(self.heard(asked.texts, asked.numbers), known.things, asked.says)
        ticket = self.ticket_out(self.dropout(torch.cat(rounds, 1)))
        return functional.normalize(ticket, dim=1)

    def led(
        self,
        ticket: Tensor,
        known: WorldVectors,
        asked: AskedBatch,
        kept: Sequence[Tensor | None] = (None,) * STEPS,
    ) -> Tensor:
        """Give the path scores [n] of the pairs `asked.cards`; `kept`: as `PathLayer` has it."""
        q = self.ask(ticket)  # [B, p]
        h = q
        steps = zip(self.walk, asked.hops, asked.hop_numbers, kept, strict=True)
        for layer, step, numbers, share in steps:
            h = layer(h, q, step, numbers, share)  # [n, p]
        count = known.cards.shape[0]
        report, card = asked.cards // count, asked.cards % count
        led = torch.cat([h[asked.reached], ticket[report] * known.cards[card]], 1)  # [n, p + d]
        return self.read(led).squeeze(1)

    def heard(self, texts: Bags, numbers: Tensor) -> Tensor:
        """Give what tickets say by themselves [T, d]; some are silent while it learns."""
        words = self.read_texts(texts)
        if self.training:
            kept = torch.rand(len(words), 1, device=words.device) >= self.config.text_dropout
            words = words * kept
        return self.ticket_in(torch.cat([words, numbers], 1))

    def read_texts(self, texts: Bags) -> Tensor:
        """Give texts [t, d]: their pieces, each by how rare it is, and of one length."""
        rare = self.rarity[texts.rows]
        found = functional.embedding_bag(
            texts.rows, self.words.weight, texts.begins, mode="sum", per_sample_weights=rare
        )
        return self.words_in(found)

    def named(self, things: Tensor) -> Tensor:
        """Give the rows of things; some are unknown while it learns."""
        if not self.training:
            return things
        hidden = torch.rand(len(things), device=things.device) < self.config.thing_dropout
        return things.masked_fill(hidden, UNKNOWN)
