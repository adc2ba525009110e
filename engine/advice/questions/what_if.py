"""The advice on one prospect worked out anew with one more fact known, and how far it moves.

How far from one outcome to another:

    1 if another step comes first + ½ if another cause leads + Σ |change in value| ÷ rank

The sum is over all steps there were or are; a step that is not there is worth 0, and its rank is
the better one of its two. What is done first counts most, as it is what a rep does today; a change
far down the list hardly counts, and a change of the leading cause counts even where the first step
stays, as it alters how that step is gone about. Steps that are gone about the same way, of one kind
by one channel with one template, are one step here: only what the better of them is worth counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from engine.advice.advisor import Evaluation
from engine.advice.questions.answers import PossibleAnswer, join_intervals
from engine.language.conditions import Value
from engine.language.model import Fact, Playbook
from engine.language.walk import RuleId
from engine.semantics.dependencies import dependencies
from engine.semantics.evaluate_measures import Measures
from engine.semantics.evaluate_rules import ReferenceEvaluator
from engine.semantics.firings import Context, Firings
from engine.semantics.ranking import action_value, blocking_guards

LEADING = 0.5
EPSILON = 1e-6
"""What moves the advice by less is rounding, not a change."""


@dataclass(frozen=True, slots=True)
class AdviceOutcome:
    """The steps that are recommended, best first, each with its value; and the leading cause."""

    values: Mapping[str, float]
    cause: str | None

    @property
    def first(self) -> str | None:
        """The id of the first step."""
        return next(iter(self.values), None)


@dataclass(frozen=True, slots=True)
class Effect:
    """What some answers of one fact would all do.

    ``kind``: the guard ``id`` would hold nothing back any more (`frees`); the action ``id`` would
    come `first`; `nothing` would be left to do; the cause ``id`` would lead (`leads`), or no cause
    any more (`unclear`); the step ``id`` would be `added`, `dropped`, or worth `more` or `less`.
    """

    kind: Literal[
        "frees", "first", "nothing", "leads", "unclear", "added", "dropped", "more", "less"
    ]
    id: str | None = None


STEPS_CHANGE = ("frees", "first", "nothing", "added", "dropped")
"""Kinds of effects after which other steps are advised than before."""


@dataclass(frozen=True, slots=True)
class Question:
    """A fact worth knowing: how far it moves the advice, and which answers would do what, the
    weightiest effect first; no answers stand for whatever the answer is.
    """

    fact: Fact
    weight: float
    effects: tuple[tuple[Effect, tuple[PossibleAnswer, ...]], ...]


class WhatIf:
    """Evaluate one prospect again with one more fact known.

    Only what that fact feeds is concluded again, by the definition: compiling the playbook would
    take longer than the hundred or so evaluations that the unknown facts of one prospect call for.
    """

    def __init__(self, evaluation: Evaluation) -> None:
        playbook = evaluation.playbook
        self._base = evaluation
        self._playbook = playbook
        self._chain = ReferenceEvaluator(playbook).chain(evaluation.context)
        self.alike = equivalent_actions(playbook)
        self._measures = Measures(playbook)
        measured = (RuleId("facts", id) for id, fact in playbook.facts.items() if fact.measure)
        self._bounds = dependencies(playbook).facts_behind(measured)

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
        """Return the guards that act in ``context`` and block any action; none if no action is
        eligible.
        """
        firings = self._firings(context)
        if not self._eligible(firings):
            return set()
        actions, guards = self._playbook.actions.values(), self._playbook.guards
        return {id for id in firings.guards if any(guards[id].blocks(each) for each in actions)}

    def _firings(self, context: Context) -> Firings:
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
        """How far the answers about ``fact`` move the advice, and where to. An answer is told only
        where all values that are tried of it do the same.
        """
        moved: dict[Effect, list[tuple[PossibleAnswer, float]]] = {}
        total = 0.0
        for answer in answers:
            afters = [self.outcome(self.known(fact.id, each)) for each in self.tried(fact, answer)]
            moves = [distance(before, after, self.alike) for after in afters]
            by = sum(moves) / len(moves) if moves else 0.0
            total += by
            if by > EPSILON and min(moves) > EPSILON:
                effects = {_effect(before, after, self.alike) for after in afters}
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

    def tried(self, fact: Fact, answer: PossibleAnswer) -> tuple[Value, ...]:
        """Return the values of ``answer`` to try: more than one if rows are counted from the fact
        on, as each row may make a difference.
        """
        if answer.value is None:
            return ()
        return (answer.value, *answer.others) if fact.id in self._bounds else (answer.value,)

    def known(self, id: str, value: Value) -> Context:
        """Return the context with one more fact; what is measured from it is measured again."""
        context = self._base.context
        facts = {**context.facts, id: value}
        if id in self._bounds:
            prospect = self._base.prospect
            given = self._measures.given(prospect) | {id: value}
            facts = self._measures.facts_of(prospect, given, context.now, context.clock)
        return replace(context, facts=facts)


def told_answers(
    fact: Fact, answers: tuple[PossibleAnswer, ...], every: tuple[PossibleAnswer, ...]
) -> tuple[PossibleAnswer, ...]:
    """``answers`` as few as may be; none where they are all there can be. Of a word, a text or a
    date there may be none, so they are never all.
    """
    known = [answer for answer in every if answer.value is not None]
    all_there_are = fact.type in ("boolean", "number", "duration") and len(known) > 1
    return () if all_there_are and len(answers) == len(known) else join_intervals(answers)


def equivalent_actions(playbook: Playbook) -> dict[str, str]:
    """For each action the first one that is gone about the same way."""
    firsts: dict[object, str] = {}
    found = {}
    for id, action in playbook.actions.items():
        if action.template is None:
            continue
        file = action.template_span.file if action.template_span else ""
        way = file, action.template, action.kind, action.channel
        found[id] = firsts.setdefault(way, id)
    return found


def _effect(before: AdviceOutcome, after: AdviceOutcome, alike: Mapping[str, str]) -> Effect:
    """Return the most telling difference between two outcomes that differ."""
    was, becomes = _as_one(before, alike), _as_one(after, alike)
    if becomes.first != was.first:
        return Effect("nothing") if after.first is None else Effect("first", after.first)
    if after.cause != before.cause:
        return Effect("unclear") if after.cause is None else Effect("leads", after.cause)
    changes = {id: change for id, change, _ in _changes(was, becomes)}
    most = max(changes, key=lambda step: abs(changes[step]))
    held = after if most in becomes.values else before
    own = next(id for id in held.values if alike.get(id, id) == most)
    if most not in was.values or most not in becomes.values:
        return Effect("added" if most in becomes.values else "dropped", own)
    return Effect("more" if changes[most] > 0 else "less", own)


def distance(before: AdviceOutcome, after: AdviceOutcome, alike: Mapping[str, str]) -> float:
    """How far the advice moves, as this module defines it; 0 where nothing changes."""
    was, becomes = _as_one(before, alike), _as_one(after, alike)
    steps = sum(abs(change) / rank for _, change, rank in _changes(was, becomes))
    leads = LEADING if was.cause != becomes.cause else 0.0
    return (1.0 if was.first != becomes.first else 0.0) + leads + steps


def _as_one(outcome: AdviceOutcome, alike: Mapping[str, str]) -> AdviceOutcome:
    """Return the outcome with equivalent steps under one id, at the place of the best."""
    values: dict[str, float] = {}
    for id, value in outcome.values.items():
        values.setdefault(alike.get(id, id), value)
    return AdviceOutcome(values, outcome.cause)


def _changes(before: AdviceOutcome, after: AdviceOutcome) -> Iterator[tuple[str, float, int]]:
    """Each step whose value changes, by how much, and the better one of its two ranks (from 1)."""
    ranks = [{id: at for at, id in enumerate(each.values, 1)} for each in (before, after)]
    worst = max(map(len, ranks)) + 1
    for id in dict.fromkeys([*before.values, *after.values]):
        change = after.values.get(id, 0.0) - before.values.get(id, 0.0)
        if change:
            yield id, change, min(each.get(id, worst) for each in ranks)
