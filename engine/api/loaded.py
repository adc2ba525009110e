"""A playbook that is loaded once and evaluates any number of prospects."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from engine.advice.advisor import Advisor
from engine.api.advice import Advice
from engine.api.facts import FactReader
from engine.assurance.lint.load_runnable import load_runnable
from engine.backends.compiled.codegen import compile_function
from engine.backends.compiled.compile_fact_checks import FactChecksCompiler
from engine.backends.compiled.compile_rules import UNKNOWN, set_all_unknown
from engine.backends.compiled.compile_steps import StepsCompiler
from engine.backends.compiled.runtime import CompiledPlan
from engine.book.calendar.business_clock import Clock
from engine.book.prospect import Prospect
from engine.language.conditions import Value, ValueType
from engine.language.files.input_errors import InputNotFound
from engine.language.files.locate import playbook_at
from engine.language.instants import EARLIEST, LATEST
from engine.language.model import TABLES, Playbook
from engine.language.problem import Problem
from engine.language.value_rules import fold_case
from engine.reports.problems.problem_report import problems_text
from engine.reports.recommendations.action_page import action_data
from engine.reports.recommendations.as_json import prospect_data
from engine.reports.terminal.style import Style
from engine.semantics.firings import Context

GivenRows = Iterable[Mapping[str, object]]
"""Rows of touches, contacts or events, each a map from column to value."""


class InvalidPlaybook(Exception):
    """The playbook cannot be evaluated; ``problems`` says why and where."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n" + problems_text(problems, Style()))
        self.problems = problems


def open_playbook(playbook: str | Path) -> LoadedPlaybook:
    """Load the playbook in a file, or the shipped one of that name.

    Raises:
        FileNotFoundError: There is no such playbook.
        InvalidPlaybook: The playbook has errors.
    """
    try:
        named = playbook_at(str(playbook))
    except InputNotFound as error:
        raise FileNotFoundError(str(error)) from error
    loaded = load_runnable(named.path, named.name)
    if loaded.playbook is None:
        raise InvalidPlaybook(loaded.problems)
    return LoadedPlaybook(loaded.playbook)


FIXED_TIMES = frozenset({int, float, datetime, type(None)})
"""The types of what is an instant or unknown, whatever the zone; UNKNOWN is a float."""

_NO_ROWS: tuple[GivenRows, ...] = ((), (), ())

_MAX_CLOCKS = 10_000
"""The most clocks that a thread keeps, as facts that decide a region may have any values."""


class ThreadState(threading.local):
    """An advisor and clocks for each thread: they cache what they compute and cannot be shared."""

    def __init__(self, playbook: Playbook) -> None:
        self.advisor = Advisor(playbook, "meaning")
        self.clock = self.advisor.clock({})
        self._regions = playbook.calendar.region_facts
        self._clocks: dict[object, Clock] = {}

    def clock_of(self, known: Mapping[str, object], reader: FactReader) -> Clock:
        """Return the clock of a prospect with the facts ``known``, as they were given.

        Raises:
            InvalidFacts: A fact that decides the region or the zone cannot have its value.
        """
        zone = known["timezone"]
        if self._regions:
            return self._in_region((zone, *[known[id] for id in self._regions]), reader)
        if zone is None:
            return self.clock
        found = self._clocks.get(zone) if isinstance(zone, str) else None
        return self._learn(zone, {"timezone": zone}, reader) if found is None else found

    def _in_region(self, given: tuple[object, ...], reader: FactReader) -> Clock:
        try:
            return self._clocks[given]
        except (KeyError, TypeError):  # a list, for example, is no key, and no value of a fact
            ids = ("timezone", *self._regions)
            return self._learn(given, dict(zip(ids, given, strict=True)), reader)

    def _learn(self, key: object, given: Mapping[str, object], reader: FactReader) -> Clock:
        """Return the clock of a prospect with the facts ``given``, and keep it under ``key``."""
        values = {id: reader.read_fact(id, each) for id, each in given.items()}
        known = {
            id: value for id, value in values.items() if value is not None and value is not UNKNOWN
        }
        if len(self._clocks) >= _MAX_CLOCKS:
            self._clocks.clear()
        self._clocks[key] = found = self.advisor.clock(known)
        return found


