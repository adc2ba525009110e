"""What is measured inside a process of its own: `python -m bench.jobs JOB ARGUMENT...`.

Prints one line of JSON. Every job says {"missing": why} where what it needs is not installed.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from bench.answers import Answer, answer_of_row, same
from bench.books import AS_OF, facts_in
from bench.engines import Missing, make, playbook

Result = dict[str, Any]


def one(engine: str, book: str, prospects: str) -> Result:
    """Microseconds a prospect: the median of single ones, and all of them together."""
    facts = facts_in(Path(book), int(prospects))
    rules = playbook()
    begun = time.perf_counter()
    judge = make(engine, rules)
    made = time.perf_counter() - begun
    for each in facts[: len(facts) // 5]:
        judge(each, AS_OF)
    return {"made": made, **_each([partial(judge, each, AS_OF) for each in facts])}


def _each(calls: list[Callable[[], object]]) -> Result:
    """Seconds of each call: the median, and the mean by one clock around all of them; by the clock
    of the processors too.
    """
    single = []
    begun, used = time.perf_counter(), time.process_time()
    for call in calls:
        before = time.perf_counter_ns()
        call()
        single.append(time.perf_counter_ns() - before)
    return {
        "median": statistics.median(single) / 1e9,
        "mean": (time.perf_counter() - begun) / len(calls),
        "used": (time.process_time() - used) / len(calls),
    }


def batch(book: str, prospects: str) -> Result:
    """zen-engine with its own call for many."""
    from bench.peers.decision_graph import judge_many

    facts, rules = facts_in(Path(book), int(prospects)), playbook()
    judge = judge_many(rules)
    begun, used = time.perf_counter(), time.process_time()
    judge(facts, AS_OF)
    return {
        "mean": (time.perf_counter() - begun) / len(facts),
        "used": (time.process_time() - used) / len(facts),
    }


def why(book: str, prospects: str) -> Result:
    """The definition with the whole why-tree: every rule that fired or was wanted, explained."""
    from engine.advice.reasons import Explainer
    from engine.book.calendar.calendar import Calendars
    from engine.semantics.evaluate_rules import ReferenceEvaluator
    from engine.semantics.firings import Context

    rules = playbook()
    meaning, clock = ReferenceEvaluator(rules), Calendars(rules.calendar).clock("UTC")

    def explained(facts: dict[str, Any]) -> None:
        context = Context(facts, AS_OF, clock)
        firings = meaning.evaluate(context)
        explainer = Explainer(rules, context, firings)
        for threshold in firings.thresholds:
            explainer.condition(rules.thresholds[threshold].when)
        for signal in firings.signals:
            explainer.condition(rules.signals[signal].when)
        for cause, evidence in firings.evidence.items():
            if evidence:
                explainer.cause(rules.causes[cause], 1.0)
        for action in firings.applicable:
            explainer.action(rules.actions[action])

    facts = facts_in(Path(book), int(prospects))
    return _each([partial(explained, each) for each in facts])


def agree(engine: str, book: str, prospects: str) -> Result:
    """How many answers of ``engine`` differ from those of the definition."""
    rules = playbook()
    facts = facts_in(Path(book), int(prospects))
    judge = make(engine, rules)
    return _differences([judge(each, AS_OF) for each in facts], facts)


def agree_table(table: str, book: str, prospects: str) -> Result:
    """As `agree`, of the wide table in the Parquet file ``table``."""
    rules = playbook()
    facts = facts_in(Path(book), int(prospects))
    cursor = duckdb.connect().execute(f"FROM '{table}' ORDER BY id LIMIT {len(facts)}")
    names = [column[0] for column in cursor.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return _differences([answer_of_row(rules, row) for row in rows], facts)


def agree_rows(one: str, other: str) -> Result:
    """How many prospects have other rows in the one Parquet file than in the other, in any cell."""
    connection = duckdb.connect()
    columns = [row[0] for row in connection.execute(f"DESCRIBE FROM '{one}'").fetchall()]
    texts = ", ".join(f'"{column}"::VARCHAR AS "{column}"' for column in columns)
    sides = [f"(SELECT {texts} FROM '{file}')" for file in (one, other)]
    different = " UNION ALL ".join(
        f"(SELECT id FROM ({side} EXCEPT {against}))" for side, against in (sides, sides[::-1])
    )
    found = connection.execute(f"SELECT DISTINCT id FROM ({different}) ORDER BY id").fetchall()
    prospects = connection.execute(f"SELECT count(*) FROM '{one}'").fetchall()[0][0]
    return {"prospects": prospects, "different": len(found), "first": [id for (id,) in found[:5]]}


def _differences(answers: list[Answer], facts: list[dict[str, Any]]) -> Result:
    meaning = make("meaning", playbook())
    wrong = [n for n, each in enumerate(facts) if not same(answers[n], meaning(each, AS_OF))]
    return {"prospects": len(facts), "different": len(wrong), "first": wrong[:5]}


def load(path: str) -> Result:
    """Reading a playbook as the commands for reps do, imports made."""
    import engine.language.load  # noqa: F401 - the import is what is left out of the time
    from engine.assurance.lint.load_runnable import load_runnable

    begun, used = time.perf_counter(), time.process_time()
    reading = load_runnable(Path(path))
    seconds, used = time.perf_counter() - begun, time.process_time() - used
    if reading.playbook is None:
        raise AssertionError([problem.message for problem in reading.problems[:3]])
    return {"seconds": seconds, "used": used}


JOBS = {job.__name__: job for job in (one, batch, why, agree, agree_table, agree_rows, load)}

if __name__ == "__main__":
    try:
        print(json.dumps(JOBS[sys.argv[1]](*sys.argv[2:])))
    except Missing as missing:
        print(json.dumps({"missing": str(missing)}))
