"""Evaluate one prospect again with one more fact known, and measure how the advice changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from engine.advice.advisor import Evaluation
from engine.advice.questions.advice_effects import (
    AdviceOutcome,
    Effect,
    distance,
    effect,
    equivalent_actions,
)
from engine.advice.questions.answers import PossibleAnswer, join_intervals
from engine.book.calendar.business_clock import Clock
from engine.book.calendar.calendar import Calendars
from engine.language.conditions import Value
from engine.language.model import Fact
from engine.language.walk import EvidenceId, RuleId, comparisons_in, conditions
from engine.semantics.dependencies import dependencies
from engine.semantics.evaluate_measures import Measures
from engine.semantics.evaluate_rules import ReferenceEvaluator
from engine.semantics.firings import Context, Firings
from engine.semantics.ranking import action_value, blocking_guards

EPSILON = 1e-6
"""A smaller distance is a rounding error, not a change."""

MAX_REEVALUATED = 500_000
"""Comparisons that may be evaluated again for one prospect, about. The shipped playbooks take less
than 100,000."""


@dataclass(frozen=True, slots=True)
class Question:
    """A fact that is worth finding out.

    Attributes:
        fact: The fact.
        weight: The mean distance by which its answers change the advice.
        effects: Each effect with the answers that have it, the weightiest first; no answers means
            that every answer has it.
    """

    fact: Fact
    weight: float
    effects: tuple[tuple[Effect, tuple[PossibleAnswer, ...]], ...]


class WhatIf:
    """Evaluate one prospect again with one more fact known.

    Only conclusions that depend on that fact are drawn again, by the reference evaluator: compiling
    the playbook would take longer than the hundred or so evaluations for one prospect.
    """

    def __init__(self, evaluation: Evaluation) -> None:
        playbook = evaluation.playbook
        self._base = evaluation
        self._playbook = playbook
        self._evaluator = ReferenceEvaluator(playbook)
        self._chain = self._evaluator.chain(evaluation.context)
        self.equivalent = equivalent_actions(playbook)
        self._measures = Measures(playbook)
        self._left = MAX_REEVALUATED
        self._tests: Counter[RuleId] = Counter()
        for owner, _, condition in conditions(playbook):
            name = RuleId("causes", owner.cause) if isinstance(owner, EvidenceId) else owner
            self._tests[name] += sum(1 for _ in comparisons_in(condition))
        measured = (RuleId("facts", id) for id, fact in playbook.facts.items() if fact.measure)
        self._bounds = dependencies(playbook).facts_behind(measured)
        self._calendars = Calendars(playbook.calendar)
        self._deciding = frozenset({"timezone", *playbook.calendar.region_facts})

    def outcome(self, context: Context) -> AdviceOutcome:
        """Return the steps and the leading cause for ``context``."""
        firings = self._firings(context)
        values = {
            id: value
            for id, value in self._eligible(firings).items()
            if not blocking_guards(self._playbook, self._playbook.actions[id], firings)
        }
        ranked = dict(sorted(values.items(), key=lambda step: (-step[1], step[0])))
        confidence = firings.confidence
        cause = min(confidence, key=lambda each: (-confidence[each], each), default=None)
        leads = cause is not None and 0 < confidence[cause] >= self._playbook.diagnosed_at
        return AdviceOutcome(ranked, cause if leads else None)

    def guards(self, context: Context) -> set[str]:
        """Return the ids of the guards that act in ``context`` and can block some action.

        Without an eligible action there are none, since nothing is held back.
        """
        firings = self._firings(context)
        if not self._eligible(firings):
            return set()
        actions, guards = self._playbook.actions.values(), self._playbook.guards
        return {id for id in firings.guards if any(guards[id].blocks(each) for each in actions)}

    def _firings(self, context: Context) -> Firings:
        if context.clock is not self._base.context.clock:
            return self._evaluator.chain(context).firings()  # everything counts by another calendar
        before, after = self._base.context.facts, context.facts
        changed = [id for id in {**before, **after} if before.get(id) != after.get(id)]
        return self._chain.revised(context, changed).firings()

    def _eligible(self, firings: Firings) -> dict[str, float]:
        """Return the value of each eligible action, held back or not."""
        actions = (self._playbook.actions[id] for id in firings.applicable)
        found = {each.id: action_value(self._playbook, each, firings) for each in actions}
        return {id: value[0] for id, value in found.items() if value is not None}

    def question(
        self, fact: Fact, before: AdviceOutcome, answers: tuple[PossibleAnswer, ...]
    ) -> Question:
        """Measure how the answers for a fact change the advice.

        Args:
            fact: The fact.
            before: The outcome without it.
            answers: All possible answers. One is reported only if all its values have the same
                effect.
        """
        moved: dict[Effect, list[tuple[PossibleAnswer, float]]] = {}
        total = 0.0
        for answer in answers:
            afters = [self.outcome(self.known(fact.id, each)) for each in self.tried(fact, answer)]
            moves = [distance(before, after, self.equivalent) for after in afters]
            by = sum(moves) / len(moves) if moves else 0.0
            total += by
            if by > EPSILON and min(moves) > EPSILON:
                effects = {effect(before, after, self.equivalent) for after in afters}
                if len(effects) == 1:
                    moved.setdefault(effects.pop(), []).append((answer, by))
        sums = {effect: sum(by for _, by in each) for effect, each in moved.items()}
        weightiest = sorted(moved, key=lambda effect: -sums[effect])
        told = {effect: tuple(answer for answer, _ in moved[effect]) for effect in weightiest}
        return Question(
            fact,
            total / len(answers) if answers else 0.0,
            tuple((effect, told_answers(fact, each, answers)) for effect, each in told.items()),
        )

    def allows(self, fact: Fact, answers: Sequence[PossibleAnswer]) -> bool:
        """Return whether there is work left to try ``answers`` of ``fact``, and if so, count it."""
        work = len(answers) * self._tests_fed_by(fact)
        allowed = work <= self._left
        self._left -= work if allowed else 0
        return allowed

    def _tests_fed_by(self, fact: Fact) -> int:
        """Return about how many comparisons are evaluated again if ``fact`` changes."""
        readers = dependencies(self._playbook).readers
        found: set[RuleId] = set()
        stack = [RuleId("facts", fact.id)]
        while stack:
            new = readers.get(stack.pop(), frozenset()) - found
            found |= new
            stack += new
        # Causes and actions are ranked anew whatever has changed.
        ranked = len(self._playbook.causes) + len(self._playbook.actions)
        return ranked + sum(1 + self._tests[name] for name in found)

    def tried(self, fact: Fact, answer: PossibleAnswer) -> tuple[Value, ...]:
        """Return the values of ``answer`` to try.

        They are several if the fact bounds a measure, as each row in the interval may make a
        difference.
        """
        if answer.value is None:
            return ()
        return (answer.value, *answer.others) if fact.id in self._bounds else (answer.value,)

    def known(self, id: str, value: Value) -> Context:
        """Return the context with one more fact, after measuring again what it bounds.

        A fact that decides the region or the zone may change the clock, by which measures count.
        """
        context, prospect = self._base.context, self._base.prospect
        facts, clock = {**context.facts, id: value}, context.clock
        if id in self._deciding or id in self._bounds:
            given = self._measures.given(prospect) | {id: value}
            clock = self._clock(given) if id in self._deciding else clock
            facts = self._measures.facts_of(prospect, given, context.now, clock)
        return replace(context, facts=facts, clock=clock)

    def _clock(self, given: Mapping[str, Value]) -> Clock:
        """Return the clock of a prospect with the facts ``given``: its own if that is the same."""
        found, own = self._calendars.clock_of(given), self._base.context.clock
        same = (found.zone, found.hours.region) == (own.zone, own.hours.region)
        return own if same else found


def told_answers(
    fact: Fact, answers: tuple[PossibleAnswer, ...], every: tuple[PossibleAnswer, ...]
) -> tuple[PossibleAnswer, ...]:
    """Return the answers to report: adjacent intervals joined, and empty if every answer is meant.

    Args:
        fact: The fact.
        answers: The answers that have some effect.
        every: All possible answers. A choice, text or time may not exist at all, so of these,
            ``answers`` are never all.
    """
    known = [answer for answer in every if answer.value is not None]
    all_there_are = fact.type in ("boolean", "number", "duration") and len(known) > 1
    return () if all_there_are and len(answers) == len(known) else join_intervals(answers)
