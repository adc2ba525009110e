"""One prospect judged by durable-rules: its facts are asserted, the rules of the playbook match
them, and what a finished layer concluded is asserted in turn, until every layer is done.

A conclusion of a finished layer is asserted either way: that a rule fired, and that it did not.
So every rule is positive, and no answer depends on the order in which facts arrive. What is
asserted is never a value but its place on the scale of its gauge (see `gauges`).

durable-rules is used through its C module, which is the network of rules itself. Its Python half
runs two threads that dispatch behind a caller's back, keeps every rule set for good, swallows what
a consequent raises and takes a hundred times as long to import. What the network cannot bear, and
the limits `rete_rules` keeps for it, are pinned in
tests/backends/rete/test_durable_rules_limits.py.
"""

from __future__ import annotations

import contextlib
import json
import sys
import threading
import weakref
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.backends.rete.features import Feature, Pattern, Subgoal, read_feature
from engine.backends.rete.rules_to_rete import (
    Availability,
    Conclusion,
    ForwardRule,
    Property,
    forward_rules,
    properties_of,
    split_messages,
    split_rulesets,
)
from engine.backends.rete.working_memory import WorkingMemory
from engine.language.model import Playbook
from engine.semantics.firings import Context, Firings

PYTHON = sys.version_info[:3]
MATCHED, UNMATCHED = 0, 1
_STATE = "0"
START = "start"


def unavailable_reason() -> str | None:
    """Why this evaluator cannot run here, in one sentence; None where it can."""
    try:
        _engine()
    except ImportError as error:
        if PYTHON[:2] >= (3, 13):
            running = "{}.{}".format(*PYTHON)
            return f"durable-rules works up to Python 3.12, and this is Python {running}"
        if isinstance(error, ModuleNotFoundError):
            return "durable-rules is not installed; it comes with the extra `rete`"
        return f"durable-rules cannot be loaded ({error})"
    return None


def _engine() -> Any:
    import durable_rules_engine

    return durable_rules_engine


class ReteEvaluator:
    """The evaluator of one playbook that runs on durable-rules; threads may share it.

    Raises ImportError where durable-rules cannot be loaded, CycleError where rules feed themselves.
    """

    name = "rete"

    def __init__(self, playbook: Playbook) -> None:
        self._playbook = playbook
        rules = forward_rules(playbook)
        moments = Availability(playbook)
        properties = properties_of(rules, moments)
        self._layers = moments.layers
        self._steps = {
            item.feature: item for item in properties if isinstance(item.feature, Subgoal)
        }
        self._known_from: list[list[Property]] = [
            [item for item in properties if item.moment == moment]
            for moment in range(len(self._layers) + 1)
        ]
        self._networks = [Network(each, properties) for each in split_rulesets(rules)]
        self._lock = threading.Lock()

    def evaluate(self, context: Context) -> Firings:
        """Return the firings of ``context``, equal to the definition's."""
        drawn = WorkingMemory(self._playbook, context)
        with self._lock:
            try:
                self._chain(drawn)
            finally:
                for network in self._networks:
                    network.retract()
        return drawn.firings()

    def _chain(self, drawn: WorkingMemory) -> None:
        self._assert(0, drawn)
        for moment, layer in enumerate(self._layers, start=1):
            for name in layer:
                drawn.conclude(name)
            self._assert(moment, drawn)

    def _assert(self, moment: int, drawn: WorkingMemory) -> None:
        """Assert what is known from ``moment`` on, and every step that follows."""
        ordinals = {}
        for item in self._known_from[moment]:
            value = read_feature(item.feature, drawn.context, drawn.value_of)
            if value is not None:
                ordinals[item.name] = item.scale.bin_index(value)
        waiting = [(moment, ordinals)] if ordinals else []
        while waiting:
            moment, ordinals = waiting.pop()
            for network in self._networks:
                for conclusion in network.assert_facts(moment, ordinals):
                    if isinstance(conclusion, Subgoal) and conclusion not in drawn.fired:
                        step = self._steps[conclusion]
                        waiting.append((step.moment, {step.name: 1}))
                    drawn.fired.add(conclusion)


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """A fact as it is asserted: the words it begins with, and the properties it may have."""

    opening: str
    names: tuple[str, ...]


