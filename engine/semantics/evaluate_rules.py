"""The definition of rules: what fires for one prospect at one instant.

Every other evaluator must return the same firings. Rules are evaluated in the order of their
dependencies, every condition in full, and evidence only for causes that are considered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.language.conditions import Condition, Ref, Value
from engine.language.model import Cause, Evidence, Playbook
from engine.language.walk import EvidenceId, RuleId, conditions
from engine.semantics.dependencies import dependencies
from engine.semantics.evaluate_conditions import Kleene, evaluate
from engine.semantics.firings import Context, Firings

_FIRING = ("dark", "signals", "cause_known", "actions", "guards")
"""Sections of conclusions that either fire or do not."""


class ReferenceEvaluator:
    """The evaluator of one playbook that defines the firings of all others."""

    name = "meaning"

    def __init__(self, playbook: Playbook) -> None:
        self._playbook = playbook
        self._order = dependencies(playbook).order
        self._conditions = {at.owner: at.condition for at in conditions(playbook)}

    def evaluate(self, context: Context) -> Firings:
        """Return the firings of ``context``."""
        return self.chain(context).firings()

    def chain(self, context: Context) -> ForwardChaining:
        """Return all conclusions for ``context``."""
        chain = ForwardChaining(self._playbook, context, self._conditions)
        for name in self._order:
            chain.conclude(name)
        return chain


class ForwardChaining:
    """One pass of forward chaining over one context: conclusions are drawn in order and kept.

    ``conditions`` maps the name of every fact, rule and piece of evidence to its condition. An
    evaluator that decides otherwise what fires overrides `fires`, `speaks`, `derive` and `passed`.
    """

    def __init__(
        self,
        playbook: Playbook,
        context: Context,
        conditions: Mapping[RuleId | EvidenceId, Condition],
    ) -> None:
        self._playbook = playbook
        self.context = context
        self._conditions = conditions
        self._derived: dict[str, Kleene] = {}
        self._fired: dict[str, dict[str, bool]] = {section: {} for section in _FIRING}
        self._evidence: dict[str, tuple[str, ...]] = {}
        self._confidence: dict[str, float] = {}

    def value_of(self, ref: Ref) -> Value | None:
        """Return the value of a fact or conclusion, None if it is unknown.

        Raises:
            KeyError: the conclusion has not been drawn yet.
        """
        # Conclusions by index: a wrong order of evaluation must fail, not read unknown.
        match ref.kind:
            case "fact" | "column":
                found = self.context.facts.get(ref.id)
                return self._derived.get(ref.id) if found is None else found
            case "cause":
                return self._confidence[ref.id]
            case "signal":
                return self._fired["signals"][ref.id]
            case "dark" | "cause_known":
                return self._fired[ref.kind][""]

    def truth(self, condition: Condition) -> Kleene:
        """Return the truth of ``condition`` under the conclusions drawn so far."""
        return evaluate(condition, self.value_of, self.context.now, self.context.clock)

    def fires(self, name: RuleId) -> bool:
        """Return whether the condition of the rule ``name`` is certainly true."""
        return self.truth(self._conditions[name]) is True

    def speaks(self, cause: Cause, item: Evidence) -> bool:  # noqa: ARG002 - a hook: others go by name
        """Return whether ``item``, a piece of evidence of ``cause``, fires."""
        return self.truth(item.when) is True

    def derive(self, name: RuleId) -> Kleene:
        """Return the truth of the derived fact ``name``."""
        return self.truth(self._conditions[name])

    def passed(self, name: RuleId) -> bool:
        """Return whether silence has reached the threshold ``name``."""
        threshold = self._playbook.thresholds[name.id]
        began = silence_began(threshold.since, self.context)
        if began is None or not self.fires(name):
            return False
        clock, needed = self.context.clock, threshold.silent_for
        lasted = clock.elapsed(began, self.context.now, needed.business)
        return lasted >= needed.seconds(clock.business_day)

    def revised(self, context: Context, changed: Iterable[str]) -> ForwardChaining:
        """Return a copy for another context in which only what differs is concluded again.

        Args:
            context: What is known now. It may differ in facts only.
            changed: Ids of the facts that differ.
        """
        revised = ForwardChaining(self._playbook, context, self._conditions)
        revised._derived |= self._derived
        for section, fired in self._fired.items():
            revised._fired[section] |= fired
        revised._evidence |= self._evidence
        revised._confidence |= self._confidence
        revised.update(changed)
        return revised

    def update(self, changed: Iterable[str]) -> None:
        """Draw again the conclusions that change because the facts ``changed`` do."""
        graph = dependencies(self._playbook)
        dirty = {RuleId("facts", id) for id in changed}
        for name in graph.fed_by(dirty):
            # Only if something it reads has really changed: most changes do not get that far.
            if not dirty.isdisjoint(graph.graph[name]):
                before = self._concluded(name)
                self.conclude(name)
                if self._concluded(name) != before:
                    dirty.add(name)

    def _concluded(self, name: RuleId) -> object:
        """Return everything that other rules can read of the conclusion ``name``."""
        section, id = name
        match section:
            case "facts":
                return self._derived.get(id)
            case "causes":
                return self._confidence[id], id in self._evidence
            case _:
                return self._fired[section][id]

    def conclude(self, name: RuleId) -> None:
        """Draw the conclusion ``name``; everything that feeds it must be drawn already."""
        section, id = name
        match section:
            case "facts":
                if id not in self.context.facts and self._playbook.facts[id].when is not None:
                    self._derived[id] = self.derive(name)
            case "dark" if id:
                self._fired[section][id] = self.passed(name)
            case "dark":
                fired = self._fired[section]
                fired[id] = any(fired[each] for each in self._playbook.thresholds)
            case "causes":
                self._weigh(name, self._playbook.causes[id])
            case "cause_known":
                self._fired[section][id] = bool(self._diagnosed())
            case "guards":
                # `unless` is the negation of certainly true: an unknown condition holds back.
                self._fired[section][id] = self.fires(name) != self._playbook.guards[id].unless
            case _:
                self._fired[section][id] = self.fires(name)

    def _weigh(self, name: RuleId, cause: Cause) -> None:
        """Set the confidence: (1 − ∏ (1 − weight)) × ∏ (1 − against) over evidence that fires."""
        considered = self._fired["dark"][""] if cause.when is None else self.fires(name)
        fired = [item for item in cause.evidence if considered and self.speaks(cause, item)]
        # One factor at a time, in playbook order: every evaluator must get the same bits.
        doubt, trust = 1.0, 1.0
        for item in fired:
            if item.weight is not None:
                doubt *= 1.0 - item.weight
            if item.against is not None:
                trust *= 1.0 - item.against
        self._confidence[cause.id] = (1.0 - doubt) * trust
        # `update` may come here again: a cause that is no longer considered has no evidence.
        self._evidence.pop(cause.id, None)
        if considered:
            self._evidence[cause.id] = tuple(item.id for item in fired)

    def _diagnosed(self) -> tuple[str, ...]:
        level = self._playbook.diagnosed_at
        return tuple(
            name
            for name in self._playbook.causes
            if name in self._evidence and self._confidence[name] >= level
        )

    def firings(self) -> Firings:
        """Return the firings once every conclusion is drawn."""
        playbook, fired = self._playbook, self._fired
        return Firings(
            derived={id: truth for id, truth in self._derived.items() if truth is not None},
            thresholds=tuple(id for id in playbook.thresholds if fired["dark"][id]),
            signals=tuple(id for id in playbook.signals if fired["signals"][id]),
            evidence={id: self._evidence[id] for id in playbook.causes if id in self._evidence},
            confidence={id: self._confidence[id] for id in playbook.causes},
            diagnosed=self._diagnosed(),
            applicable=tuple(id for id in playbook.actions if fired["actions"][id]),
            guards=tuple(id for id in playbook.guards if fired["guards"][id]),
        )


def silence_began(since: str, context: Context) -> int | None:
    """Return the instant from which a threshold counts silence, in seconds since 1970 UTC.

    That is the later of the fact ``since``, if it is known, and `silent_since`. None if
    `silent_since` is unknown: it is not the prospect's turn.
    """
    silent = context.facts.get("silent_since")
    if silent is None:
        return None
    return max(int(silent), int(context.facts.get(since, silent)))
