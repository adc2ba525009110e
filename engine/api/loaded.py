"""A playbook loaded once, and asked about any number of prospects."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.advice.advisor import Advisor
from engine.api.advice import Advice, CompiledPlan
from engine.api.facts import FactReader
from engine.assurance.lint.runnable import load_runnable
from engine.backends.compiled.codegen import compile_function
from engine.backends.compiled.compile_rules import UNKNOWN, set_all_unknown
from engine.backends.compiled.compile_steps import StepsCompiler
from engine.book.calendar.clock import Clock
from engine.book.prospect import Prospect
from engine.language.conditions import Value, ValueType
from engine.language.files.locate import InputNotFound, playbook_at
from engine.language.instants import EARLIEST, LATEST
from engine.language.model import TABLES, Playbook
from engine.language.problem import Problem
from engine.reports.problems.problem_report import problems_text
from engine.reports.recommendations.action_page import action_data
from engine.reports.recommendations.as_json import prospect_data
from engine.reports.terminal.style import Style
from engine.semantics.evaluate_conditions import fold_case
from engine.semantics.firings import Context

GivenRows = Iterable[Mapping[str, object]]
"""Rows of touches, contacts or events, each a map from column to value."""


class InvalidPlaybook(Exception):
    """A playbook that cannot be evaluated; ``problems`` say what is wrong, and where."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n" + problems_text(problems, Style()))
        self.problems = problems


def load(playbook: str | Path) -> LoadedPlaybook:
    """The playbook in a file, or the shipped one of that name, ready to be asked.

    Raises:
        FileNotFoundError: there is none.
        InvalidPlaybook: it has errors.
    """
    try:
        named = playbook_at(str(playbook))
    except InputNotFound as error:
        raise FileNotFoundError(str(error)) from error
    reading = load_runnable(named.path, named.name)
    if reading.playbook is None:
        raise InvalidPlaybook(reading.problems)
    return LoadedPlaybook(reading.playbook)


class ThreadState(threading.local):
    """What one thread works with: an adviser, whose clocks learn as they are asked."""

    def __init__(self, playbook: Playbook) -> None:
        self.advisor = Advisor(playbook, "meaning")
        self.clock = self.advisor.clock({})
        self._of: dict[str, Clock] = {}

    def clock_of(self, zone: object, vetting: FactReader) -> Clock:
        """The clock of ``zone``. Raises InvalidFacts."""
        found = self._of.get(zone) if isinstance(zone, str) else None
        if found is None:
            name = vetting.read_fact("timezone", zone)
            found = self.clock if name is None else self.advisor.clock({"timezone": name})
            if isinstance(zone, str):
                self._of[zone] = found
        return found


class LoadedPlaybook:
    """A playbook ready to be asked about any number of prospects. Threads may share it.

    ``id`` and ``title`` are what the file says; ``facts`` has the type of each fact it declares.
    """

    def __init__(self, playbook: Playbook) -> None:
        self.id = playbook.id
        self.title = playbook.title
        self.facts: dict[str, ValueType] = {id: each.type for id, each in playbook.facts.items()}
        self._desk = ThreadState(playbook)
        self._unknown = set_all_unknown(playbook)
        nobody = self._desk.advisor.context(Prospect("", {}), 0)
        self._defaults: dict[str, Value | None] = {**self._unknown, **nobody.facts}
        self._vetting = FactReader(playbook, self._defaults)
        self._vet = self._vetting.read_fact
        self._plan = CompiledPlan(playbook, self._reasons)
        body = StepsCompiler(playbook, self._vetting.statements).body()
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
        """What follows for the prospect of whom ``facts`` are known, at ``now``.

        A fact that is left out or None is unknown, or its default; one that the playbook measures
        or derives is taken as it stands if it is given. ``now`` is the present where it is None;
        an int counts seconds since 1970 UTC.

        Raises:
            InvalidFacts: a name is no fact, or a value is none that the fact can have.
        """
        at = now if type(now) is int and EARLIEST <= now <= LATEST else self._instant(now)
        if touches or contacts or events:
            return self._with_rows(facts, at, (touches, contacts, events))
        known = self._defaults | (facts if type(facts) is dict else dict(facts))
        if len(known) != len(self._defaults):
            self._vetting.refuse_unknown(facts)
        desk, zone = self._desk, known["timezone"]
        clock = desk.clock if zone is None else desk.clock_of(zone, self._vetting)
        try:
            values = self._run(known.values(), at, clock.open_between, self._vet)
        except TypeError:  # of a list, say, which cannot even be looked for among choices
            self._vetting.known(facts)
            raise
        return Advice(self._plan, values, at, clock, known)

    def _with_rows(
        self, facts: Mapping[str, object], now: int, tables: tuple[GivenRows, ...]
    ) -> Advice:
        """The values that measures take of rows are not vetted: a sum may well be infinite."""
        rows = {
            table: tuple(self._vetting.row(table, row) for row in self._vetting.rows(table, given))
            for table, given in zip(TABLES, tables, strict=True)
        }
        prospect = Prospect("", self._vetting.known(facts), rows)
        return self._follows(self._desk.advisor.context(prospect, now), prospect)

    def _follows(self, context: Context, prospect: Prospect) -> Advice:
        known, now, clock = self._unknown | dict(context.facts), context.now, context.clock
        values = self._run(known.values(), now, clock.open_between, lambda _, given: given)
        return Advice(self._plan, values, now, clock, prospect)

    def _instant(self, now: datetime | int | None) -> int:
        if now is None:
            return int(time.time())
        return self._vetting.instant("now", now)

    def _reasons(
        self, known: Prospect | Mapping[str, object], now: int, action: str | None
    ) -> dict[str, Any]:
        """What `relight why` prints, by the definition's own judgement of every test."""
        if not isinstance(known, Prospect):
            known = Prospect("", self._vetting.known(known))
        advisor = self._desk.advisor
        evaluation = advisor.evaluate(known, now)
        if action is not None:
            found = action_data(evaluation, action)
        else:
            found = prospect_data(advisor.playbook, evaluation.recommendation)
        return {key: value for key, value in found.items() if key not in ("id", "prospect")}
