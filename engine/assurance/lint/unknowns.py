"""Check for conditions that do not hold of a cell without a value, though they read as if they did:
one that is blank, or that nobody can read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from engine.assurance.lint.lint_target import LintTarget
from engine.book.book import UNDATED
from engine.language import conditions as c
from engine.language.conditions import UNREADABLE_PREFIX, Condition
from engine.language.model import Fact, Guard, Playbook
from engine.language.problem import Problem, Span
from engine.language.quoting import quoted
from engine.language.walk import (
    RuleId,
    comparisons_in,
    conditions,
    conjuncts,
    exceptions_in,
    measure_conditions,
    refs_in,
    rule_id,
)
from engine.semantics.dependencies import dependencies
from engine.semantics.negation import literals


def blank_is_not_false(target: LintTarget) -> Iterator[Problem]:
    """Report `not` and `is_not` of a boolean that may be blank: unknown is neither true nor false.

    `vip: false` says that it is false; `vip: {is_not: true}` reads as "unless it is true".
    """
    playbook = target.playbook
    every = [*conditions(playbook), *(at for _, at in measure_conditions(playbook))]
    for _, place, condition in every:
        if target.damage.of(*place):
            continue
        asked = {test.subject for test in comparisons_in(condition) if isinstance(test, c.Known)}
        for test in _negated(condition):
            if test.subject not in asked and _may_be_blank(playbook, test.subject):
                yield _blank(test)


def _negated(condition: Condition) -> Iterator[c.Equals]:
    """Yield each comparison with true or false that stands right below a `not`."""
    match condition:
        case c.All(parts) | c.AnyOf(parts):
            for part in parts:
                yield from _negated(part)
        case c.Not(c.Equals(value=bool()) as test):
            yield test
        case c.Not(part) | c.Unless(part):
            yield from _negated(part)
        case _:
            pass


def _may_be_blank(playbook: Playbook, subject: c.Ref) -> bool:
    fact = playbook.facts.get(subject.id) if subject.kind == "fact" else None
    return subject.kind == "column" or (fact is not None and fact.given and fact.default is None)


def _blank(test: c.Equals) -> Problem:
    name, other = test.subject, str(not test.value).lower()
    return Problem(
        test.span,
        "blank-is-not-false",
        f"this does not hold where {quoted(name)} is blank, which is neither true nor false",
        f"write `{name}: {other}`, or if a blank counts, "
        f"`unless: {{{name}: {str(test.value).lower()}}}`",
        severity="warning",
    )


def guard_fails_open(target: LintTarget) -> Iterator[Problem]:
    """Report each guard of the file that bans outreach while a given fact is true, false or known,
    if no guard bans the same while the cell of that fact is unreadable, or blank.

    The fact may stand alone, be one of several alternatives, or the only boolean that must be true
    among conditions that must all hold.

    `Ja` in a column of opt-outs is neither true nor false, so that such a guard does not hold.
    """
    playbook = target.playbook
    own = [guard for guard in playbook.guards.values() if target.is_local(guard.span)]
    if not own:  # most playbooks: there is nothing to look up
        return
    doors, askers = _OpenDoors(playbook), _Askers(playbook)
    for guard in own:
        in_doubt = target.damage.of("guards", guard.id) or target.damage.of("facts")
        if in_doubt or not _holds_messages_back(guard, playbook):
            continue
        seen: set[str] = set()
        for test, span in doors.of_guard(guard):
            fact = test.subject.id
            if fact not in seen and not askers.ban(fact, guard):
                seen.add(fact)
                yield _fails_open(test, span or target.key("guards", guard.id, "while"))


def _holds_messages_back(guard: Guard, playbook: Playbook) -> bool:
    """Return whether ``guard`` bans while its condition holds, and bans some outreach."""
    named = (playbook.actions.get(id) for id in guard.actions)
    outreach = any(action is None or action.kind == "outreach" for action in named)
    of_kind = not guard.kinds or "outreach" in guard.kinds
    return not guard.unless and of_kind and (outreach or not guard.actions)


class _Askers:
    """The guards that ask whether the cell of a fact is unreadable, or has no value."""

    def __init__(self, playbook: Playbook) -> None:
        self._playbook = playbook
        self._outreach = [each for each in playbook.actions.values() if each.kind == "outreach"]

    def ban(self, fact: str, guard: Guard) -> bool:
        """Return whether the guards that ask about ``fact`` hold back all that ``guard`` does."""
        askers = self._of_fact.get(fact, ())
        if any(_bans_as_much(asker, guard) for asker in askers):
            return True
        banned = [action for action in self._outreach if guard.blocks(action)]
        each = (any(asker.blocks(action) for asker in askers) for action in banned)
        return bool(banned) and all(each)

    @cached_property
    def _of_fact(self) -> Mapping[str, Sequence[Guard]]:
        found: dict[str, list[Guard]] = defaultdict(list)
        for guard in self._playbook.guards.values():
            for fact in _asked_by(guard, self._playbook):
                found[fact].append(guard)
        return found


def _asked_by(guard: Guard, playbook: Playbook) -> frozenset[str]:
    behind = dependencies(playbook).facts_behind([RuleId("guards", guard.id)])
    flags = {id for id in behind if id.startswith(UNREADABLE_PREFIX)}
    whens = (playbook.facts[id].when for id in behind if id in playbook.facts)
    every = [guard.condition, *(when for when in whens if when is not None)]
    blank = {
        test.subject.id
        for each in every
        for test, holds in literals(each)
        if isinstance(test, c.Known) and test.known != holds
    }
    excepted = [ref for each in every for part in exceptions_in(each) for ref in refs_in(part)]
    if guard.unless:  # it bans where what it needs is unknown
        excepted += [ref for part in conjuncts(guard.condition) for ref in _needed(part)]
    passed = dependencies(playbook).facts_behind([rule_id(ref) for ref in excepted])
    blank |= {ref.id for ref in excepted} | set(passed)
    return frozenset({id.removeprefix(UNREADABLE_PREFIX) for id in flags} | blank)


def _needed(part: Condition) -> Iterator[c.Ref]:
    """Yield the names of which ``part`` needs to know the value, if it is no alternative."""
    if not isinstance(part, c.AnyOf):
        yield from refs_in(part)


def _bans_as_much(one: Guard, other: Guard) -> bool:
    """Return whether ``one`` bans all outreach that ``other`` bans, whatever actions there are."""
    pairs = ((one.channels, other.channels), (one.actions, other.actions))
    outreach = not one.kinds or "outreach" in one.kinds
    return outreach and all(
        not mine or (theirs and set(theirs) <= set(mine)) for mine, theirs in pairs
    )


Test = c.Equals | c.Known
"""A test that a fact is true or false, or has a value."""


class _OpenDoors:
    """The tests of given facts that are enough for a condition, and fail where a cell is odd."""

    def __init__(self, playbook: Playbook) -> None:
        self._facts = playbook.facts
        self._behind: dict[str, tuple[Test, ...]] = {}

    def of_guard(self, guard: Guard) -> Iterator[tuple[Test, Span | None]]:
        """Yield such tests, each with its place if it stands in the guard itself."""
        for test in _bans(guard.condition, self._facts):
            for found in self._of(test):
                yield found, test.span if found is test else None

    def _of(self, test: Test) -> tuple[Test, ...]:
        fact = self._facts.get(test.subject.id)
        if fact is None or fact.id == UNDATED:
            return ()
        if _is_cell(fact):
            return (test,)
        true = isinstance(test, c.Equals) and test.value is True
        return self._of_derived(fact.id, fact.when) if true and fact.when is not None else ()

    def _of_derived(self, id: str, when: Condition) -> tuple[Test, ...]:
        if id not in self._behind:
            self._behind[id] = ()  # a loop of facts is an error of its own
            inner = (each for test in _bans(when, self._facts) for each in self._of(test))
            self._behind[id] = tuple(inner)
        return self._behind[id]


def _is_cell(fact: Fact) -> bool:
    return fact.given and not fact.hidden


def _bans(condition: Condition, facts: Mapping[str, Fact]) -> Iterator[Test]:
    """Yield each test of a fact that speaks for the ban and not for a permission.

    Those are the alternatives, and beside other conditions the only test that a cell is true: in
    `{calls_unanswered: 3, may_call: true}` the fact permits, and the count bans. No text is
    unreadable, so that whether there is one is always known.
    """
    match condition:
        case c.AnyOf(parts):
            for part in parts:
                yield from _bans(part, facts)
        case c.All(parts):
            tests = [part for part in parts if isinstance(part, c.Equals) and part.value is True]
            if len(tests) == 1 and (fact := facts.get(tests[0].subject.id)) and _is_cell(fact):
                yield tests[0]
        case c.Equals(value=bool()) as test if test.subject.kind == "fact":
            yield test
        case c.Known(known=True) as test if test.subject.kind == "fact":
            fact = facts.get(test.subject.id)
            if fact is not None and fact.type != "text":
                yield test
        case _:
            pass


def _fails_open(test: Test, span: Span) -> Problem:
    fact = test.subject.id
    said = "{known: true}" if isinstance(test, c.Known) else str(test.value).lower()
    return Problem(
        span,
        "guard-fails-open",
        f"this guard lets everything through where the cell of {quoted(fact)} cannot be read",
        f"hold back there too: `any: [{{{fact}: {said}}}, {{{fact}: {{unreadable: true}}}}]`",
        severity="warning",
    )
