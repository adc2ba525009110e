"""Find the unknown facts that would change the advice on a prospect most, by trying their values.

Every given fact that is unknown and that some rule reads gets each of its possible values
(`answers`), and the prospect is evaluated again (`what_if`). The weight of a fact is the mean
change of the advice over its answers: which is likelier is unknown, so they count the same. That
the fact stays unknown is one of the answers, and changes nothing.

Two rules come first. If guards hold every message back until some fact is known, that fact comes
before all others. And a prospect who must not be contacted is not asked anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.advice.advisor import Evaluation
from engine.advice.questions.advice_effects import STEPS_CHANGE, AdviceOutcome, Effect
from engine.advice.questions.answers import ComparisonsByFact, PossibleAnswer
from engine.advice.questions.what_if import (
    EPSILON,
    Question,
    WhatIf,
    told_answers,
)
from engine.language.conditions import Condition, Known
from engine.language.model import Fact, Guard, Playbook
from engine.language.walk import comparisons_in, exceptions_in, refs_in
from engine.semantics.dependencies import dependencies
from engine.semantics.firings import Context

_SHOWN = 3
"""Few enough for a rep to remember in one call."""

_OF_THE_RECORD = frozenset({"created_at", "closed_at", "outcome", "undated_touch"})
"""Facts about how the deal is recorded, which nobody can ask a prospect."""


def questions(evaluation: Evaluation, most: int = _SHOWN) -> tuple[Question, ...]:
    """Return the ``most`` facts that would change the advice most, the weightiest first.

    Facts that every message waits for come before all others; of equals, the first in the playbook.
    The result does not depend on the evaluator.
    """
    return tuple(_found(evaluation)[:most])


def _found(evaluation: Evaluation) -> list[Question]:
    trial = WhatIf(evaluation)
    asked = ComparisonsByFact(evaluation.playbook)
    before = trial.outcome(evaluation.context)
    waiting = _waited_for(evaluation, trial, asked, before)
    first = {question.fact.id for question in waiting}
    silent = not_to_be_contacted(evaluation)
    found = []
    for fact in worth_trying(evaluation.playbook, evaluation.context):
        if fact.id not in first and not (silent and fact.ask is not None):
            answers = asked.answers(fact, evaluation.context)
            if trial.allows(fact, answers):
                found.append(trial.question(fact, before, answers))
    telling = [each for each in found if each.weight > EPSILON and each.effects]
    if silent:
        telling = [each for each in telling if _changes_steps(each)]
    return waiting + sorted(telling, key=lambda question: -question.weight)


def _changes_steps(question: Question) -> bool:
    return any(effect.kind in STEPS_CHANGE for effect, _ in question.effects)


def not_to_be_contacted(evaluation: Evaluation) -> bool:
    """Return whether acting guards block every message to the prospect."""
    playbook = evaluation.playbook
    acting = [playbook.guards[id] for id in evaluation.firings.guards]
    messages = [action for action in playbook.actions.values() if action.kind == "outreach"]
    return bool(messages) and all(any(each.blocks(one) for each in acting) for one in messages)


def worth_trying(playbook: Playbook, context: Context) -> Iterator[Fact]:
    """Yield the given facts that are unknown and that some rule reads, maybe by derived facts, or
    that decide the region, whose calendar rules count by.

    Booleans that guards read and that have no question are left out: nobody asks prospects whether
    they object to being contacted; they say so.
    """
    graph = dependencies(playbook)
    read = graph.facts_behind(name for name in graph.graph if name.section != "facts")
    read |= frozenset(playbook.calendar.region_facts)
    forbidding = graph.facts_behind(name for name in graph.graph if name.section == "guards")
    for fact in playbook.facts.values():
        flag = fact.type == "boolean" and fact.ask is None and fact.id in forbidding
        asked = fact.given and not fact.hidden and fact.id not in _OF_THE_RECORD
        if asked and fact.id not in context.facts and fact.id in read and not flag:
            yield fact


def _waited_for(
    evaluation: Evaluation, trial: WhatIf, asked: ComparisonsByFact, before: AdviceOutcome
) -> list[Question]:
    """Return the facts that guards wait for, if guards hold every message back.

    Those of guards that hold back most come first. The list is empty if a message is not held back,
    or if no answer would free one.
    """
    one = evaluation.recommendation
    messages = [held for held in one.held_back if held.step.action.kind == "outreach"]
    if not messages or any(step.action.kind == "outreach" for step in one.steps):
        return []
    guards = {guard.id: guard for held in messages for guard in held.guards}
    lifting = {id: _lifting(guard, evaluation, trial, asked) for id, guard in guards.items()}
    free = [held for held in messages if all(lifting[guard.id] for guard in held.guards)]
    counts = {id: sum(guard in held.guards for held in free) for id, guard in guards.items()}
    effects: dict[str, list[tuple[Effect, tuple[PossibleAnswer, ...]]]] = {}
    for id in sorted(filter(counts.get, guards), key=lambda guard: -counts[guard]):
        for awaited, answers in lifting[id].items():
            effects.setdefault(awaited, []).append((Effect("frees", id), answers))
    found = []
    for awaited, freed in effects.items():
        fact = evaluation.playbook.facts[awaited]
        answers = asked.answers(fact, evaluation.context)
        if trial.allows(fact, answers):
            tried = trial.question(fact, before, answers)
            found.append(Question(fact, tried.weight, (*freed, *tried.effects)))
    return found


def _lifting(
    guard: Guard, evaluation: Evaluation, trial: WhatIf, asked: ComparisonsByFact
) -> dict[str, tuple[PossibleAnswer, ...]]:
    """Return the answers that lift ``guard``, by the id of each unknown fact that it waits for."""
    found = {}
    for fact in _awaited(guard, evaluation):
        answers = asked.answers(fact, evaluation.context)
        if not trial.allows(fact, answers):
            continue
        lifting = [each for each in answers if _lifts(each, fact, guard, evaluation, trial)]
        if lifting:
            found[fact.id] = told_answers(fact, tuple(lifting), answers)
    return found


def _lifts(
    answer: PossibleAnswer, fact: Fact, guard: Guard, evaluation: Evaluation, trial: WhatIf
) -> bool:
    """Return whether ``answer`` lifts ``guard``, and no other guard takes its place for good.

    One that waits for a further fact may take its place, such as the date of a consent.
    """
    if answer.value is None:
        return False
    after = trial.guards(trial.known(fact.id, answer.value))
    new = [evaluation.playbook.guards[id] for id in after - set(evaluation.firings.guards)]
    blocked = [
        held.step.action for held in evaluation.recommendation.held_back if guard in held.guards
    ]
    return guard.id not in after and not any(
        other.blocks(action) and not _awaited(other, evaluation)
        for other in new
        for action in blocked
    )


def _awaited(guard: Guard, evaluation: Evaluation) -> list[Fact]:
    """Return the given facts that may be why ``guard`` acts, because they are unknown."""
    facts = (evaluation.playbook.facts[id] for id in _read_as_unknown(guard, evaluation.playbook))
    return [fact for fact in facts if fact.given and fact.id not in evaluation.context.facts]


def _read_as_unknown(guard: Guard, playbook: Playbook) -> Iterable[str]:
    """Return the ids of facts that make ``guard`` act if they are unknown.

    These are the facts that it tests for being known or reads under an `unless`, and all that it
    reads if it is an `unless` itself.
    """
    found: dict[str, None] = {}
    ahead: list[tuple[Condition, bool]] = [(guard.condition, guard.unless)]
    while ahead:
        condition, all_read = ahead.pop(0)
        asked = {test.subject.id for test in comparisons_in(condition) if isinstance(test, Known)}
        asked |= {ref.id for part in exceptions_in(condition) for ref in refs_in(part)}
        for subject in refs_in(condition):
            fact = playbook.facts.get(subject.id) if subject.kind == "fact" else None
            if fact is None or fact.id in found:
                continue
            counts = all_read or fact.id in asked
            if fact.when is not None:
                ahead.append((fact.when, counts))
            if counts:
                found[fact.id] = None
    return found
