"""Who feeds whom: the rules of a playbook in layers, and the loops that forbid it.

A rule's name is its section and id (`signals.no_next_step`, `dark.after_proposal`); `dark` and
`cause_known` are conclusions drawn from all rules of their kind.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from graphlib import TopologicalSorter

from engine.language.conditions import Condition, Ref, refs_in
from engine.language.model import Cause, Fact, Playbook, rules_by_section
from engine.language.problem import Problem, Span

Graph = Mapping[str, tuple[str, ...]]
"""Rule name to the names that feed it, without repetitions, in the order they are written."""


def dependencies(playbook: Playbook) -> Graph:
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
    return [rule_id(subject) for subject in refs_in(condition)]


def rule_id(subject: Ref) -> str:
    """The rule name a condition's subject stands for."""
    return f"facts.{subject.id}" if subject.kind == "fact" else str(subject)


def strata(playbook: Playbook) -> tuple[tuple[str, ...], ...]:
    """All names in layers, each fed only by layers before it. Raises CycleError on a loop, which
    `loops` has reported before.
    """
    sorter = TopologicalSorter(dependencies(playbook))
    sorter.prepare()
    found = []
    while sorter.is_active():
        ready = sorter.get_ready()
        found.append(tuple(ready))
        sorter.done(*ready)
    return tuple(found)


def measure_order(playbook: Playbook) -> tuple[str, ...]:
    """Ids of the measured facts, each after those that bound it."""
    names = (name for layer in strata(playbook) for name in layer)
    facts = (name.removeprefix("facts.") for name in names if name.startswith("facts."))
    return tuple(name for name in facts if playbook.facts[name].measure is not None)


def find_cycles(playbook: Playbook) -> list[Problem]:
    """One problem for all rules that feed each other, with a shortest way round from the first that
    is written, though there may be more ways than anybody can read.
    """
    graph = dependencies(playbook)
    problems = []
    for knot in _strongly_connected_components(graph):
        if len(knot) > 1 or any(name in graph.get(name, ()) for name in knot):
            # What is no rule, `dark` say, is only fed by rules, so there is one.
            first = min(
                (name for name in knot if "." in name), key=lambda name: span_of(playbook, name)
            )
            problems.append(
                _loop(span_of(playbook, first), _shortest_cycle(graph, first, set(knot)))
            )
    return problems


def _strongly_connected_components(graph: Graph) -> list[list[str]]:
    """The strongly connected components (Kosaraju): names that feed each other, or one alone."""
    fed_by: dict[str, list[str]] = {name: [] for name in graph}
    for name, feeders in graph.items():
        for feeder in feeders:
            fed_by.setdefault(feeder, []).append(name)
    seen: set[str] = set()
    order = [each for name in graph for each in _reached(graph, name, seen)]
    seen = set()
    return [knot for name in reversed(order) if (knot := _reached(fed_by, name, seen))]


def _reached(graph: Mapping[str, Sequence[str]], start: str, seen: set[str]) -> list[str]:
    """What ``start`` leads to and is not ``seen`` yet, each after what it leads to itself."""
    found: list[str] = []
    way = [] if start in seen else [(start, iter(graph.get(start, ())))]
    seen.add(start)
    while way:
        name, rest = way[-1]
        step = next((each for each in rest if each not in seen), None)
        if step is None:
            found.append(name)
            way.pop()
        else:
            seen.add(step)
            way.append((step, iter(graph.get(step, ()))))
    return found


def _shortest_cycle(graph: Graph, first: str, knot: set[str]) -> list[str]:
    """A shortest way from ``first`` back to it, in its knot: each name before one that it feeds."""
    feeds_into: dict[str, str] = {}
    ring = deque([first])
    while first not in feeds_into:
        name = ring.popleft()
        for feeder in graph.get(name, ()):
            if feeder in knot and feeder not in feeds_into:
                feeds_into[feeder] = name
                ring.append(feeder)
    way = [first, feeds_into[first]]
    while way[-1] != first:
        way.append(feeds_into[way[-1]])
    return way


def _loop(span: Span, way: list[str]) -> Problem:
    if len(way) == 2:
        message = f"`{way[0]}` feeds itself"
    else:
        message = "rules feed each other in a loop: " + " → ".join(f"`{name}`" for name in way)
    return Problem(span, "loop", message, "let one of them read only what comes before it")


def span_of(playbook: Playbook, name: str) -> Span:
    """Where the rule or fact called ``name`` is written."""
    section, _, rule = name.partition(".")
    return rules_by_section(playbook)[section][rule].span