class LoadedPlaybook:
    """A playbook that evaluates any number of prospects. Threads may share it.

    Attributes:
        id: The id of the playbook.
        title: Its title, None if it has no title.
        facts: The type of each fact that it declares, by id.
    """

    def __init__(self, playbook: Playbook) -> None:
        self.id = playbook.id
        self.title = playbook.title
        self.facts: dict[str, ValueType] = {
            id: each.type for id, each in playbook.facts.items() if not each.hidden
        }
        self._thread = ThreadState(playbook)
        self._unknown = set_all_unknown(playbook)
        nobody = self._thread.advisor.context(Prospect("", {}), 0)
        self._defaults: dict[str, Value | None] = {**self._unknown, **nobody.facts}
        self._times = tuple(id for id, type in self.facts.items() if type == "time")
        self._reader = FactReader(playbook, self._defaults)
        self._read = self._reader.read_fact
        self._plan = CompiledPlan(playbook)
        checks = FactChecksCompiler(playbook, self._defaults)
        body = StepsCompiler(playbook, checks.statements).body()
        scope = {"fold": fold_case, "unknown": UNKNOWN}
        self._run = compile_function(("values", "now", "open_between", "vet"), body, scope)

    def evaluate(
        self,
        facts: Mapping[str, object],
        *,
        now: datetime | int | None = None,
        touches: GivenRows = (),
        contacts: GivenRows = (),
        events: GivenRows = (),
    ) -> Advice:
        """Evaluate one prospect.

        Args:
            facts: What is known, by the ids of facts. One that is missing or None has its default,
                or is unknown. One that is measured or derived may be given, and is not computed.
            now: The instant to evaluate at, as a datetime with a time zone or in seconds since 1970
                UTC; None is the present.
            touches: Rows of the table `touches`, for measured facts.
            contacts: Rows of the table `contacts`.
            events: Rows of the table `events`.

        Raises:
            InvalidFacts: A name is not that of a fact, or a fact cannot have that value.
        """
        at = now if type(now) is int and EARLIEST <= now <= LATEST else self._instant(now)
        if touches or contacts or events:
            return self._with_rows(facts, at, (touches, contacts, events))
        # In the order of the compiled code's parameters; a name that is no fact makes it longer.
        known = self._defaults | (facts if type(facts) is dict else dict(facts))
        if len(known) != len(self._defaults):
            self._reader.refuse_unknown(facts)
        if self._depends_on_now(known, at):
            return self._with_rows(facts, at, _NO_ROWS)
        clock = self._thread.clock_of(known, self._reader)
        try:
            values = self._run(known.values(), at, clock.open_between, self._read)
        except TypeError:  # from a list, for example, which cannot be a member of a set of choices
            self._reader.known(facts)
            raise
        return Advice(self._plan, values, at, clock, partial(self._reasons, known, at))

    def _depends_on_now(self, known: Mapping[str, object], now: int) -> bool:
        """Return whether the zone or ``now`` decides what a fact says: a date alone, or the closing
        of a deal that is open yet.
        """
        if not FIXED_TIMES.issuperset(map(type, map(known.__getitem__, self._times))):
            return True
        closes = known.get("closed_at")
        if closes is None or closes is UNKNOWN:
            return False
        return type(closes) is not int or closes > now

    def _with_rows(
        self, facts: Mapping[str, object], now: int, tables: tuple[GivenRows, ...]
    ) -> Advice:
        """Evaluate with rows. Measured facts are not checked, as a sum may be infinite."""
        rows = {
            table: tuple(self._reader.row(table, row) for row in self._reader.rows(table, given))
            for table, given in zip(TABLES, tables, strict=True)
        }
        prospect = Prospect("", self._reader.known(facts), rows)
        return self._from_context(self._thread.advisor.context(prospect, now), prospect)

    def _from_context(self, context: Context, prospect: Prospect) -> Advice:
        known, now, clock = self._unknown | dict(context.facts), context.now, context.clock
        values = self._run(known.values(), now, clock.open_between, lambda _, given: given)
        return Advice(self._plan, values, now, clock, partial(self._reasons, prospect, now))

    def _instant(self, now: datetime | int | None) -> int:
        if now is None:
            return int(time.time())
        return self._reader.instant("now", now)

    def _reasons(
        self, known: Prospect | Mapping[str, object], now: int, action: str | None
    ) -> dict[str, Any]:
        """Return the data that `relight why` prints, by the reference evaluator."""
        if not isinstance(known, Prospect):
            known = Prospect("", self._reader.known(known))
        advisor = self._thread.advisor
        evaluation = advisor.evaluate(known, now)
        if action is not None:
            found = action_data(evaluation, action)
        else:
            found = prospect_data(advisor.playbook, evaluation.recommendation)
        return {key: value for key, value in found.items() if key not in ("id", "prospect")}
