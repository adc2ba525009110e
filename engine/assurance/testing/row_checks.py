"""Check the rows of a case: do they count, and do the facts that the case sets agree with them?

A case may set a measured fact, and then its rows are not looked at. The rows may be fewer than the
fact says, since nobody wants to write down five touches to say `touches_total: 5`. But a value that
no further rows could give is a mistake, and what the case expects may hold for that reason only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.book.calendar.business_clock import Clock
from engine.book.prospect import Prospect, Row
from engine.language.conditions import Value
from engine.language.model import Fact, Measure, Playbook, Table
from engine.language.problem import Problem
from engine.language.yaml.document import Document, KeyPath
from engine.semantics.evaluate_measures import Measures, measure_rows

_NOUNS: Mapping[Table, str] = {"touches": "touch", "contacts": "contact", "events": "event"}
_COUNTS = ("count", "distinct", "any")


@dataclass(frozen=True, slots=True)
class CaseRows:
    """The rows of one case.

    Attributes:
        document: The test file.
        place: The path of the case in it.
        prospect: Its facts and rows, normalized at ``now``.
        now: The instant it is evaluated at, in seconds since 1970 UTC.
        clock: The clock of the prospect.
        known: The positions, as written, of the touches that are known at ``now``.
    """

    document: Document
    place: KeyPath
    prospect: Prospect
    now: int
    clock: Clock
    known: Sequence[int]

    def at(self, table: Table, index: int) -> KeyPath:
        """Return the path of the instant of a row, or of the row if it has none."""
        position = self.known[index] if table == "touches" else index
        place = (*self.place, table, position)
        return (*place, "at") if (*place, "at") in self.document.spans else place

    def written(self, place: KeyPath) -> Any:
        """Return the text at ``place``."""
        value = self.document.data
        for key in place:
            value = value[key]
        return value


def rows_ahead(case: CaseRows, playbook: Playbook) -> Iterator[Problem]:
    """Report each row that lies after the instant of the case, unless it says so by `in`.

    A row that a fact of rows ahead counts is there on purpose.
    """
    facts = [fact.measure for fact in playbook.facts.values() if fact.measure is not None]
    measures = [replace(measure, kind="any") for measure in facts if measure.ahead]
    for table, rows in case.prospect.rows.items():
        for index, row in enumerate(rows):
            place = case.at(table, index)
            ahead = int(row.get("at", case.now)) > case.now
            counted = any(
                measure.table == table and measure_rows(measure, [row], {}, case.now, case.clock)
                for measure in measures
            )
            if ahead and not counted and not str(case.written(place)).startswith("in "):
                yield Problem(
                    case.document.value_span(place),
                    "after-now",
                    f"this {_NOUNS[table]} lies after `now`, so no fact counts it",
                    "write an earlier instant, or `in 3 days` if it lies ahead on purpose",
                    severity="warning",
                )


def contradicted_facts(case: CaseRows, playbook: Playbook, measures: Measures) -> Iterator[Problem]:
    """Report each row that cannot be there if a measured fact has the value that the case sets.

    Args:
        case: The case.
        playbook: Declares the facts.
        measures: The measures of ``playbook``.
    """
    given = case.prospect.facts
    set_here = [playbook.facts[id] for id in given if playbook.facts[id].measure is not None]
    if set_here:
        known = measures.given(case.prospect)
        facts = measures.facts_of(case.prospect, known, case.now, case.clock)
        for fact in set_here:
            yield from _Setting(case, playbook, facts).contradictions(fact)


@dataclass(frozen=True, slots=True)
class _Setting:
    """A case, and what is known of its prospect: what the case sets, and what its rows give."""

    case: CaseRows
    playbook: Playbook
    facts: Mapping[str, Value]

    def contradictions(self, fact: Fact) -> Iterator[Problem]:
        """Yield what contradicts ``fact``, a measured one that the case sets; at most one."""
        case, measure, value = self.case, fact.measure, self.case.prospect.facts[fact.id]
        assert measure is not None
        set_at = case.document.value_span((*case.place, "prospect", fact.id))
        instant = measure.kind in ("earliest", "latest", "silence")
        if instant and not measure.ahead and int(value) > case.now:
            message = f"`{fact.id}` lies after `now`, where no row counts"
            help = "write an earlier instant"
            yield Problem(set_at, "after-now", message, help, severity="warning")
            return
        index = self._misfit(measure, value)
        if index is None and instant:
            index = self._at_bound(measure, value)
        if index is not None:
            yield Problem(
                case.document.value_span(case.at(measure.table, index)),
                "row-not-counted",
                f"this {_NOUNS[measure.table]} contradicts `{fact.id}`, which the case sets",
                f"remove `{fact.id}`, so that it is computed, or change one of the two",
                severity="warning",
                also=set_at,
            )

    def _rows(self, measure: Measure) -> tuple[Row, ...]:
        return self.case.prospect.rows.get(measure.table, ())

    def _measured(self, measure: Measure, rows: Sequence[Row]) -> Value | None:
        return measure_rows(measure, rows, dict(self.facts), self.case.now, self.case.clock)

    def _misfit(self, measure: Measure, value: Value) -> int | None:
        """Return the index of a row that ``measure`` counts and that does not fit ``value``."""
        rows = self._rows(measure)
        count = replace(measure, kind="count")
        now = self.case.now
        sides = [int(row.get("at", now)) > now for row in rows]
        near = [index for index, ahead in enumerate(sides) if ahead is measure.ahead]
        counted = [index for index in near if self._measured(count, [rows[index]])]
        found = self._measured(measure, [rows[index] for index in counted])
        if not counted or found is None:
            return None
        if measure.kind in _COUNTS:
            return counted[-1] if float(value) < float(found) else None
        too_late = measure.kind == "latest" and int(value) < int(found)
        too_early = measure.kind in ("earliest", "silence") and int(value) > int(found)
        wrong = too_late or too_early
        return next(index for index in counted if rows[index]["at"] == found) if wrong else None

    def _at_bound(self, measure: Measure, value: Value) -> int | None:
        """Return the index of the row that bounds ``measure`` so that it cannot have ``value``.

        A `silent_since` after which they answered is such a value: it counts only what comes after
        `last_reply_at`.
        """
        for name, sign in ((measure.after, 1), (measure.before, -1)):
            if name is None or name in self.case.prospect.facts:
                continue
            bounding, bound = self.playbook.facts[name].measure, self.facts.get(name)
            if bounding is None or bound is None or bounding.table != measure.table:
                continue
            rows = self._rows(measure)
            at = next((i for i, row in enumerate(rows) if row["at"] == bound), None)
            # Silence may begin with a talk, at the very instant of their last answer.
            talk = measure.kind == "silence" and at is not None and _is_talk(rows[at])
            if sign * (int(value) - int(bound)) < (0 if talk else 1):
                return at
        return None


def _is_talk(row: Row) -> bool:
    return row.get("direction") == "both"
