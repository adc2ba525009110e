"""Read the cases of a test file: prospect, instant and expectations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.assurance.testing.expectations import read_expectations
from engine.assurance.testing.relative_times import RelativeTimes
from engine.assurance.testing.row_checks import CaseRows, contradicted_facts, rows_ahead
from engine.book.calendar.business_clock import Clock
from engine.book.prospect import Prospect, Row
from engine.language.conditions import Value
from engine.language.instants import place_zones, zone_known
from engine.language.model import TABLES, Column, Playbook, Table
from engine.language.parse.literals import Expected, read_literal
from engine.language.parse.symbols import unknown_name_help
from engine.language.problem import Problem, Span, errors_in
from engine.language.quoting import quoted
from engine.language.suggest import did_you_mean
from engine.language.yaml.document import Document, KeyPath
from engine.semantics.evaluate_measures import Measures
from engine.semantics.normalize_rows import RowNormalizer, known_touches


@dataclass(frozen=True, slots=True)
class Case:
    """One case.

    Attributes:
        name: Its name.
        now: The instant to evaluate at, in seconds since 1970 UTC.
        prospect: The facts and rows.
        expect: The expectations as written, but with instants in seconds since 1970 UTC.
        span: Where the case is.
    """

    name: str
    now: int
    prospect: Prospect
    expect: Mapping[str, Any]
    span: Span


class CaseReader:
    """Read the cases of a document that matches the schema.

    What is wrong is added to ``problems``; a case with an error must not be run.

    Args:
        document: The test file.
        playbook: Declares the facts, columns and rules.
        clock_of: Returns the clock of a prospect from its given facts.
    """

    def __init__(
        self,
        document: Document,
        playbook: Playbook,
        clock_of: Callable[[Mapping[str, Value]], Clock],
    ) -> None:
        self.problems: list[Problem] = []
        self._document = document
        self._playbook = playbook
        self._clock_of = clock_of
        self._measures = Measures(playbook)
        self._normalizer = RowNormalizer(playbook)

    def read(self, name: str) -> Case | None:
        """Read the case ``name``; None if it has an error."""
        before = len(self.problems)
        place: KeyPath = ("cases", name)
        data = self._document.data["cases"][name]
        unreadable = self._unreadable(data, place)
        deciding = self._clock_facts((*place, "prospect"), data.get("prospect", {}))
        deciding = {id: deciding[id] for id in deciding if id not in unreadable}
        moments = RelativeTimes(self._now(place, data), self._clock_of(deciding), self._zone)
        facts = self._facts(data.get("prospect", {}), (*place, "prospect"), moments)
        rows = {
            table: tuple(
                self._row(row, (*place, table, index), table, moments)
                for index, row in enumerate(data.get(table, ()))
            )
            for table in TABLES
        }
        expect, problems = read_expectations(
            data["expect"], (*place, "expect"), self._document, self._playbook
        )
        self.problems += problems
        if moments.now is None or errors_in(self.problems[before:]):
            return None
        prospect = Prospect(name, facts, rows, unreadable)
        case = self._normalized(place, prospect, moments.now, moments.clock)
        self.problems += rows_ahead(case, self._playbook)
        self.problems += contradicted_facts(case, self._playbook, self._measures)
        return Case(name, moments.now, prospect, expect, self._document.key_span(place))

    def _normalized(self, place: KeyPath, prospect: Prospect, now: int, clock: Clock) -> CaseRows:
        """Return the rows of a case as they are measured.

        Args:
            place: The path of the case.
            prospect: Its prospect, as written.
            now: Its instant.
            clock: The clock of the prospect.
        """
        facts = self._normalizer.facts(prospect.facts, now, clock.zone)
        rows = self._normalizer.tables(prospect.rows, now, clock.zone)
        normalized = replace(
            prospect, facts=facts, rows={table: tuple(rows[table]) for table in rows}
        )
        touches = prospect.rows["touches"]
        kept = set(map(id, known_touches(touches, now, clock.zone)))
        known = [at for at, row in enumerate(touches) if id(row) in kept]
        return CaseRows(self._document, place, normalized, now, clock, known)

    @property
    def _zone(self) -> str:
        return self._playbook.calendar.timezone

    def _now(self, place: KeyPath, data: Mapping[str, Any]) -> int | None:
        """Return the `now` of the case or else of the file; None if it is missing or invalid."""
        where = (*place, "now") if "now" in data else ("now",)
        value = data.get("now", self._document.data.get("now"))
        if value is None:
            message = f"neither `{place[-1]}` nor this file has a `now`"
            help = "add `now: 2026-03-04T15:00:00Z` to the case or to the file"
            self._report(self._document.key_span(place), "missing-key", message, help)
            return None
        span = self._document.value_span(where)
        found = self._kept(read_literal(value, Expected("now", "time"), self._zone, span))
        return None if found is None else int(found)

    def _clock_facts(self, place: KeyPath, facts: Mapping[str, Any]) -> dict[str, Value]:
        """Return the known facts that decide the clock, which others are read by."""
        known = self._playbook.facts
        found = self._timezone((*place, "timezone"), facts)
        for id in self._playbook.calendar.region_facts:
            if id == "timezone":
                continue
            expected = Expected(id, known[id].type, known[id].choices)
            span = self._document.value_span((*place, id)) if id in facts else known[id].span
            value = read_literal(facts[id], expected, self._zone, span) if id in facts else None
            value = known[id].default if value is None else value
            if value is not None and not isinstance(value, Problem):  # `_facts` reports a problem
                found[id] = value
        return found

    def _timezone(self, place: KeyPath, facts: Mapping[str, Any]) -> dict[str, Value]:
        zone = facts.get("timezone")
        if not isinstance(zone, str):
            default = self._playbook.facts["timezone"].default
            return {} if default is None else {"timezone": default}
        if not zone_known(zone):
            help = did_you_mean(zone, place_zones()) or "write a name such as `America/Chicago`"
            span = self._document.value_span(place)
            self._report(span, "unknown-timezone", f"unknown time zone {quoted(zone)}", help)
        return {"timezone": zone}

    def _facts(
        self, data: Mapping[str, Any], place: KeyPath, moments: RelativeTimes
    ) -> dict[str, Value]:
        known = self._playbook.facts
        found = {}
        for id, written in data.items():
            if id not in known:
                span = self._document.key_span((*place, id))
                self.problems.append(unknown_name_help("fact", id, known, span))
                continue
            expected = Expected(id, known[id].type, known[id].choices)
            value = self._value(written, expected, (*place, id), moments)
            if value is not None:
                found[id] = value
        return found

    def _unreadable(self, data: Mapping[str, Any], place: KeyPath) -> frozenset[str]:
        """Return the facts that a case calls unreadable."""
        known = self._playbook.facts
        found = set()
        for index, id in enumerate(data.get("unreadable", ())):
            span = self._document.value_span((*place, "unreadable", index))
            if id not in known:
                self.problems.append(unknown_name_help("fact", id, known, span))
            elif not known[id].given:
                message = f"`{id}` is not given, so it has no cell"
                help = "name the given facts that it comes from"
                self._report(span, "fact-not-given", message, help)
            elif id in data.get("prospect", {}):
                message = f"`{id}` is unreadable here, and has a value under `prospect`"
                self._report(span, "conflicting-keys", message, "keep one of the two")
            else:
                found.add(id)
        return frozenset(found)

    def _row(
        self, data: Mapping[str, Any], place: KeyPath, table: Table, moments: RelativeTimes
    ) -> Row:
        known = self._columns(table)
        found = {}
        for name, written in data.items():
            if name not in known:
                span = self._document.key_span((*place, name))
                self.problems.append(unknown_name_help("column", name, known, span))
                continue
            expected = Expected(name, known[name].type, known[name].choices)
            value = self._value(written, expected, (*place, name), moments)
            if value is not None:
                found[name] = value
        return found

    def _columns(self, table: Table) -> dict[str, Column]:
        """Return the columns of ``table``, including those that are summed but not declared."""
        measures = [fact.measure for fact in self._playbook.facts.values() if fact.measure]
        summed = [
            item.column for item in measures if item.table == table and item.column is not None
        ]
        return {column.name: column for column in summed} | dict(self._playbook.columns[table])

    def _value(
        self, written: Any, expected: Expected, place: KeyPath, moments: RelativeTimes
    ) -> Value | None:
        span = self._document.value_span(place)
        if expected.type == "time":
            return self._kept(moments.read(written, expected.name, span))
        return self._kept(read_literal(written, expected, self._zone, span))

    def _kept(self, found: Value | Problem) -> Value | None:
        if isinstance(found, Problem):
            self.problems.append(found)
            return None
        return found

    def _report(self, span: Span, code: str, message: str, help: str) -> None:
        self.problems.append(Problem(span, code, message, help))
