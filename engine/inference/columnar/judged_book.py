"""A staged book with the statement that judges it, ready to be asked."""

from __future__ import annotations

from sqlglot import exp

from engine.book.calendar import Calendars
from engine.book.calendar_tables import load_calendar
from engine.book.staging import Staged
from engine.inference.columnar.horizon import horizon
from engine.inference.columnar.statement import Statement
from engine.inference.columnar.zones import Step
from engine.language.model import Playbook


class JudgedBook:
    """``staged`` judged by ``playbook`` as at ``now`` (seconds since 1970 UTC).

    Nothing is worked out before it is asked for: `sql` puts the whole statement before a question
    about its last relation, `judged`, and the staged connection runs it.
    """

    def __init__(self, staged: Staged, playbook: Playbook, now: int) -> None:
        self.connection = staged.connection
        self.statement = Statement(playbook, now=now, for_duckdb=True)
        self._relations = self.statement.relations()
        calendars = Calendars(playbook.calendar)
        instants = (staged.earliest, staged.latest)
        durations = self.statement.marks.durations
        reach = horizon(durations, calendars, staged.zones, instants, now)
        load_calendar(self.connection, calendars, staged.zones, *reach)

    def sql(self, question: exp.Select, *more: Step) -> str:
        """``question``, a select over `judged` (alias f) or the last of ``more`` relations that
        follow it, as text for DuckDB.
        """
        for name, relation in (*self._relations, *more):
            question = question.with_(exp.to_identifier(name, quoted=True), relation, copy=False)
        return question.sql(dialect="duckdb")
