"""Translate actions to SQL: the value of each, the cause it answers, the guards that block it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from engine.backends.sql.business_time.cutoffs import Cutoffs
from engine.backends.sql.business_time.zone_ctes import Cte
from engine.backends.sql.rules.rules_to_sql import RuleColumns
from engine.backends.sql.tree.column_names import ColumnNames
from engine.book import sql_nodes as q
from engine.language.model import Action, Playbook
from engine.language.walk import RuleId

NONE = -1.0
"""The value of an action that answers no diagnosed cause, and of no action; below every value.

Not NULL: GREATEST of NULL differs between engines."""


class ActionColumns:
    """Translate actions to columns: confidence × fit of the best cause, that cause, and the value.

    ``call: {when: {dark: true}, for: {busy: 0.8}, score: 0.4, ...}`` becomes, in two relations as
    the second reads columns of the first::

        CASE WHEN "f"."action_call" THEN
          CASE WHEN "f"."cause_busy" >= CAST(0.25 AS DOUBLE)
          THEN "f"."cause_busy" * CAST(0.8 AS DOUBLE) ELSE CAST((-1) AS DOUBLE) END
        ELSE CAST((-1) AS DOUBLE) END AS "action_call_best"

        CASE WHEN "f"."action_call_best" >= CAST(0 AS DOUBLE)
        THEN CAST(0.4 AS DOUBLE) * "f"."action_call_best" END AS "action_call_value"

    Args:
        playbook: Has the actions.
        names: The column of each.
        rules: The columns of conclusions.
        cutoffs: The due instants that are counted from now.
    """

    def __init__(
        self, playbook: Playbook, names: ColumnNames, rules: RuleColumns, cutoffs: Cutoffs
    ) -> None:
        self._playbook = playbook
        self._names = names
        self._rules = rules
        self._dues = {action.id: _due(action, cutoffs) for action in playbook.actions.values()}

    def ctes(self, source: str) -> Iterator[Cte]:
        """Yield `best_cause` and `action_values`, over ``source``, the last layer of rules."""
        best_cause, values = q.select_all(source), q.select_all("best_cause")
        for action in self._playbook.actions.values():
            name = RuleId("actions", action.id)
            if action.fits:
                best = self._best(action)
                best_cause = best_cause.select(q.named(best, self._names[name, "best"]), copy=False)
                cause = q.named(self._cause(action), self._names[name, "cause"])
                values = values.select(cause, copy=False)
            value = q.named(self._value(action), self._names[name, "value"])
            values = values.select(value, copy=False)
        yield "best_cause", best_cause
        yield "action_values", values

    def _fits(self, action: Action) -> list[tuple[str, exp.Expression, exp.Expression]]:
        """Return the id of each cause, whether it is diagnosed, and confidence × fit."""
        found = []
        for id in sorted(action.fits):  # of equals, the first by id is taken
            confidence = self._rules.column(RuleId("causes", id))
            fit = q.multiply(confidence, q.double(action.fits[id]))
            found.append((id, self._rules.diagnosed(self._playbook.causes[id]), fit))
        return found

    def _best(self, action: Action) -> exp.Expression:
        fits = [
            q.case((diagnosed, fit), otherwise=q.double(NONE))
            for _, diagnosed, fit in self._fits(action)
        ]
        wanted = self._rules.column(RuleId("actions", action.id))
        return q.case((wanted, q.greatest(fits)), otherwise=q.double(NONE))

    def _best_column(self, action: Action) -> exp.Expression:
        return self._rules.column((RuleId("actions", action.id), "best"))

    def _cause(self, action: Action) -> exp.Expression:
        best = self._best_column(action)
        # Equality of doubles is safe here: both are the same product of the same factors.
        branches = [
            (q.both([diagnosed, q.compare_sql(fit, "=", best)]), q.text(id))
            for id, diagnosed, fit in self._fits(action)
        ]
        return q.case(*branches)

    def _value(self, action: Action) -> exp.Expression:
        if not action.fits:
            wanted = self._rules.column(RuleId("actions", action.id))
            return q.case((wanted, q.double(action.score)))
        best = self._best_column(action)
        return q.case(
            (q.compare_sql(best, ">=", q.double(0)), q.multiply(q.double(action.score), best))
        )

    def value(self, action: Action) -> exp.Expression:
        """Build the value of ``action``, blocked or not; NULL unless it is eligible."""
        return self._rules.column((RuleId("actions", action.id), "value"))

    def cause(self, action: Action) -> exp.Expression:
        """Build the id of the cause that ``action`` answers; NULL if it is for any cause."""
        return (
            self._rules.column((RuleId("actions", action.id), "cause"))
            if action.fits
            else q.null("VARCHAR")
        )

    def due(self, action: Action) -> exp.Expression:
        """Build when ``action`` is due, in seconds since 1970 UTC; NULL if there is no due date."""
        return self._dues[action.id]

    def held(self, action: Action) -> exp.Expression:
        """Build whether a guard holds ``action`` back."""
        return q.either(
            [self._rules.column(RuleId("guards", each)) for each in self.holders(action)]
        )

    def holders(self, action: Action) -> list[str]:
        """Return the ids of the guards that can hold ``action`` back, in playbook order."""
        return [each.id for each in self._playbook.guards.values() if each.blocks(action)]


def _due(action: Action, cutoffs: Cutoffs) -> exp.Expression:
    match action.due:
        case "cadence":
            return q.column("_due_cadence", "f")
        case "now":
            return q.column("_opening", "f")
        case delay:
            return cutoffs.due(delay)
