"""The input and output of every evaluator: a `Context` in, `Firings` out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.book.calendar.business_clock import Clock
from engine.language.conditions import Ref, Value


@dataclass(frozen=True, slots=True)
class Context:
    """Everything known of one prospect at ``now`` (seconds since 1970 UTC).

    ``facts`` maps the ids of known given and measured facts to their values, defaults included. A
    derived fact among them was set by a test case or a program and is not evaluated. ``clock``
    computes business time in the prospect's zone.
    """

    facts: Mapping[str, Value]
    now: int
    clock: Clock


@dataclass(frozen=True, slots=True)
class Firings:
    """Which rules fired, ids in playbook order.

    ``derived``: every derived fact that is known. ``evidence``: for each considered cause, the ids
    of its evidence that fired. ``confidence``: of every cause, 0.0 where it is not considered.
    ``diagnosed``: the considered causes at or above the diagnosis level. ``applicable``: actions
    whose `when` certainly holds. ``guards``: those that hold back the actions they block.
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
    """Return the value that conditions read once all rules have fired, or None if it is unknown.

    Args:
        context: The facts that are not derived.
        firings: The conclusions, among them derived facts.
        subject: The name to look up.
    """
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
