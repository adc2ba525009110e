"""What evaluators take and return: a situation in, firings out. The same for every evaluator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.book.calendar.calendar import Clock
from engine.language.conditions import Ref, Value


@dataclass(frozen=True, slots=True)
class Context:
    """All that is known of one prospect at ``now`` (seconds since 1970 UTC).

    ``facts`` holds given and measured facts, defaults included; an unknown one is not there. A
    derived fact that stands here was set by hand and is taken as it is. ``clock`` tells business
    time in the prospect's zone.
    """

    facts: Mapping[str, Value]
    now: int
    clock: Clock


@dataclass(frozen=True, slots=True)
class Firings:
    """Which rules fired, ids in playbook order.

    ``derived``: every derived fact that is known. ``evidence``: for each considered cause, the ids
    that fired; ``confidence``: of every cause, 0.0 where it is not considered. ``diagnosed``: the
    considered causes at or above the diagnosis level. ``applicable``: actions whose `when`
    certainly holds. ``guards``: those that hold back what they block.
    """

    derived: Mapping[str, bool]
    thresholds: tuple[str, ...]
    signals: tuple[str, ...]
    evidence: Mapping[str, tuple[str, ...]]
    confidence: Mapping[str, float]
    diagnosed: tuple[str, ...]
    applicable: tuple[str, ...]
    guards: tuple[str, ...]

    @property
    def dark(self) -> bool:
        """Whether at least one threshold has passed."""
        return bool(self.thresholds)


def value_in(context: Context, firings: Firings, subject: Ref) -> Value | None:
    """Return the value of a condition's subject once all rules have fired, or None if unknown."""
    match subject.kind:
        case "fact" | "column":
            found = context.facts.get(subject.id)
            return firings.derived.get(subject.id) if found is None else found
        case "signal":
            return subject.id in firings.signals
        case "cause":
            return firings.confidence[subject.id]
        case "dark":
            return firings.dark
        case "cause_known":
            return bool(firings.diagnosed)
