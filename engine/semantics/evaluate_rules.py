"""The definition: what a playbook means for one prospect at one instant.

Every other evaluator must give the same firings. It follows the language's own order of layers and
judges every condition it comes to in full. Evidence is looked at for causes that are considered.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.language.conditions import Condition, Ref, Value
from engine.language.model import Cause, Guard, Playbook, Threshold
from engine.semantics.dependencies import strata
from engine.semantics.evaluate_conditions import Kleene, evaluate
from engine.semantics.firings import Context, Firings


class ReferenceEvaluator:
    """The reference evaluator of one playbook."""

    name = "meaning"

    def __init__(self, playbook: Playbook) -> None:
        self._playbook = playbook
        self._order = tuple(name for layer in strata(playbook) for name in layer)

    def evaluate(self, context: Context) -> Firings:
        """The firings of ``context``."""
        chain = ForwardChaining(self._playbook, context)
        for name in self._order:
            chain.conclude(name)
        return chain.firings()


class ForwardChaining:
    """One forward chain over one situation: conclusions are drawn in layer order and kept."""

    def __init__(self, playbook: Playbook, context: Context) -> None:
        self._playbook = playbook
        self._situation = context
        self._derived: dict[str, Kleene] = {}
        self._fired: dict[str, bool] = {}
        self._evidence: dict[str, tuple[str, ...]] = {}
        self._confidence: dict[str, float] = {}

    def truth(self, condition: Condition) -> Kleene:
        """The truth of ``condition`` given what is concluded so far."""
        return evaluate(condition, self.value_of, self._situation.now, self._situation.clock)

    def value_of(self, subject: Ref) -> Value | None:
        """The value of a fact or conclusion, None where it is unknown."""
        match subject.kind:
            case "fact" | "column":
                found = self._situation.facts.get(subject.id)
                return self._derived.get(subject.id) if found is None else found
            case "cause":
                return self._confidence[subject.id]
            case "dark" | "cause_known":
                return self._fired[subject.kind]
            case "signal":
                return self._fired[str(subject)]

    def conclude(self, name: str) -> None:
        """Draw the conclusion called ``name``; what feeds it has been concluded before."""
        section, _, rule = name.partition(".")
        playbook = self._playbook
        match section:
            case "facts":
                when = playbook.facts[rule].when
                if when is not None and rule not in self._situation.facts:
                    self._derived[rule] = self.truth(when)
            case "dark" if rule:
                self._fired[name] = self._passed(playbook.thresholds[rule])
            case "dark":
                self._fired[name] = any(self._fired[f"dark.{id}"] for id in playbook.thresholds)
            case "signals":
                self._fired[name] = self.truth(playbook.signals[rule].when) is True
            case "causes":
                self._weigh(playbook.causes[rule])
            case "cause_known":
                self._fired[name] = bool(self._diagnosed())
            case "actions":
                self._fired[name] = self.truth(playbook.actions[rule].when) is True
            case _:
                self._fired[name] = self._holds_back(playbook.guards[rule])

    def _passed(self, threshold: Threshold) -> bool:
        began = silence_began(threshold, self._situation)
        if began is None or self.truth(threshold.when) is not True:
            return False
        clock, needed = self._situation.clock, threshold.silent_for
        lasted = clock.elapsed(began, self._situation.now, needed.business)
        return lasted >= needed.seconds(clock.business_day)

    def _weigh(self, cause: Cause) -> None:
        """Confidence = (1 − ∏ (1 − weight)) × ∏ (1 − against) over the evidence that fires."""
        considered = self._fired["dark"] if cause.when is None else self.truth(cause.when) is True
        fired = [item for item in cause.evidence if considered and self.truth(item.when) is True]
        doubt, trust = 1.0, 1.0
        for item in fired:
            if item.weight is not None:
                doubt *= 1.0 - item.weight
            if item.against is not None:
                trust *= 1.0 - item.against
        self._confidence[cause.id] = (1.0 - doubt) * trust
        if considered:
            self._evidence[cause.id] = tuple(item.id for item in fired)

    def _diagnosed(self) -> tuple[str, ...]:
        level = self._playbook.diagnosed_at
        return tuple(
            name
            for name in self._playbook.causes
            if name in self._evidence and self._confidence[name] >= level
        )

    def _holds_back(self, guard: Guard) -> bool:
        holds = self.truth(guard.condition) is True
        return not holds if guard.unless else holds

    def firings(self) -> Firings:
        """All conclusions, once every one is drawn."""
        playbook = self._playbook
        return Firings(
            derived={id: truth for id, truth in self._derived.items() if truth is not None},
            thresholds=self._ids("dark", playbook.thresholds),
            signals=self._ids("signals", playbook.signals),
            evidence={id: self._evidence[id] for id in playbook.causes if id in self._evidence},
            confidence={id: self._confidence[id] for id in playbook.causes},
            diagnosed=self._diagnosed(),
            wanted=self._ids("actions", playbook.actions),
            guards=self._ids("guards", playbook.guards),
        )

    def _ids(self, section: str, rules: Iterable[str]) -> tuple[str, ...]:
        return tuple(id for id in rules if self._fired[f"{section}.{id}"])


def silence_began(threshold: Threshold, context: Context) -> int | None:
    """The instant ``threshold`` counts from: the later of `since`, where it is known, and
    `silent_since`; None where the ball is not with them.
    """
    silent = context.facts.get("silent_since")
    if silent is None:
        return None
    return max(int(silent), int(context.facts.get(threshold.since, silent)))
