"""Check for conditions that do not hold of a cell without a value, though they read as if they did:
one that is blank, or that nobody can read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.assurance.lint.lint_target import LintTarget
from engine.book.book import UNDATED
from engine.language import conditions as c
from engine.language.conditions import UNREADABLE_PREFIX, Condition
from engine.language.model import Fact, Guard, Playbook
from engine.language.problem import Problem, Span
from engine.language.quoting import quoted
from engine.language.walk import RuleId, comparisons_in, conditions, measure_conditions
from engine.semantics.dependencies import dependencies


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
        case c.Not(part):
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
        f"`any: [{{{name}: {other}}}, {{{name}: {{known: false}}}}]`",
        severity="warning",
    )


def guard_fails_open(target: LintTarget) -> Iterator[Problem]:
    """Report each guard of the file that bans outreach while a given boolean fact is true, if no
    guard asks whether the cell of that fact is unreadable, or blank.

    The fact may stand alone, be one of several alternatives, or the only boolean among conditions
    that must all hold.

    `Ja` in a column of opt-outs is neither true nor false, so that such a guard does not hold.
    """
    playbook = target.playbook
    own = [guard for guard in playbook.guards.values() if target.is_local(guard.span)]
    if not own:  # most playbooks: there is nothing to look up
        return
    doors = _OpenDoors(playbook)
    for guard in own:
        in_doubt = target.damage.of("guards", guard.id) or target.damage.of("facts")
        if in_doubt or not _holds_messages_back(guard, playbook):
            continue
        seen: set[str] = set()
        for fact, span in doors.of_guard(guard):
            if fact not in seen:
                seen.add(fact)
                yield _fails_open(fact, span or target.key("guards", guard.id, "while"))


def _holds_messages_back(guard: Guard, playbook: Playbook) -> bool:
    """Return whether ``guard`` bans while its condition holds, and bans some outreach."""
    named = (playbook.actions.get(id) for id in guard.actions)
    outreach = any(action is None or action.kind == "outreach" for action in named)
    of_kind = not guard.kinds or "outreach" in guard.kinds
    return not guard.unless and of_kind and (outreach or not guard.actions)


def _asked_about(playbook: Playbook) -> frozenset[str]:
    """Return the facts of which guards ask whether the cell is unreadable, or has no value."""
    names = [RuleId("guards", id) for id in playbook.guards]
    behind = dependencies(playbook).facts_behind(names)
    flags = {id for id in behind if id.startswith(UNREADABLE_PREFIX)}
    unreadable = {id.removeprefix(UNREADABLE_PREFIX) for id in flags}
    whens = [playbook.facts[id].when for id in behind if id in playbook.facts]
    every = [guard.condition for guard in playbook.guards.values()] + [at for at in whens if at]
    tests = (test for each in every for test in comparisons_in(each))
    blank = {test.subject.id for test in tests if isinstance(test, c.Known) and not test.known}
    return frozenset(unreadable | blank)


class _OpenDoors:
    """The given facts whose being true is enough for a condition, with nobody asking about it."""

    def __init__(self, playbook: Playbook) -> None:
        self._facts = playbook.facts
        self._asked = _asked_about(playbook)
        self._of_fact: dict[str, tuple[str, ...]] = {UNDATED: ()}

    def of_guard(self, guard: Guard) -> Iterator[tuple[str, Span | None]]:
        """Yield the ids of such facts, with the place if the guard itself names the fact."""
        for test in _bans(guard.condition, self._facts):
            id = test.subject.id
            for fact in self._of(id):
                yield fact, test.span if fact == id else None

    def _of(self, id: str) -> tuple[str, ...]:
        if id not in self._of_fact:
            self._of_fact[id] = ()  # a loop of facts is an error of its own
            fact = self._facts.get(id)
            if fact is not None and _is_cell(fact):
                self._of_fact[id] = () if id in self._asked else (id,)
            elif fact is not None and fact.when is not None:
                tests = _bans(fact.when, self._facts)
                inner = (each for test in tests for each in self._of(test.subject.id))
                self._of_fact[id] = tuple(dict.fromkeys(inner))
        return self._of_fact[id]


def _is_cell(fact: Fact) -> bool:
    return fact.given and fact.type == "boolean" and not fact.hidden


def _bans(condition: Condition, facts: Mapping[str, Fact]) -> Iterator[c.Equals]:
    """Yield each test that a fact is true which speaks for the ban and not for a permission.

    Those are the alternatives, and beside other conditions the only such test if it is of a cell:
    in `{calls_unanswered: 3, may_call: true}` the fact permits, and the count bans.
    """
    match condition:
        case c.AnyOf(parts):
            for part in parts:
                yield from _bans(part, facts)
        case c.All(parts):
            tests = [part for part in parts if isinstance(part, c.Equals) and part.value is True]
            if len(tests) == 1 and (fact := facts.get(tests[0].subject.id)) and _is_cell(fact):
                yield tests[0]
        case c.Equals(value=True) as test if test.subject.kind == "fact":
            yield test
        case _:
            pass


def _fails_open(fact: str, span: Span) -> Problem:
    return Problem(
        span,
        "guard-fails-open",
        f"this guard lets everything through where the cell of {quoted(fact)} cannot be read",
        f"hold back there too: `any: [{{{fact}: true}}, {{{fact}: {{unreadable: true}}}}]`",
        severity="warning",
    )
