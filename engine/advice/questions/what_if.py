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
from typing import Any, Literal

from engine.advice.advisor import Evaluation
from engine.advice.questions.answers import PossibleAnswer, join_intervals
from engine.backends.compiled.codegen import compile_function
from engine.backends.compiled.compile_rules import UNKNOWN, set_all_unknown
from engine.backends.compiled.compile_steps import FOUND, GUARDS, StepsCompiler, result_layout
from engine.language.conditions import Value
from engine.language.model import Fact, Playbook
from engine.language.walk import RuleId
from engine.semantics.dependencies import dependencies
from engine.semantics.evaluate_conditions import fold_case
from engine.semantics.evaluate_measures import Measures
from engine.semantics.firings import Context

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
    """Works out the advice on one prospect again, with one more fact known."""

    def __init__(self, evaluation: Evaluation) -> None:
        playbook = evaluation.playbook
        self._judged = evaluation
        self._playbook = playbook
        self._unknown = set_all_unknown(playbook)
        self._confidence = result_layout(playbook).confidence
        self.alike = equivalent_actions(playbook)
        body = StepsCompiler(playbook, lambda *_: ()).body()
        scope = {"fold": fold_case, "unknown": UNKNOWN}
        self._run = compile_function(("values", "now", "open_between"), body, scope)
        self._measures = Measures(playbook)
        measured = (RuleId("facts", id) for id, fact in playbook.facts.items() if fact.measure)
        self._bounds = dependencies(playbook).facts_behind(measured)

    def outcome(self, context: Context) -> AdviceOutcome:
        """What comes out for ``context``."""
        values = self._worked_out(context)
        steps = sorted(step for step in values[FOUND] if not step[4] & values[GUARDS])
        ids = list(self._playbook.causes)
        level = self._playbook.diagnosed_at
        ranked = sorted(zip((-each for each in values[self._confidence]), ids, strict=True))
        negated, cause = ranked[0] if ranked else (0.0, None)
        leads = negated < 0 and -negated >= level
        return AdviceOutcome({step[2]: -step[0] for step in steps}, cause if leads else None)

    def guards(self, context: Context) -> set[str]:
        """The guards that act in ``context``, of those that block any action; none where there is
        nothing to hold back.
        """
        acting = self._worked_out(context)[GUARDS]
        return {id for at, id in enumerate(self._playbook.guards) if acting >> at & 1}

    def _worked_out(self, context: Context) -> tuple[Any, ...]:
        facts = self._unknown | dict(context.facts)
        found: tuple[Any, ...] = self._run(facts.values(), context.now, context.clock.open_between)
        return found

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
        """The values of ``answer`` to try: where rows are counted from the fact on, more than one,
        as each row may make a difference.
        """
        if answer.value is None:
            return ()
        return (answer.value, *answer.others) if fact.id in self._bounds else (answer.value,)

    def known(self, id: str, value: Value) -> Context:
        """The situation with one more fact; what is measured from it is measured again."""
        context = self._judged.context
        facts = {**context.facts, id: value}
        if id in self._bounds:
            prospect = self._judged.prospect
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
    """The most telling difference between two outcomes that differ."""
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
    """The outcome with steps that are alike under one id, at the place of the best."""
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
