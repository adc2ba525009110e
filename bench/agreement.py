"""Everybody's answers held against the definition's, before anything is timed."""

from __future__ import annotations

from bench.commands import by_hand, columnar, has_score, polars, score
from bench.engines import NAMES, SIXTY
from bench.measure import Failed, job, run
from bench.plan import COLUMNAR, HAND_ROWS, HAND_SQL, Plan
from bench.report import Report, Row


def answers(plan: Plan, report: Report) -> None:
    """Compare them all; the run ends where one differs."""
    book = plan.book("flat", max(plan.sizes[0], plan.compared))
    for name in NAMES:
        _compare(report, name, job("agree", name, book, plan.compared))
    tables = {
        HAND_SQL: by_hand("columns", book, plan.target("hand")),
        "Polars": polars(book, plan.target("polars")),
        COLUMNAR: columnar(book, plan.target("columnar")),
    }
    for name, command in tables.items():
        try:
            run(command)
        except Failed as failed:
            report.agreement[name] = {"missing": str(failed)}
            continue
        _compare(report, name, job("agree_table", command[-1], book, plan.compared))
    if has_score():
        pair = [
            by_hand("rows", book, plan.target("rows")),
            score(SIXTY, book, plan.target("score")),
        ]
        for command in pair:
            run(command)
        _compare(report, HAND_ROWS, job("agree_rows", plan.target("rows"), plan.target("score")))


def _compare(report: Report, name: str, command: list[str]) -> None:
    try:
        found = run(command).result
    except Failed as failed:
        found = {"missing": str(failed)}
    report.agreement[name] = found
    if found.get("different"):
        raise SystemExit(
            f"{name} answers otherwise for {found['different']} prospects: {found['first']}"
        )
    said = found.get("missing") or f"{found['prospects']:,} answers, none different"
    report.rows.append(Row("answers", name, None, None, None, said))
