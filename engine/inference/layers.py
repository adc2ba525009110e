"""Who feeds whom: the rules of a playbook in layers, and the loops that forbid it.

A rule's name is its section and id (`signals.no_next_step`, `dark.after_proposal`); `dark` and
`cause_known` are conclusions drawn from all rules of their kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from engine.language.conditions import Condition, Subject, subjects_in
from engine.language.model import Cause, Fact, Playbook, sections
from engine.language.problem import Problem, Span

Graph = Mapping[str, tuple[str, ...]]
"""Rule name to the names that feed it, without repetitions, in the order they are written."""


def feeds(playbook: Playbook) -> Graph:
    """What feeds each rule, fact and conclusion of ``playbook``."""
    graph: dict[str, list[str]] = {}
    for fact in playbook.facts.values():
        graph[f"facts.{fact.id}"] = _feeds_fact(fact)
    for threshold in playbook.thresholds.values():
        times = [f"facts.{name}" for name in (threshold.since, "silent_since")]
        graph[f"dark.{threshold.id}"] = _named(threshold.when) + times
    graph["dark"] = [f"dark.{name}" for name in playbook.thresholds]
    for signal in playbook.signals.values():
        graph[f"signals.{signal.id}"] = _named(signal.when)
    for cause in playbook.causes.values():
        graph[f"causes.{cause.id}"] = _feeds_cause(cause)
    graph["cause_known"] = [f"causes.{name}" for name in playbook.causes]
    for action in playbook.actions.values():
        fits = [f"causes.{name}" for name in action.fits]
        graph[f"actions.{action.id}"] = _named(action.when) + fits
    for guard in playbook.guards.values():
        graph[f"guards.{guard.id}"] = _named(guard.condition)
    return {name: tuple(dict.fromkeys(fed)) for name, fed in graph.items()}


def _feeds_fact(fact: Fact) -> list[str]:
    if fact.when is not None:
        return _named(fact.when)
    if fact.measure is not None:
        bounds = (fact.measure.after, fact.measure.before)
        return [f"facts.{name}" for name in bounds if name is not None]
    return []


def _feeds_cause(cause: Cause) -> list[str]:
    considered = ["dark"] if cause.when is None else _named(cause.when)
    return considered + [name for evidence in cause.evidence for name in _named(evidence.when)]


def _named(condition: Condition) -> list[str]:
    return [name_of(subject) for subject in subjects_in(condition)]


def name_of(subject: Subject) -> str:
    """The rule name a condition's subject stands for."""
    return f"facts.{subject.id}" if subject.kind == "fact" else str(subject)


def layers(playbook: Playbook) -> tuple[tuple[str, ...], ...]:
    """All names in layers, each fed only by layers before it. Raises CycleError on a loop, which
    `loops` has reported before.
    """
    sorter = TopologicalSorter(feeds(playbook))
    sorter.prepare()
    found = []
    while sorter.is_active():
        ready = sorter.get_ready()
        found.append(tuple(ready))
        sorter.done(*ready)
    return tuple(found)


def measured(playbook: Playbook) -> tuple[str, ...]:
    """Ids of the measured facts, each after those that bound it."""
    names = (name for layer in layers(playbook) for name in layer)
    facts = (name.removeprefix("facts.") for name in names if name.startswith("facts."))
    return tuple(name for name in facts if playbook.facts[name].measure is not None)


def loops(playbook: Playbook) -> list[Problem]:
    """One problem for each way rules feed themselves, at the first rule written on that way."""
    graph = {name: set(fed) for name, fed in feeds(playbook).items()}
    problems = []
    while True:
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as cycle:
            # graphlib lists each name before one that it feeds, the first again at the end.
            way = list(cycle.args[1])
            problems.append(_loop(playbook, way))
            graph[way[1]].discard(way[0])
        else:
            return problems


def _loop(playbook: Playbook, way: list[str]) -> Problem:
    rules = [name for name in way if "." in name]
    first = min(rules, key=lambda name: span_of(playbook, name))
    start = way.index(first)
    ring = [*way[start:-1], *way[:start], first]
    if len(set(ring)) == 1:
        message = f"`{first}` feeds itself"
    else:
        message = "rules feed each other in a loop: " + " → ".join(f"`{name}`" for name in ring)
    return Problem(
        span_of(playbook, first), "loop", message, "let one of them read only what comes before it"
    )


def span_of(playbook: Playbook, name: str) -> Span:
    """Where the rule or fact called ``name`` is written."""
    section, _, rule = name.partition(".")
    return sections(playbook)[section][rule].span
