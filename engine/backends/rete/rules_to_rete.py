"""Translate a playbook to forward-chaining rules, and keep them within durable-rules' limits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.backends.rete.dnf import Dnf, DnfRewriter, true_pattern
from engine.backends.rete.features import (
    Always,
    Bins,
    Feature,
    Pattern,
    RawValue,
    SilenceLength,
    Subgoal,
    bins_by_feature,
    refs_of,
)
from engine.language.conditions import Ref
from engine.language.model import Cause, Playbook, Threshold
from engine.language.walk import EvidenceId, RuleId, rule_id
from engine.semantics.dependencies import dependencies


@dataclass(frozen=True, slots=True)
class IsFalse:
    """The conclusion that the derived fact ``name`` is certainly false.

    It is a rule of its own: that no rule found the fact true does not make it false.
    """

    name: RuleId


Conclusion = RuleId | EvidenceId | IsFalse | Subgoal
"""What a rule concludes: that a rule of the playbook or a piece of evidence fires, that a derived
fact is true, that a cause is considered; that a derived fact is false; or that a subgoal holds."""

_DARK = Ref("dark", "dark", "boolean")

# Below the limits of durable-rules: 4,096 rules and 511 patterns a set, 255 rules on one pattern,
# 64 patterns that one message matches, 252 properties of a message.
MAX_RULES = 4000
MAX_RULES_PER_PATTERN = 250
MAX_PATTERNS_PER_RULESET = 250
MAX_PATTERNS_PER_FEATURE = 60
MAX_PATTERNS_PER_MESSAGE = 60
MAX_PROPERTIES_PER_MESSAGE = 200


@dataclass(frozen=True, slots=True)
class ForwardRule:
    """A rule that draws ``conclusion`` where all of ``patterns`` (at least one) match."""

    conclusion: Conclusion
    patterns: tuple[Pattern, ...]


def forward_rules(playbook: Playbook) -> tuple[ForwardRule, ...]:
    """Translate ``playbook`` to rules, one for each disjunct of each condition.

    ``signals: {a: {when: {any: [{amount: {at_least: 5}}, {opted_out: true}]}}}`` gives, with short
    names for features::

        ForwardRule(signals.a, ((amount, "$gte", (5.0, 0)),))
        ForwardRule(signals.a, ((opted_out, "$eq", (True, 0)),))
    """
    rewriter = DnfRewriter(playbook.calendar.business_day)
    found: list[tuple[Conclusion, Dnf]] = [*_alternatives(playbook, rewriter)]
    unread = {step: part for part, step in rewriter.steps.items()}
    for _, alternatives in found:  # grows by the steps that are read, and by those they read
        features = {pattern.feature for patterns in alternatives for pattern in patterns}
        found += [(step, unread.pop(step)) for step in list(unread) if step in features]
    moments = Availability(playbook)
    return tuple(
        ForwardRule(conclusion, _latest_first(patterns, moments))
        for conclusion, alternatives in found
        for patterns in alternatives
    )


def _latest_first(patterns: tuple[Pattern, ...], moments: Availability) -> tuple[Pattern, ...]:
    """Sort patterns so that features that are known last are matched first.

    durable-rules joins patterns in this order, and stores every partial match.
    """
    by_moment = sorted(patterns, key=lambda pattern: -moments.of(pattern.feature))
    return tuple(by_moment) or (true_pattern(Always()),)


def _alternatives(playbook: Playbook, rewriter: DnfRewriter) -> Iterator[tuple[Conclusion, Dnf]]:
    for fact in playbook.facts.values():
        if fact.when is not None:
            name = RuleId("facts", fact.id)
            yield name, rewriter.rewrite(fact.when)
            yield IsFalse(name), rewriter.rewrite(fact.when, holds=False)
    for threshold in playbook.thresholds.values():
        lasted = _lasted(threshold, playbook.calendar.business_day)
        when = rewriter.rewrite(threshold.when)
        yield RuleId("dark", threshold.id), rewriter.all_of((when, ((lasted,),)))
    for signal in playbook.signals.values():
        yield RuleId("signals", signal.id), rewriter.rewrite(signal.when)
    for cause in playbook.causes.values():
        yield from _cause(cause, rewriter)
    for action in playbook.actions.values():
        yield RuleId("actions", action.id), rewriter.rewrite(action.when)
    for guard in playbook.guards.values():
        yield RuleId("guards", guard.id), rewriter.rewrite(guard.condition)


def _lasted(threshold: Threshold, business_day: int) -> Pattern:
    needed = threshold.silent_for
    silence = SilenceLength(threshold.since, needed.business)
    return Pattern(silence, "$gte", (needed.seconds(business_day), 0))


def _cause(cause: Cause, rewriter: DnfRewriter) -> Iterator[tuple[Conclusion, Dnf]]:
    dark: Dnf = ((true_pattern(RawValue(_DARK)),),)
    considered = dark if cause.when is None else rewriter.rewrite(cause.when)
    yield RuleId("causes", cause.id), considered
    for item in cause.evidence:
        # Evidence reads `considered` again and not the conclusion: that would take a layer more.
        both = (considered, rewriter.rewrite(item.when))
        yield EvidenceId(cause.id, item.id), rewriter.all_of(both)


class Availability:
    """When features are known: 0 is from the start, n is after layer n has been concluded."""

    def __init__(self, playbook: Playbook) -> None:
        self._facts = playbook.facts
        self.layers = tuple(
            tuple(name for name in layer if self._is_conclusion(name))
            for layer in dependencies(playbook).strata
        )
        self._moment = {
            name: moment for moment, layer in enumerate(self.layers, start=1) for name in layer
        }

    def _is_conclusion(self, name: RuleId) -> bool:
        return name.section != "facts" or self._facts[name.id].when is not None

    def of(self, feature: Feature) -> int:
        """Return the moment from which ``feature`` is known.

        Each subgoal has a moment of its own, below 0, since it is asserted when it is concluded.
        """
        if isinstance(feature, Subgoal):
            return -1 - feature.number
        names = (rule_id(subject) for subject in refs_of(feature))
        return max((self._moment.get(name, 0) for name in names), default=0)


@dataclass(frozen=True, slots=True)
class Property:
    """A feature as a property of messages: its name there, its bins, and when it is known."""

    name: str
    feature: Feature
    bins: Bins
    moment: int


def properties_of(rules: Iterable[ForwardRule], moments: Availability) -> tuple[Property, ...]:
    """Return a property for each feature that ``rules`` read."""
    found = bins_by_feature(pattern for rule in rules for pattern in rule.patterns)
    return tuple(
        Property(f"g{number}", feature, bins, moments.of(feature))
        for number, (feature, bins) in enumerate(found.items())
    )


def split_rulesets(rules: Iterable[ForwardRule]) -> list[list[ForwardRule]]:
    """Split ``rules``, in their order, into sets that are within the limits of durable-rules."""
    sets: list[_RuleSet] = []
    for rule in rules:
        if not sets or not sets[-1].has_room_for(rule):
            sets.append(_RuleSet())
        sets[-1].add(rule)
    return [found.rules for found in sets]


class _RuleSet:
    def __init__(self) -> None:
        self.rules: list[ForwardRule] = []
        self._uses: Counter[Pattern] = Counter()
        self._patterns: Counter[Feature] = Counter()

    def has_room_for(self, rule: ForwardRule) -> bool:
        new = [pattern for pattern in rule.patterns if pattern not in self._uses]
        return (
            len(self.rules) < MAX_RULES
            and len(self._uses) + len(new) <= MAX_PATTERNS_PER_RULESET
            and all(self._uses[pattern] < MAX_RULES_PER_PATTERN for pattern in rule.patterns)
            and all(
                self._patterns[feature] + count <= MAX_PATTERNS_PER_FEATURE
                for feature, count in Counter(pattern.feature for pattern in new).items()
            )
        )

    def add(self, rule: ForwardRule) -> None:
        self.rules.append(rule)
        for pattern in rule.patterns:
            self._patterns[pattern.feature] += pattern not in self._uses
            self._uses[pattern] += 1


def split_messages(
    rules: Iterable[ForwardRule], properties: Iterable[Property]
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the moment and the property names of each message that is asserted for ``rules``.

    Three features that are known from the start and one that is known after layer 4 give
    ``(0, ("g0", "g1", "g3"))`` and ``(4, ("g2",))``. Messages have no more properties than
    durable-rules takes, and only those that ``rules`` read.
    """
    readers = Counter(
        pattern.feature for pattern in {pattern for rule in rules for pattern in rule.patterns}
    )
    by_moment: dict[int, list[Property]] = {}
    for item in properties:
        if item.feature in readers:
            by_moment.setdefault(item.moment, []).append(item)
    for moment, known in by_moment.items():
        names: list[str] = []
        load = 0
        for item in known:
            load += readers[item.feature]
            if load > MAX_PATTERNS_PER_MESSAGE or len(names) == MAX_PROPERTIES_PER_MESSAGE:
                yield moment, tuple(names)
                names, load = [], readers[item.feature]
            names.append(item.name)
        yield moment, tuple(names)
