"""The project's own statement over a flat book, writing the columns that the hand-written SQL
writes: `python -m bench.columnar BOOK OUT`. So both do the same, and no more.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sqlglot import exp

from bench.books import AS_OF
from bench.engines import playbook
from engine.backends.sql.job.book_query import BookQuery
from engine.backends.sql.rules.measure_passes import KEY
from engine.backends.sql.statement import Statement
from engine.book.book import open_book
from engine.book.staging.stage import stage
from engine.language.walk import RuleId


def main(book: Path, target: Path) -> None:
    """Evaluate ``book`` and write ``target``."""
    rules = playbook()
    staged = stage(open_book(book, rules), rules, AS_OF, output=target)
    query = BookQuery(staged, rules, AS_OF)
    wide = exp.select(*_columns(query.statement)).from_("evaluated AS f")
    best = exp.func("greatest", *(exp.column(action) for action in rules.actions))
    first = exp.Case(
        ifs=[
            exp.If(this=exp.column(action).eq(exp.column("value")), true=exp.Literal.string(action))
            for action in sorted(rules.actions)
        ]
    )
    valued = exp.select("*", best.as_("value")).from_(wide.subquery("wide"))
    question = exp.select("*", first.as_("next_step")).from_(valued.subquery("valued"))
    text = query.sql(question)
    options = "FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false"
    staged.connection.execute(f"COPY ({text}) TO '{target}' ({options})")


def _columns(statement: Statement) -> list[exp.Expr]:
    rules, steps, playbook = statement.rules, statement.actions, statement.playbook
    open_steps = [
        exp.Case(ifs=[exp.If(this=exp.not_(steps.held(action)), true=steps.value(action))]).as_(id)
        for id, action in playbook.actions.items()
    ]
    return [
        exp.column(KEY).as_("id"),
        exp.column("_state").as_("state"),
        *(rules.column(RuleId("dark", id)).as_(id) for id in playbook.thresholds),
        *(rules.column(RuleId("signals", id)).as_(id) for id in playbook.signals),
        *(rules.column(RuleId("causes", id)).as_(id) for id in playbook.causes),
        *open_steps,
    ]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
