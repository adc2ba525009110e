"""The dependency graph of a playbook: which facts and rules read which, and an evaluation order."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Mapping
from functools import cached_property
from graphlib import TopologicalSorter

from engine.language.conditions import Condition
from engine.language.model import Cause, Fact, Playbook
from engine.language.walk import CAUSE_KNOWN, DARK, RuleId, refs_in, rule_id

Graph = Mapping[RuleId, tuple[RuleId, ...]]
"""Maps each name to the names that feed it, without duplicates, in the order they are written."""


class Dependencies:
    """The dependency graph of one playbook; get it from `dependencies`, which caches it.

    ``graph`` maps every fact, rule and conclusion to the names it reads directly: the names that
    feed it.
    """

    def __init__(self, playbook: Playbook) -> None:
        self.graph: Graph = {
            name: tuple(dict.fromkeys(feeders)) for name, feeders in _graph(playbook).items()
        }
        self._in_regions = playbook.calendar.region_facts
        self._measured = frozenset(id for id, fact in playbook.facts.items() if fact.measure)

    @cached_property
    def strata(self) -> tuple[tuple[RuleId, ...], ...]:
        """All names in strata, each fed only by earlier strata.

        Raises:
            graphlib.CycleError: rules feed each other in a loop, which the check `loop` reports.
        """
        # Not `static_order`, which has no strata: those are what evaluators handle at once.
        sorter = TopologicalSorter(self.graph)
        sorter.prepare()
        found = []
        while sorter.is_active():
            ready = sorter.get_ready()
            found.append(tuple(ready))
            sorter.done(*ready)
        return tuple(found)

    @cached_property
    def order(self) -> tuple[RuleId, ...]:
        """All names, each after those that feed it. Raises CycleError if there is a loop."""
        return tuple(name for stratum in self.strata for name in stratum)

    @cached_property
    def measure_order(self) -> tuple[str, ...]:
        """Ids of the measured facts, each after those that bound it.

        Raises CycleError if there is a loop.
        """
        facts = (name.id for name in self.order if name.section == "facts")
        return tuple(id for id in facts if id in self._measured)

    @cached_property
    def read(self) -> frozenset[RuleId]:
        """The names that some rule or measure, or a region of the calendar, reads."""
        regions = (RuleId("facts", id) for id in self._in_regions)
        return frozenset([*regions, *(name for each in self.graph.values() for name in each)])

    @cached_property
    def readers(self) -> Mapping[RuleId, frozenset[RuleId]]:
        """A map from each name that is read to the names that read it."""
        found: dict[RuleId, set[RuleId]] = {}
        for reader, feeders in self.graph.items():
            for name in feeders:
                found.setdefault(name, set()).add(reader)
        return {name: frozenset(readers) for name, readers in found.items()}

    def fed_by(self, names: Iterable[RuleId]) -> tuple[RuleId, ...]:
        """Return everything that ``names`` feed, directly or not, in order of evaluation.

        Raises CycleError if there is a loop.
        """
        found: set[RuleId] = set()
        stack = list(names)
        while stack:
            new = self.readers.get(stack.pop(), frozenset()) - found
            found |= new
            stack += new
        return tuple(name for name in self.order if name in found)

    def facts_behind(self, names: Iterable[RuleId]) -> frozenset[str]:
        """Return the ids of the facts that feed ``names`` directly or through other facts.

        Facts that feed them only through conclusions of rules are not included.
        """
        found: set[RuleId] = set()
        stack = [feeder for name in names for feeder in self.graph[name]]
        while stack:
            name = stack.pop()
            if name.section == "facts" and name not in found:
                found.add(name)
                stack += self.graph.get(name, ())
        return frozenset(name.id for name in found)


_kept: dict[int, tuple[weakref.ref[Playbook], Dependencies]] = {}


def dependencies(playbook: Playbook) -> Dependencies:
    """Return the dependency graph of ``playbook``, which is built once per object and cached."""
    # By identity and not by `functools.cache`: a playbook is compared by its contents and holds
    # dicts, so that it has no hash. The id may be used again only after `forget` has run.
    key = id(playbook)
    if key not in _kept:

        def forget(_: weakref.ref[Playbook], key: int = key) -> None:
            _kept.pop(key, None)

        _kept[key] = weakref.ref(playbook, forget), Dependencies(playbook)
    return _kept[key][1]


def _graph(playbook: Playbook) -> dict[RuleId, list[RuleId]]:
    graph: dict[RuleId, list[RuleId]] = {}
    for fact in playbook.facts.values():
        graph[RuleId("facts", fact.id)] = _feeds_fact(fact)
    for threshold in playbook.thresholds.values():
        times = [RuleId("facts", id) for id in (threshold.since, "silent_since")]
        graph[RuleId("dark", threshold.id)] = _names_in(threshold.when) + times
    graph[DARK] = [RuleId("dark", id) for id in playbook.thresholds]
    for signal in playbook.signals.values():
        graph[RuleId("signals", signal.id)] = _names_in(signal.when)
    for cause in playbook.causes.values():
        graph[RuleId("causes", cause.id)] = _feeds_cause(cause)
    graph[CAUSE_KNOWN] = [RuleId("causes", id) for id in playbook.causes]
    for action in playbook.actions.values():
        fits = [RuleId("causes", id) for id in action.fits]
        graph[RuleId("actions", action.id)] = _names_in(action.when) + fits
    for guard in playbook.guards.values():
        graph[RuleId("guards", guard.id)] = _names_in(guard.condition)
    return graph


def _feeds_fact(fact: Fact) -> list[RuleId]:
    if fact.when is not None:
        return _names_in(fact.when)
    if fact.measure is not None:
        bounds = (fact.measure.after, fact.measure.before)
        return [RuleId("facts", id) for id in bounds if id is not None]
    return []


def _feeds_cause(cause: Cause) -> list[RuleId]:
    considered = [DARK] if cause.when is None else _names_in(cause.when)
    return considered + [name for evidence in cause.evidence for name in _names_in(evidence.when)]


def _names_in(condition: Condition) -> list[RuleId]:
    return [rule_id(ref) for ref in refs_in(condition)]
