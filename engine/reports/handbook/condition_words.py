"""Describe conditions and settings of a playbook in plain words.

`emails_unanswered: {at_least: 3}` becomes `emails unanswered at least 3`; rules appear by their
titles.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.advice.comparison_words import describe_required
from engine.language import conditions as c
from engine.language.conditions import Condition, Value
from engine.language.model import Action, Guard, Measure, Playbook
from engine.language.walk import conjuncts
from engine.reports.terminal.percent import format_level
from engine.reports.terminal.phrases import plain

ALWAYS = "always"


NEGATIVE_PREFIXES = {"nothing ": "something ", "no ": "a ", "nobody ": "somebody ", "not ": ""}
"""The start of a negative name, and of its positive form."""


def _negated_name(name: str) -> str:
    """Negate ``name``: `met` to `not met`, and `nothing booked` to `something booked`."""
    for negative, positive in NEGATIVE_PREFIXES.items():
        if name.startswith(negative):
            return positive + name.removeprefix(negative)
    return f"not {name}"


class ConditionWords:
    """Describe conditions of one playbook, with its titles and units."""

    def __init__(self, playbook: Playbook) -> None:
        self._playbook = playbook

    def describe(self, condition: Condition) -> str:
        """Describe ``condition``; `always` if it requires nothing, `never` if it cannot hold."""
        match condition:
            case c.All(parts):
                return self._all(parts)
            case c.AnyOf((c.Equals(value=False) as no, c.Known(known=False) as unknown)) if (
                no.subject == unknown.subject
            ):
                return f"{self._flag(no.subject, False)} as far as is known"
            case c.AnyOf(parts):
                return " or ".join(map(self._part, parts)) or "never"
            case c.Not(part):
                return self._negated(part)
            case c.Unless():
                return self._exception(condition)
            case test:
                return self._test(test)

    def _all(self, parts: Sequence[Condition], *more: str) -> str:
        """Describe that all of ``parts`` and ``more`` hold: what is needed, then the exceptions."""
        flat = [part for each in parts for part in conjuncts(each)]
        needed = [self._part(part) for part in flat if not isinstance(part, c.Unless)]
        exceptions = [self._exception(part) for part in flat if isinstance(part, c.Unless)]
        words = [" and ".join([*needed, *more]), *exceptions]
        return ", ".join(filter(None, words)) or ALWAYS

    def _exception(self, condition: c.Unless) -> str:
        return f"unless {self._part(condition.part)}"

    def either(self, conditions: Sequence[Condition]) -> str:
        """Describe that one of ``conditions`` is true; what all of them require appears once."""
        required = [each.parts if isinstance(each, c.All) else (each,) for each in conditions]
        shared = [part for part in required[0] if all(part in parts for parts in required)]
        rest = [[part for part in parts if part not in shared] for parts in required]
        several = list(dict.fromkeys(map(self._all, rest))) if all(rest) else []
        ways = [f"({each})" if " and " in each or "unless " in each else each for each in several]
        alternatives = f"({' or '.join(ways)})" if len(ways) > 1 else "".join(several)
        return self._all(shared, *filter(None, [alternatives]))

    def _part(self, condition: Condition) -> str:
        """Describe a part of a combination, in parentheses if it is a combination itself."""
        words = self.describe(condition)
        several = isinstance(condition, c.All | c.AnyOf) and len(condition.parts) > 1
        several = several and (" and " in words or " or " in words)
        return f"({words})" if several or "unless " in words else words

    def _negated(self, part: Condition) -> str:
        match part:
            case c.Equals(value=bool() as value):
                return self._flag(part.subject, not value)
            case c.Equals() | c.In():
                return f"{self._name(part.subject)} is not {self._values(part)}"
            case c.Known(known=known):
                return self._known(part.subject, not known)
            case c.All() | c.AnyOf() | c.Not() | c.Unless():
                return f"not ({self.describe(part)})"
            case _:
                return f"not {self._test(part)}"

    def _test(self, test: c.Comparison) -> str:
        name = self._name(test.subject)
        match test:
            case c.Equals(value=bool() as value):
                return self._flag(test.subject, value)
            case c.Equals() | c.In():
                return f"{name} is {self._values(test)}"
            case c.Known(known=known):
                return self._known(test.subject, known)
            case c.AtLeast() | c.MoreThan() | c.AtMost() | c.LessThan() | c.Between():
                return f"{name} {self._amount(test)}"
            case c.Before(bound=bound) | c.After(bound=bound):
                return f"{name} {self._side(isinstance(test, c.Before), bound, test)}"
            case _:  # the words of the pages for reps, which every operator has
                return f"{name} {describe_required(test)}"

    def _amount(self, test: c.OrderComparison | c.Between) -> str:
        if test.subject.kind == "cause":
            match test:
                case c.Between(low=low, high=high):
                    return f"from {format_level(low)} to {format_level(high)} likely"
                case _:
                    words = describe_required(test).rpartition(" ")[0]
                    return f"{words} {format_level(test.bound)} likely"
        fact = self._playbook.facts.get(test.subject.id)
        unit = f" {fact.unit}" if fact is not None and fact.unit else ""
        return describe_required(test) + unit

    @staticmethod
    def _side(before: bool, bound: int | c.Ref | c.Now, test: c.Comparison) -> str:
        match bound:
            case c.Now():
                return "is past" if before else "is ahead"
            case c.Ref():
                return f"{'before' if before else 'after'} {plain(bound.id)}"
            case _:
                return describe_required(test)

    def _known(self, subject: c.Ref, known: bool) -> str:
        return f"{self._name(subject)} is {'known' if known else 'not known'}"

    def _flag(self, subject: c.Ref, holds: bool) -> str:
        if subject.cell_of is not None:
            return f"{plain(subject.cell_of)} {'cannot' if holds else 'can'} be read"
        match subject.kind:
            case "dark":
                return "they are dark" if holds else "they are not dark"
            case "cause_known":
                return "a cause is known" if holds else "no cause is known"
            case _:
                return self._name(subject) if holds else _negated_name(self._name(subject))

    def _name(self, subject: c.Ref) -> str:
        match subject.kind:
            case "signal":
                return f"“{self._playbook.signals[subject.id].title}”"
            case "cause":
                return f"“{self._playbook.causes[subject.id].title}”"
            case _:
                return plain(subject.id)

    def _values(self, test: c.Equals | c.In) -> str:
        values: tuple[Value, ...] = test.values if isinstance(test, c.In) else (test.value,)
        if test.subject.type == "choice" or test.subject.kind == "column":
            return " or ".join(plain(str(value)) for value in values)
        return describe_required(test).removeprefix("one of ").replace(", ", " or ")

    def measure(self, measure: Measure) -> str:
        """Describe what a measured fact is computed from."""
        what = measure.table if measure.column is None else plain(measure.column.name)
        kind = {"count": "how many", "any": "whether there are", "distinct": "how many different"}
        words = f"{kind.get(measure.kind, f'{measure.kind} of')} {what}"
        if measure.where is not None:
            where = self.describe(measure.where)
            words += f", {where}" if where.startswith("unless ") else f" where {where}"
        for side, bound in (("after", measure.after), ("before", measure.before)):
            words += f", {side} {plain(bound)}" if bound else ""
        return words + (f", within the last {measure.within}" if measure.within else "")

    def blocked(self, guard: Guard) -> str:
        """Describe what ``guard`` holds back."""
        titles = dict.fromkeys(f"“{self._playbook.actions[id].title}”" for id in guard.actions)
        kinds = [f"{kind} steps" for kind in guard.kinds]
        channels = [f"{plain(channel)} steps" for channel in guard.channels]
        given = [each for each in (kinds, channels, list(titles)) if each]
        parts = [" or ".join(each) for each in given]
        first = [f"({words})" if " or " in words else words for words in parts[:-1]]
        return " that are ".join([*first, *parts[-1:]])

    def held_back(self, guard: Guard) -> str:
        """Describe when ``guard`` holds it back."""
        words = self.describe(guard.condition)
        if words == ALWAYS:
            return "never" if guard.unless else ALWAYS
        if words.startswith("unless "):
            return f"unless ({words})" if guard.unless else words
        return f"unless {words}" if guard.unless else f"while {words}"

    def due(self, action: Action) -> str:
        """Describe when ``action`` is due."""
        match action.due:
            case "cadence":
                return "next touch"
            case "now":
                return "at once"
            case delay:
                return f"in {delay}"
