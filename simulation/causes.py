"""What is really broken: latent failures, each of several causes, which no model is told.

A failure is the trouble of one component; its causes are those of the shipped cards and invented
ones: something that happened (`agents.yaml`) to the component.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from domain.cards import FailureCard, FailureMode, Humidity
from domain.codes import SAE
from domain.ids import CardId
from domain.vehicles import slug
from simulation.settings import WorldSettings
from simulation.trade import Trade

AGENTS: tuple[dict[str, Any], ...] = tuple(
    yaml.safe_load(Path(__file__).with_name("agents.yaml").read_text(encoding="utf-8"))
)
SEVERITIES = ("low", "medium", "high", "critical")
HOT, COLD = 35, 5
SHOWN_BY_MODE = {
    FailureMode.WATER_INGRESS: "rain",
    FailureMode.CORROSION: "rain",
    FailureMode.OVERHEATING: "heat",
    FailureMode.WEAR: "age",
    FailureMode.DEGRADATION: "age",
    FailureMode.INTERMITTENT_CONTACT: "bumps",
    FailureMode.FRACTURE: "bumps",
    FailureMode.SOFTWARE_FAULT: "service",
}


class CauseKind(StrEnum):
    """SHIPPED has a shipped card; INVENTED gets cards of the field in time; UNKNOWN never gets one.

    AFTER_RELEASE is what a shipped card's fix no longer mends since a firmware release.
    """

    SHIPPED = "shipped"
    INVENTED = "invented"
    UNKNOWN = "unknown"
    AFTER_RELEASE = "after_release"


@dataclass(frozen=True, slots=True, kw_only=True)
class LatentCause:
    """One cause of a failure.

    Attributes:
        failure: the failure that it is a cause of: its component.
        codes: keys, as cards have them.
        models: ids of the models that have it most.
        circumstances: words of `spoken.yaml` for when it shows.
        words, fix: as a card says them.
        seen: how a report lets it show through: two in English, Hinglish, Hindi.
        fix_rate: chance that a good technician's right fix holds.
        ease: chance that a good technician finds it without a card.
        begins: the day from which on it is there; what is new in the year has no card before.
    """

    id: str
    kind: CauseKind
    failure: str
    symptoms: tuple[str, ...]
    codes: tuple[str, ...]
    models: tuple[str, ...]
    circumstances: tuple[str, ...]
    words: str
    fix: str
    seen: tuple[str, ...]
    mode: str
    severity: str
    minutes: int
    parts: tuple[str, ...]
    card: CardId | None
    fix_rate: float
    ease: float
    begins: float = 0.0


def make_causes(trade: Trade, settings: WorldSettings) -> tuple[LatentCause, ...]:
    """Give the shipped causes, then the invented ones, then those that no card will know."""
    chance = settings.chance("causes")
    shipped = tuple(_shipped_cause(card, chance) for card in trade.cards)
    return shipped + _invented_causes(trade, settings, chance)


def after_release(cause: LatentCause) -> LatentCause:
    """Give what looks like a cause and is another: the old fix no longer holds."""
    return replace(
        cause,
        id=f"{cause.id}:after_release",
        kind=CauseKind.AFTER_RELEASE,
        words=f"{cause.words}; since the new firmware its limits have to be taught as well",
        fix=f"{cause.fix} Then teach the new firmware's limits and clear its counters.",
        card=None,
        fix_rate=0.9,
        ease=0.45,
    )


def _shipped_cause(card: FailureCard, chance: np.random.Generator) -> LatentCause:
    models = dict.fromkeys(slug(v.make or "", v.model or "") for v in card.vehicles)
    mode = card.signature.failure_mode
    return LatentCause(
        id=card.id,
        kind=CauseKind.SHIPPED,
        failure=card.signature.component or "vehicle",
        symptoms=card.signature.symptoms,
        codes=tuple(card.signature.error_codes),
        models=tuple(models),
        circumstances=_circumstances(card),
        words=card.cause.primary or card.title,
        fix=card.resolution.steps[-2].action if len(card.resolution.steps) > 1 else card.title,
        seen=(),
        mode=str(mode or FailureMode.DEGRADATION),
        severity=str(card.signature.severity),
        minutes=card.resolution.labour_minutes or 60,
        parts=tuple(used.part for used in card.resolution.parts),
        card=card.id,
        fix_rate=float(chance.uniform(0.8, 0.97)),
        ease=float(chance.uniform(0.25, 0.75)),
    )


def _circumstances(card: FailureCard) -> tuple[str, ...]:
    found: list[str] = []
    around = card.signature.environment
    if around is not None:
        found += ["rain"] * (around.humidity is Humidity.HIGH)
        found += ["heat"] * (around.high_c is not None and around.high_c > HOT)
        found += ["cold"] * (around.high_c is not None and around.high_c < COLD + HOT / 2)
    mode = card.signature.failure_mode
    if not found and mode in SHOWN_BY_MODE:
        found.append(SHOWN_BY_MODE[mode])
    return tuple(found) or ("load",)


def _invented_causes(
    trade: Trade, settings: WorldSettings, chance: np.random.Generator
) -> tuple[LatentCause, ...]:
    invention = Invention(trade)
    wanted = settings.invented + settings.unknown
    pairs = [(part, agent) for part in sorted(invention.symptoms) for agent in range(len(AGENTS))]
    chosen = chance.permutation(len(pairs))[:wanted]
    new = chance.random(wanted) < settings.emerging
    begins = np.where(new, chance.uniform(0, settings.days, wanted), 0.0)
    made = [
        invention.cause(
            pairs[at][0],
            AGENTS[pairs[at][1]],
            CauseKind.INVENTED if n < settings.invented else CauseKind.UNKNOWN,
            chance,
        )
        for n, at in enumerate(chosen)
    ]
    return tuple(replace(one, begins=float(day)) for one, day in zip(made, begins, strict=True))


class Invention:
    """Makes causes of a component and an agent, out of the trade's own symptoms and codes."""

    def __init__(self, trade: Trade) -> None:
        self._trade = trade
        own = trade.grouped((s.code, s.component) for s in trade.symptoms)
        families = trade.grouped(
            (s.code, trade.family(s.component)) for s in trade.symptoms if s.component
        )
        self.symptoms = {
            one.id: (own.get(one.id, ()), families[trade.family(one.id)])
            for one in trade.components
            if trade.family(one.id) in families
        }
        self._codes = trade.grouped((str(c.key), c.component) for c in trade.codes)
        self._family_codes = trade.grouped(
            (str(c.key), trade.family(c.component)) for c in trade.codes if c.component
        )
        self._parts = trade.grouped((p.id, p.component) for p in trade.parts)
        self._models = trade.grouped((m.id, m.category) for m in trade.models)

    def cause(
        self, component: str, agent: dict[str, Any], kind: CauseKind, chance: np.random.Generator
    ) -> LatentCause:
        name = self._trade.names[component].lower()
        return LatentCause(
            id=f"{component}:{agent['id']}",
            kind=kind,
            failure=component,
            symptoms=self._shown(component, chance),
            codes=_some(self._may_raise(component), chance, most=2, least=0),
            models=self._sold(chance),
            circumstances=tuple(agent["fits"]),
            words=agent["cause"].format(c=name),
            fix=agent["fix"].format(c=name),
            seen=tuple(agent["seen"]),
            mode=agent["mode"],
            severity=str(chance.choice(SEVERITIES, p=(0.2, 0.45, 0.27, 0.08))),
            minutes=int(agent["minutes"]),
            parts=_some(self._parts.get(component, ()), chance, most=2, least=0),
            card=None,
            fix_rate=float(chance.uniform(0.78, 0.97)),
            ease=float(chance.uniform(0.25, 0.75)),
        )

    def _may_raise(self, component: str) -> tuple[str, ...]:
        """Give the codes of a component; where it has none, the shared ones of its subsystem."""
        family = self._trade.family(component)
        shared = tuple(c for c in self._family_codes.get(family, ()) if c.startswith(SAE))
        return self._codes.get(component) or shared

    def _shown(self, component: str, chance: np.random.Generator) -> tuple[str, ...]:
        own, family = self.symptoms[component]
        near = _some(own, chance, most=2, least=1) if own else ()
        return tuple(dict.fromkeys(near + _some(family, chance, most=2, least=0 if near else 1)))

    def _sold(self, chance: np.random.Generator) -> tuple[str, ...]:
        categories = sorted(self._models)
        sizes = np.array([len(self._models[c]) for c in categories], dtype=float)
        category = categories[int(chance.choice(len(categories), p=sizes / sizes.sum()))]
        return _some(self._models[category], chance, most=6, least=1)


def _some(
    things: Sequence[str], chance: np.random.Generator, *, most: int, least: int
) -> tuple[str, ...]:
    count = int(chance.integers(least, min(most, len(things)) + 1)) if things else 0
    chosen = sorted(chance.permutation(len(things))[:count].tolist())
    return tuple(str(things[at]) for at in chosen)