class Network:
    """Rules in durable-rules, and one state in which they match what is told.

    Names of rules and properties are numbered, and all values are small whole numbers: no text of
    a playbook or a prospect reaches the C code.
    """

    def __init__(self, rules: Sequence[ForwardRule], properties: Sequence[Property]) -> None:
        self._engine = _engine()
        self._conclusions: dict[str, Conclusion | None] = {
            f"r{number}": rule.conclusion for number, rule in enumerate(rules)
        } | {START: None}
        by_feature = {item.feature: item for item in properties}
        definition = {f"r{n}": _definition(rule, by_feature) for n, rule in enumerate(rules)}
        definition[START] = {"all": [{"m0": {START: 1}}]}
        self._handle = self._engine.create_ruleset("relight", json.dumps(definition))
        weakref.finalize(self, self._engine.delete_ruleset, self._handle).atexit = False
        self._forms = _forms(rules, properties)
        self._warm()

    def _warm(self) -> None:
        # A state deleted before any rule fired in it frees memory that was never set, unless
        # another one had its place before. So one comes first in which a rule fires.
        list(self._fire(f'{{"sid":"{_STATE}","id":"{START}","{START}":1}}'))
        self.retract()

    def assert_facts(self, moment: int, ordinals: Mapping[str, int]) -> Iterator[Conclusion]:
        """Assert ``ordinals``, property names to places, known from ``moment`` on; gives what the
        rules conclude that match now.
        """
        for form in self._forms.get(moment, ()):
            known = [f'"{name}":{ordinals[name]}' for name in form.names if name in ordinals]
            if known:
                yield from self._fire(f"{form.opening}{','.join(known)}}}")

    def _fire(self, fact: str) -> Iterator[Conclusion]:
        engine, handle = self._engine, self._handle
        code, state = engine.assert_fact(handle, fact)
        if code not in {MATCHED, UNMATCHED}:
            raise RuntimeError(f"durable-rules left out a fact, code {code}: {fact}")
        first = engine.start_action_for_state(handle, state)
        match = first[1] if first else None
        while match:
            # {"RULE":{...}}: the facts that matched are not looked at, so they are not parsed.
            conclusion = self._conclusions[match[2 : match.index('"', 2)]]
            if conclusion is not None:
                yield conclusion
            match = engine.complete_and_start_action(handle, state)

    def retract(self) -> None:
        """Delete the state, if anything was told in it."""
        with contextlib.suppress(self._engine.error):
            self._engine.delete_state(self._handle, _STATE)


def _definition(rule: ForwardRule, by_feature: Mapping[Feature, Property]) -> dict[str, object]:
    """``rule`` as durable-rules reads it; `dist` 0 lets one fact match several of its patterns."""
    expressions = [_expression(pattern, by_feature[pattern.feature]) for pattern in rule.patterns]
    return {"all": [{f"m{n}": each} for n, each in enumerate(expressions)], "dist": 0}


def _expression(pattern: Pattern, item: Property) -> dict[str, object]:
    place: dict[str, object] = {item.name: pattern.bin_index(item.scale)}
    return place if pattern.operator == "$eq" else {pattern.operator: place}


def _forms(
    rules: Sequence[ForwardRule], properties: Sequence[Property]
) -> dict[int, list[MessageTemplate]]:
    forms: dict[int, list[MessageTemplate]] = {}
    for number, (moment, names) in enumerate(split_messages(rules, properties)):
        opening = f'{{"sid":"{_STATE}","id":"{number}",'
        forms.setdefault(moment, []).append(MessageTemplate(opening, names))
    return forms
