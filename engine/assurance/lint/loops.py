"""Check that no rules feed each other in a loop, or in a chain that is too long."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence

from engine.language.model import Playbook
from engine.language.problem import Problem, Span
from engine.language.walk import RuleId, rules_by_section
from engine.semantics.dependencies import Graph, dependencies

MAX_CHAIN = 200
"""Facts and rules that build on one another, each on the one before. For each, a statement has a
relation over the one before, and no database takes any number of those."""


def find_cycles_and_chains(playbook: Playbook) -> list[Problem]:
    """Return the problems of `find_cycles`, or else one if a chain of rules is too long."""
    return find_cycles(playbook) or _too_long(playbook)


def _too_long(playbook: Playbook) -> list[Problem]:
    strata = dependencies(playbook).strata
    beyond = [name for stratum in strata[MAX_CHAIN:] for name in stratum if name.id]
    if not beyond:
        return []
    first = min(_span_of(playbook, name) for name in beyond)
    message = f"facts and rules build on one another more than {MAX_CHAIN} deep here"
    return [Problem(first, "too-deep", message, "derive it from facts that are nearer to the book")]


def find_cycles(playbook: Playbook) -> list[Problem]:
    """Return one problem for each set of rules that feed each other.

    It shows a shortest loop through the rule that is written first: the number of all loops can be
    exponential.
    """
    graph = dependencies(playbook).graph
    problems = []
    for component in _strongly_connected_components(graph):
        if len(component) > 1 or any(name in graph.get(name, ()) for name in component):
            # Conclusions without an id, as `dark`, are fed by rules only, so there is a rule.
            first = min(
                (name for name in component if name.id), key=lambda name: _span_of(playbook, name)
            )
            problems.append(
                _loop(_span_of(playbook, first), _shortest_cycle(graph, first, set(component)))
            )
    return problems


def _strongly_connected_components(graph: Graph) -> list[list[RuleId]]:
    """Return the strongly connected components, by Kosaraju's algorithm.

    Not by graphlib, which reports a single cycle.
    """
    fed_by: dict[RuleId, list[RuleId]] = {name: [] for name in graph}
    for name, feeders in graph.items():
        for feeder in feeders:
            fed_by.setdefault(feeder, []).append(name)
    seen: set[RuleId] = set()
    order = [each for name in graph for each in _reached(graph, name, seen)]
    seen = set()
    return [found for name in reversed(order) if (found := _reached(fed_by, name, seen))]


def _reached(
    graph: Mapping[RuleId, Sequence[RuleId]], start: RuleId, seen: set[RuleId]
) -> list[RuleId]:
    """Return what ``start`` leads to and is not ``seen``, in postorder; add it to ``seen``."""
    # Without recursion: a chain of rules may be longer than Python's stack.
    found: list[RuleId] = []
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


def _shortest_cycle(graph: Graph, first: RuleId, component: set[RuleId]) -> list[RuleId]:
    """Return a shortest cycle through ``first``, by breadth: each rule before one that it feeds."""
    feeds_into: dict[RuleId, RuleId] = {}
    ring = deque([first])
    while first not in feeds_into:
        name = ring.popleft()
        for feeder in graph.get(name, ()):
            if feeder in component and feeder not in feeds_into:
                feeds_into[feeder] = name
                ring.append(feeder)
    way = [first, feeds_into[first]]
    while way[-1] != first:
        way.append(feeds_into[way[-1]])
    return way


def _loop(span: Span, way: list[RuleId]) -> Problem:
    if len(way) == 2:
        message = f"`{way[0]}` feeds itself"
    else:
        message = "rules feed each other in a loop: " + " → ".join(f"`{name}`" for name in way)
    return Problem(span, "loop", message, "let one of them read only what comes before it")


def _span_of(playbook: Playbook, name: RuleId) -> Span:
    return rules_by_section(playbook)[name.section][name.id].span
