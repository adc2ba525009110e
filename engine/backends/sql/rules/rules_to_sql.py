"""Translate rules to SQL: a column per conclusion, a common table expression per layer."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from engine.backends.sql.business_time.cutoffs import Cutoffs
from engine.backends.sql.business_time.zone_ctes import Cte
from engine.backends.sql.rules.conditions_to_sql import ConditionTranslator
from engine.backends.sql.tree.column_names import ColumnKey, ColumnNames
from engine.book import sql_nodes as q
from engine.language.conditions import Condition, Ref
from engine.language.model import Cause, Fact, Guard, Playbook, Threshold
from engine.language.walk import DARK, EvidenceId, RuleId, rule_id
from engine.semantics.dependencies import dependencies

RuleColumn = tuple[ColumnKey, exp.Expression]
"""A column and its value."""


class RuleColumns:
    """Translate the rules of a playbook to columns, one layer of them after another.

    A signal, a threshold with its applicability, and a cause become::

        "layer_1" AS (SELECT "f".*,
            COALESCE("f"."amount" >= CAST(5 AS DOUBLE), FALSE) AS "signal_s" ...)
        "layer_2" AS (SELECT "f".*,
            COALESCE("f"."stage" = 'proposal' AND
              "f"."silent_since" <= (CAST($now AS BIGINT) - 604800), FALSE) AS "dark_week",
            COALESCE("f"."stage" = 'proposal', FALSE) AS "dark_week_may" FROM "layer_1" AS "f")
        "layer_4" AS (SELECT "f".*,
            CASE WHEN "f"."_dark" THEN CAST(1 AS DOUBLE) -
              CASE WHEN "f"."big" THEN CAST(0.5 AS DOUBLE) ELSE CAST(1 AS DOUBLE) END
            ELSE CAST(0 AS DOUBLE) END AS "cause_busy" ...)

    Args:
        playbook: Has the rules.
        names: The column of each conclusion.
        cutoffs: The instants that ages and silence are compared with.
        overrides: Derived facts that prospects may have a value of, which then counts.
        with_evidence: Whether to add a column for each piece of evidence.
        for_duckdb: Whether conditions may be written for DuckDB only.
    """

    def __init__(  # noqa: PLR0913 - what the columns of one statement share
        self,
        playbook: Playbook,
        names: ColumnNames,
        cutoffs: Cutoffs,
        overrides: frozenset[str] = frozenset(),
        *,
        with_evidence: bool = False,
        for_duckdb: bool = False,
    ) -> None:
        self._playbook = playbook
        self._names = names
        self._cutoffs = cutoffs
        self._overrides = overrides
        self._with_evidence = with_evidence
        self._conditions = ConditionTranslator(self._of, cutoffs, for_duckdb=for_duckdb)

    def ctes(self, source: str) -> Iterator[Cte]:
        """Yield a relation for each layer, with all columns of the one before; first ``source``."""
        # A relation for each layer and not one: a select cannot read its own columns everywhere.
        count = 0
        for stratum in dependencies(self._playbook).strata:
            columns = [each for name in stratum for each in self._conclude(name)]
            if not columns:
                continue
            select = q.select_all(source)
            for key, value in columns:
                label = self._names.label(key)
                select = select.select(q.named(value, self._names[key], label), copy=False)
            count += 1
            source = f"layer_{count}"
            yield source, select

    def column(self, name: ColumnKey) -> exp.Expression:
        """Build a read of the column of a fact or conclusion, from the previous relation AS f."""
        return q.column(self._names[name], "f")

    def diagnosed(self, cause: Cause) -> exp.Expression:
        """Build whether ``cause`` is considered and its confidence reaches the level."""
        # A cause that is not considered has confidence 0, which reaches only a level of 0.
        level = self._playbook.diagnosed_at
        reached = q.compare_sql(self.column(RuleId("causes", cause.id)), ">=", q.double(level))
        return reached if level > 0 else q.both([self._considered(cause), reached])

    def _of(self, subject: Ref) -> exp.Expression:
        return self.column(rule_id(subject))

    def _certainly(self, condition: Condition) -> exp.Expression:
        return q.is_true(self._conditions.truth(condition))

    def _conclude(self, name: RuleId) -> Iterator[RuleColumn]:
        """Yield the columns of the conclusion ``name``; those it reads are in earlier layers."""
        section, id = name
        playbook = self._playbook
        match section:
            case "facts":
                yield from self._derive(name, playbook.facts[id])
            case "dark" if id:
                yield from self._pass(name, playbook.thresholds[id])
            case "dark":
                yield (
                    name,
                    q.either([self.column(RuleId("dark", each)) for each in playbook.thresholds]),
                )
            case "signals":
                yield name, self._certainly(playbook.signals[id].when)
            case "causes":
                yield from self._weigh(name, playbook.causes[id])
            case "cause_known":
                yield name, q.either([self.diagnosed(each) for each in playbook.causes.values()])
            case "actions":
                yield name, self._certainly(playbook.actions[id].when)
            case _:
                yield name, self._acts(playbook.guards[id])

    def _derive(self, name: RuleId, fact: Fact) -> Iterator[RuleColumn]:
        """Yield the truth of a derived fact, unless the prospect has a value of its own."""
        if fact.when is None:
            return
        truth = self._conditions.truth(fact.when)
        if fact.id in self._overrides:
            truth = q.coalesce(q.column(f"_given_{fact.id}", "f"), truth)
        yield name, truth

    def _pass(self, name: RuleId, threshold: Threshold) -> Iterator[RuleColumn]:
        """Yield whether silence has lasted, and whether the threshold is applicable."""
        when_ = self._conditions.truth(threshold.when)
        cutoff = self._cutoffs.at_least_ago(threshold.silent_for)
        lasted = q.compare_sql(self.began(threshold.since), "<=", cutoff)
        yield name, q.is_true(q.both([q.grouped(when_), lasted]))
        yield (name, "may"), q.is_true(when_)

    def began(self, since: str) -> exp.Expression:
        """Build the later of `silent_since` and ``since``, if that is known.

        NULL if `silent_since` is unknown.
        """
        # Not GREATEST: some engines ignore NULL in it and others return it.
        silent = self.column(RuleId("facts", "silent_since"))
        if since == "silent_since":
            return silent
        later = self.column(RuleId("facts", since))
        return q.case((q.compare_sql(later, ">", silent), later), otherwise=silent)

    def _considered(self, cause: Cause) -> exp.Expression:
        if cause.when is None:
            return self.column(DARK)
        return self.column((RuleId("causes", cause.id), "considered"))

    def _weigh(self, name: RuleId, cause: Cause) -> Iterator[RuleColumn]:
        """Yield the confidence: (1 − ∏ (1 − weight)) × ∏ (1 − against) of what fires."""
        considered = self.column(DARK)
        if cause.when is not None:
            considered = self._certainly(cause.when)
            yield (name, "considered"), considered
        # Evidence that does not fire is a factor of 1: factors keep the order of the playbook, so
        # products are the same to the last bit as in Python.
        doubts: list[exp.Expression] = []
        trusts: list[exp.Expression] = []
        for item in cause.evidence:
            fires = self._conditions.truth(item.when)
            weight, factors = (
                (item.weight, doubts) if item.weight is not None else (item.against, trusts)
            )
            factors.append(
                q.case((fires, q.double(1.0 - (weight or 0.0))), otherwise=q.double(1.0))
            )
            if self._with_evidence:
                yield (
                    EvidenceId(cause.id, item.id),
                    q.both([q.grouped(considered), q.is_true(fires)]),
                )
        confidence: exp.Expression = q.subtract(q.double(1.0), q.product(doubts))
        if trusts:
            confidence = q.multiply(confidence, exp.Paren(this=q.product(trusts)))
        yield name, q.case((considered, confidence), otherwise=q.double(0.0))

    def _acts(self, guard: Guard) -> exp.Expression:
        holds = self._certainly(guard.condition)
        return exp.Not(this=holds) if guard.unless else holds
