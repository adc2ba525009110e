"""Evaluate one prospect with durable-rules: assert its facts, let rules match, layer by layer.

The conclusions of a finished layer are asserted as well, both that a rule fired and that it did
not: negation in durable-rules matches facts that are out of date. So every rule is positive, and no
answer depends on the order of facts. Only numbers of bins are asserted (see
`engine.backends.rete.features`), never values.

durable-rules is used through its C module, which is the network of rules itself. Its Python half
runs two threads that dispatch on their own, never frees a rule set, swallows exceptions of
consequents and takes a hundred times as long to import. The limits of the network, which
`rules_to_rete` respects, are pinned in tests/backends/rete/test_durable_rules_limits.py.
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
    """Return why this evaluator cannot run here, in one sentence; None if it can."""
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
    """An evaluator that runs one playbook on durable-rules. Threads may share it.

    Raises:
        ImportError: The C module of durable-rules cannot be loaded.
        CycleError: Rules feed themselves.
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
        """Return what fires for ``context``."""
        memory = WorkingMemory(self._playbook, context)
        # The state of each network is deleted after every evaluation: messages have the same ids in
        # each, and durable-rules would drop a message whose id it has seen.
        with self._lock:
            try:
                self._chain(memory)
            finally:
                for network in self._networks:
                    network.retract()
        return memory.firings()

    def _chain(self, memory: WorkingMemory) -> None:
        self._assert(0, memory)
        for moment, layer in enumerate(self._layers, start=1):
            for name in layer:
                memory.conclude(name)
            self._assert(moment, memory)

    def _assert(self, moment: int, memory: WorkingMemory) -> None:
        """Assert the features that are known from ``moment`` on, then subgoals as they are reached.

        A subgoal is asserted at once and not with a layer, since rules of this layer may need it.
        """
        bins = {}
        for item in self._known_from[moment]:
            value = read_feature(item.feature, memory.context, memory.value_of)
            if value is not None:  # what is unknown is not asserted, so no pattern matches it
                bins[item.name] = item.bins.bin_index(value)
        waiting = [(moment, bins)] if bins else []
        while waiting:
            moment, bins = waiting.pop()
            for network in self._networks:
                for conclusion in network.assert_facts(moment, bins):
                    # Of several rules for one subgoal, more than one may fire.
                    if isinstance(conclusion, Subgoal) and conclusion not in memory.fired:
                        step = self._steps[conclusion]
                        waiting.append((step.moment, {step.name: 1}))
                    memory.fired.add(conclusion)


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """A message for durable-rules: the start of its JSON, and the properties it may have."""

    opening: str
    names: tuple[str, ...]


class Network:
    """A set of rules in durable-rules, and one state in which they match messages.

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
        # Not at exit: the process frees the memory anyway.
        weakref.finalize(self, self._engine.delete_ruleset, self._handle).atexit = False
        self._forms = _forms(rules, properties)
        self._warm()

    def _warm(self) -> None:
        # A state deleted before any rule fired in it frees memory that was never set, unless
        # another one had its place before. So one comes first in which a rule fires.
        list(self._fire(f'{{"sid":"{_STATE}","id":"{START}","{START}":1}}'))
        self.retract()

    def assert_facts(self, moment: int, bins: Mapping[str, int]) -> Iterator[Conclusion]:
        """Assert ``bins`` and yield what the rules conclude that now match.

        Args:
            moment: From when on the properties are known, as `Availability` numbers it.
            bins: The bin of each property, by name.

        Raises:
            RuntimeError: The network refused a message.
        """
        for form in self._forms.get(moment, ()):
            known = [f'"{name}":{bins[name]}' for name in form.names if name in bins]
            if known:
                yield from self._fire(f"{form.opening}{','.join(known)}}}")

    def _fire(self, fact: str) -> Iterator[Conclusion]:
        engine, handle = self._engine, self._handle
        code, state = engine.assert_fact(handle, fact)
        if code not in {MATCHED, UNMATCHED}:  # to go on would be to evaluate without the message
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
        """Delete the state, which exists only if a message was asserted."""
        with contextlib.suppress(self._engine.error):
            self._engine.delete_state(self._handle, _STATE)


def _definition(rule: ForwardRule, by_feature: Mapping[Feature, Property]) -> dict[str, object]:
    """Return ``rule`` as durable-rules reads it.

    A rule for a dark prospect (``g2``) with an age (``g0``) of one bin gives
    ``{"all": [{"m0": {"g2": 1}}, {"m1": {"$gte": {"g0": 1}}}], "dist": 0}``. `dist` 0 lets one
    message match several patterns.
    """
    expressions = [_expression(pattern, by_feature[pattern.feature]) for pattern in rule.patterns]
    return {"all": [{f"m{n}": each} for n, each in enumerate(expressions)], "dist": 0}


def _expression(pattern: Pattern, item: Property) -> dict[str, object]:
    place: dict[str, object] = {item.name: pattern.bin_index(item.bins)}
    return place if pattern.operator == "$eq" else {pattern.operator: place}


def _forms(
    rules: Sequence[ForwardRule], properties: Sequence[Property]
) -> dict[int, list[MessageTemplate]]:
    forms: dict[int, list[MessageTemplate]] = {}
    for number, (moment, names) in enumerate(split_messages(rules, properties)):
        opening = f'{{"sid":"{_STATE}","id":"{number}",'
        forms.setdefault(moment, []).append(MessageTemplate(opening, names))
    return forms
