"""Which unknown facts would change the advice on a prospect most, found by trying their values.

Every fact that comes with the prospect, is unknown and is read by some rule is given each value it
may turn out to have (`answers`), and the advice is worked out anew. How far it moves:

    1 if another step comes first + ½ if another cause leads + Σ |change in value| ÷ rank

The sum is over all steps there were or are; a step that is not there is worth 0, and its rank is
the better one of its two. What is done first counts most, as it is what a rep does today; a change
far down the list hardly counts, and a change of the leading cause counts even where the first step
stays, as it alters how that step is gone about. A fact is worth the mean over its values: nobody
knows which is likelier, so each counts alike. "No such thing" is one of the answers about texts and
dates, and moves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from engine.advice.adviser import Judged
from engine.advice.answers import Answer, Asked
from engine.advice.compiled_steps import FOUND, GUARDS, StepsWriter, layout_of
from engine.inference.compiled_rules import UNKNOWN, unknown_facts
from engine.inference.firings import Situation
from engine.inference.layers import feeds
from engine.inference.measures import Measures
from engine.inference.python_trees import run_of
from engine.inference.truth import fold
from engine.language.conditions import Value
from engine.language.model import Fact, Playbook

SHOWN = 3
"""As many as a rep can remember to ask in one call."""

LEADING = 0.5
LEAST = 1e-6
"""What moves the advice by less is rounding, not a change."""


@dataclass(frozen=True, slots=True)
class Outcome:
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

    ``kind``: the action ``id`` would come `first`; `nothing` would be left to do; the cause ``id``
    would lead (`leads`), or no cause any more (`unclear`); the step ``id`` would be `added`,
    `dropped`, or worth `more` or `less`.
    """

    kind: Literal["first", "nothing", "leads", "unclear", "added", "dropped", "more", "less"]
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A fact worth knowing: how far it moves the advice, and which answers would do what, the
    weightiest effect first. ``known``: how many answers there are but for "no such thing".
    """

    fact: Fact
    weight: float
    effects: tuple[tuple[Effect, tuple[Answer, ...]], ...]
    known: int


def questions(judged: Judged, most: int = SHOWN) -> tuple[Question, ...]:
    """The ``most`` facts that would move the advice on ``judged`` furthest, of equals the first of
    the playbook. The same whichever evaluator judged.
    """
    trial = Trial(judged)
    asked = Asked(judged.playbook)
    before = trial.outcome(judged.situation)
    found = [
        trial.question(fact, before, asked.answers(fact, judged.situation))
        for fact in worth_trying(judged.playbook, judged.situation)
    ]
    telling = [question for question in found if question.weight > LEAST]
    return tuple(sorted(telling, key=lambda question: -question.weight)[:most])


def worth_trying(playbook: Playbook, situation: Situation) -> Iterator[Fact]:
    """The facts that come with a prospect, are unknown, and are read by a rule, be it through facts
    that are worked out from them.

    Flags that guards read and that have no question are left out: nobody asks prospects whether
    they mind being contacted. They say so, and then it is written down.
    """
    graph = feeds(playbook)
    read = _reached(graph, [name for name in graph if not name.startswith("facts.")])
    forbidding = _reached(graph, [name for name in graph if name.startswith("guards.")])
    for fact in playbook.facts.values():
        name = f"facts.{fact.id}"
        flag = fact.type == "boolean" and fact.ask is None and name in forbidding
        if fact.given and fact.id not in situation.facts and name in read and not flag:
            yield fact


def _reached(graph: Mapping[str, tuple[str, ...]], start: Iterable[str]) -> set[str]:
    """The facts that feed ``start``, also through other facts, but not through conclusions."""
    found: set[str] = set()
    ahead = [name for each in start for name in graph[each]]
    while ahead:
        name = ahead.pop()
        if name.startswith("facts.") and name not in found:
            found.add(name)
            ahead += graph.get(name, ())
    return found


class Trial:
    """Works out the advice on one prospect again, with one more fact known."""

    def __init__(self, judged: Judged) -> None:
        playbook = judged.playbook
        self._judged = judged
        self._playbook = playbook
        self._unknown = unknown_facts(playbook)
        self._confidence = layout_of(playbook).confidence
        body = StepsWriter(playbook, lambda *_: ()).body()
        scope = {"fold": fold, "unknown": UNKNOWN}
        self._run = run_of(("values", "now", "open_between"), body, scope)
        self._measures = Measures(playbook)
        graph = feeds(playbook)
        measured = [f"facts.{id}" for id, fact in playbook.facts.items() if fact.measure]
        self._bounds = {name.removeprefix("facts.") for name in _reached(graph, measured)}

    def outcome(self, situation: Situation) -> Outcome:
        """What comes out for ``situation``."""
        facts = self._unknown | dict(situation.facts)
        values = self._run(facts.values(), situation.now, situation.clock.open_between)
        steps = sorted(step for step in values[FOUND] if not step[4] & values[GUARDS])
        ids = list(self._playbook.causes)
        level = self._playbook.diagnosed_at
        ranked = sorted(zip((-each for each in values[self._confidence]), ids, strict=True))
        negated, cause = ranked[0] if ranked else (0.0, None)
        leads = negated < 0 and -negated >= level
        return Outcome({step[2]: -step[0] for step in steps}, cause if leads else None)

    def question(self, fact: Fact, before: Outcome, answers: tuple[Answer, ...]) -> Question:
        """How far the answers about ``fact`` move the advice, and where to."""
        moved: dict[Effect, list[tuple[Answer, float]]] = {}
        values = [(answer, answer.value) for answer in answers if answer.value is not None]
        for answer, value in values:
            after = self.outcome(self.known(fact.id, value))
            by = distance(before, after)
            if by > LEAST:
                moved.setdefault(_effect(before, after), []).append((answer, by))
        sums = {effect: sum(by for _, by in each) for effect, each in moved.items()}
        weightiest = sorted(moved, key=lambda effect: -sums[effect])
        return Question(
            fact,
            sum(sums.values()) / len(answers) if answers else 0.0,
            tuple((effect, tuple(answer for answer, _ in moved[effect])) for effect in weightiest),
            len(values),
        )

    def known(self, id: str, value: Value) -> Situation:
        """The situation with one more fact; what is measured from it is measured again."""
        situation = self._judged.situation
        facts = {**situation.facts, id: value}
        if id in self._bounds:
            prospect = self._judged.prospect
            given = self._measures.given(prospect) | {id: value}
            facts = self._measures.facts_of(prospect, given, situation.now, situation.clock)
        return replace(situation, facts=facts)


def _effect(before: Outcome, after: Outcome) -> Effect:
    """The most telling difference between two outcomes that differ."""
    if after.first != before.first:
        return Effect("nothing") if after.first is None else Effect("first", after.first)
    if after.cause != before.cause:
        return Effect("unclear") if after.cause is None else Effect("leads", after.cause)
    changes = {id: change for id, change, _ in _changes(before, after)}
    most = max(changes, key=lambda step: abs(changes[step]))
    if most not in before.values or most not in after.values:
        return Effect("added" if most in after.values else "dropped", most)
    return Effect("more" if changes[most] > 0 else "less", most)


def distance(before: Outcome, after: Outcome) -> float:
    """How far the advice moves, as this module defines it; 0 where nothing changes."""
    steps = sum(abs(change) / rank for _, change, rank in _changes(before, after))
    leads = LEADING if before.cause != after.cause else 0.0
    return (1.0 if before.first != after.first else 0.0) + leads + steps


def _changes(before: Outcome, after: Outcome) -> Iterator[tuple[str, float, int]]:
    """Each step whose value changes, by how much, and the better one of its two ranks (from 1)."""
    ranks = [{id: at for at, id in enumerate(each.values, 1)} for each in (before, after)]
    worst = max(map(len, ranks)) + 1
    for id in dict.fromkeys([*before.values, *after.values]):
        change = after.values.get(id, 0.0) - before.values.get(id, 0.0)
        if change:
            yield id, change, min(each.get(id, worst) for each in ranks)
