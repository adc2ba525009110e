"""The groups of measurements, each a function that adds its rows and bounds to the report."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.agreement import answers
from bench.commands import by_hand, columnar, has_score, next_, polars, score, why
from bench.engines import BY_HAND, EMBEDDED, NAMES, OURS, PEERS, SIXTY
from bench.many import write_many
from bench.measure import Item, Run, Timed, in_turns, job, python, run
from bench.plan import (
    COLUMNAR,
    HAND_ROWS,
    HAND_SQL,
    MILLION,
    SCORE,
    SHIPPED,
    ZEN_BATCH,
    Plan,
)
from bench.report import Bound, Report, Row


def one(plan: Plan, report: Report) -> None:
    """One prospect at a time in a process that has the playbook loaded."""
    book = plan.book("flat", max(plan.sizes[0], plan.singles))
    items = [
        Item(
            name,
            job("one", name, book, plan.singles),
            _result("median"),
            _result("used"),
            NOTES.get(name, ""),
        )
        for name in NAMES
    ]
    explained = Item(
        "meaning with its why-tree",
        job("why", book, plan.singles),
        _result("median"),
        _result("used"),
    )
    found = in_turns([*items, explained], plan.rounds)
    note = f"median of {plan.singles:,} prospects of flat facts, 61 rules; ratio to {BY_HAND}"
    report.add("one prospect", found, BY_HAND, note)
    fastest = min((found[name].median for name in PEERS if found[name].times), default=None)
    report.bounds += [
        Bound("compiled, one prospect, to the fastest peer", _share(found["compiled"], fastest), 1),
        _bound(found, "compiled", BY_HAND, 4),
        _bound(found, EMBEDDED, BY_HAND, 4),
        _bound(found, "rete", "durable-rules", 2),
        Bound("meaning with its why-tree", _milliseconds(found[explained.name]), 1, unit="ms"),
    ]


def flat(plan: Plan, report: Report) -> None:
    """A book of flat facts, Parquet to Parquet."""
    size = plan.middle
    book = plan.book("flat", size)
    items = [
        Item(HAND_SQL, by_hand("columns", book, plan.target("hand")), note="a column a rule"),
        Item(HAND_ROWS, by_hand("rows", book, plan.target("rows")), note=MORE),
        Item("Polars", polars(book, plan.target("polars")), note="written by hand too"),
        Item("DuckDB, reading and writing alone", by_hand("copy", book, plan.target("copy"))),
    ]
    items.append(Item(COLUMNAR, columnar(book, plan.target("columnar"))))
    if has_score():
        items.append(Item(SCORE, score(SIXTY, book, plan.target("score")), note=MORE))
    found = in_turns([*items, *_judging_alone(plan, book)], plan.rounds)
    note = f"{size:,} prospects; whole processes, but for those that judge one by one"
    report.add("flat facts", found, HAND_SQL, note)
    report.bounds += [
        _bound(found, COLUMNAR, HAND_SQL, 1.1),
        _bound(found, SCORE, HAND_ROWS, 1.1),
        _bound(found, "durable-rules", COLUMNAR, 100, least=True),
        _bound(found, ZEN_BATCH, COLUMNAR, 30, least=True),
    ]


def _judging_alone(plan: Plan, book: Path) -> Iterator[Item]:
    """Engines that judge one by one, some prospects measured and scaled to the book."""
    size = plan.middle
    for name in ("compiled", "durable-rules") if plan.quick else (*OURS, EMBEDDED, BY_HAND, *PEERS):
        some = plan.singles * WARM.get(name, 1)
        yield Item(
            name,
            job("one", name, book, min(some, size)),
            _scaled("mean", size),
            _scaled("used", size),
            f"judging alone, {some:,} measured and scaled",
        )
    yield Item(
        ZEN_BATCH,
        job("batch", book, min(plan.singles * 5, size)),
        _scaled("mean", size),
        _scaled("used", size),
        "judging alone on all cores, scaled",
    )


def raw(plan: Plan, report: Report) -> None:
    """A book of raw touches by the shipped playbook."""
    size = plan.middle
    book = plan.book("raw", size)
    aggregate = "DuckDB, touches by prospect and writing"
    best = "DuckDB, touches by prospect alone"
    items = [
        Item(aggregate, by_hand("aggregate", book, plan.target("aggregate"))),
        Item(best, by_hand("best", book, plan.target("best"))),
    ]
    if has_score():
        items.append(Item(SCORE, score(SHIPPED, book, plan.target("raw"))))
    items.append(Item("relight next --limit 20", next_(SHIPPED, book, 20)))
    found = in_turns(items, plan.rounds)
    note = f"{size:,} prospects, ten times as many touches, the shipped playbook; whole processes"
    report.add("raw touches", found, aggregate, note)
    report.bounds += [
        _bound(found, SCORE, aggregate, 3),
        _bound(found, "relight next --limit 20", best, 1.3),
    ]


def growth(plan: Plan, report: Report) -> None:
    """Time and memory at each size, with the exponent of time from the second size on."""
    kinds: dict[str, Callable[[Path], list[str]]] = {
        HAND_SQL: lambda book: by_hand("columns", book, plan.target("hand")),
        "Polars": lambda book: polars(book, plan.target("polars")),
        COLUMNAR: lambda book: columnar(book, plan.target("columnar")),
    }
    if has_score():
        kinds[SCORE] = lambda book: score(SIXTY, book, plan.target("score"))
    times: dict[str, dict[int, float]] = {}
    for size in plan.sizes:
        book = plan.book("flat", size)
        items = [Item(name, command(book)) for name, command in kinds.items()]
        if has_score():
            items.append(Item(RAW, score(SHIPPED, plan.book("raw", size), plan.target("raw"))))
        rounds = plan.rounds if size <= MILLION else 1
        for name, timed in in_turns(items, rounds).items():
            if timed.times:
                times.setdefault(name, {})[size] = timed.median
                report.rows.append(
                    Row("growth", f"{name}, {size:,}", timed.median, None, timed.peak, "")
                )
            else:
                report.rows.append(
                    Row("growth", f"{name}, {size:,}", None, None, None, timed.missing)
                )
    for name, by_size in times.items():
        large = {size: by_size[size] for size in sorted(by_size) if size >= 100_000}
        found, last = exponent(large), exponent(dict(list(large.items())[-2:]))
        said = (
            f"time grows as size to the {found:.2f}, at the end to the {last:.2f}" if found else ""
        )
        report.rows.append(Row("growth", name, None, None, None, said))
        if name in {COLUMNAR, SCORE, RAW}:
            report.bounds.append(Bound(f"exponent of {name}", found, 1.05, unit=""))


def exponent(times: dict[int, float]) -> float | None:
    """The slope of log time over log size between the ends; None with fewer than two sizes."""
    if len(times) < 2:
        return None
    low, high = min(times), max(times)
    return math.log(times[high] / times[low]) / math.log(high / low)


def process(plan: Plan, report: Report) -> None:
    """`why` as a whole process, and its imports alone."""
    book = plan.book("raw", plan.sizes[0])
    imports = "python -c 'import click, yaml, duckdb'"
    items = [
        Item(imports, python("-c", "import click, yaml, duckdb")),
        Item("relight why", why(SHIPPED, book, "P00000007")),
    ]
    run(items[1].command)
    found = in_turns(items, plan.rounds)
    report.add(
        "process", found, imports, f"a Parquet book of {plan.sizes[0]:,} prospects, warm cache"
    )
    report.bounds.append(_bound(found, "relight why", imports, 3))


def load(plan: Plan, report: Report) -> None:
    """Reading playbooks of 61 and of about a thousand rules, kept answers at hand or not."""
    many, rules = write_many(plan.folder / "many.yaml")
    items = []
    for label, path in (("61 rules", SIXTY), (f"{rules:,} rules", many)):
        for cache, folder in (("no", "off"), ("warm", str(plan.folder / "kept"))):
            command, at = job("load", path), {"RELIGHT_CACHE": folder}
            items.append(
                Item(
                    f"{label}, {cache} cache",
                    command,
                    _result("seconds"),
                    _result("used"),
                    environment=at,
                )
            )
    for item in items:
        run(item.command, item.environment)
    found = in_turns(items, plan.rounds)
    report.add(
        "loading a playbook",
        found,
        "61 rules, warm cache",
        "reading, checking, sorting into layers",
    )
    for item, limit in zip(items, (120, 120, 1_500, 1_500), strict=True):
        report.bounds.append(
            Bound(f"loading {item.name}", _milliseconds(found[item.name]), limit, unit="ms")
        )


def _result(key: str) -> Callable[[Run], float]:
    return lambda run: float(run.result[key])


def _scaled(key: str, prospects: int) -> Callable[[Run], float]:
    return lambda run: float(run.result[key]) * prospects


def _bound(
    found: dict[str, Timed], one: str, two: str, limit: float, *, least: bool = False
) -> Bound:
    there = one in found and two in found
    return Bound(
        f"{one} to {two}", found[one].ratio_to(found[two]) if there else None, limit, least
    )


def _share(timed: Timed, other: float | None) -> float | None:
    return timed.median / other if timed.times and other is not None else None


def _milliseconds(timed: Timed) -> float | None:
    return timed.median * 1e3 if timed.times else None


RAW = "relight score, raw touches"
MORE = "lists; dates, causes answered, what is held back"
WARM = {"compiled": 10, EMBEDDED: 10, BY_HAND: 10, "drools-jpy": 5}
"""Of whom more prospects are measured for a book: the quick, and who has a machine to warm up."""

NOTES = {
    "durable-rules": "weighing and ranking in Python around it",
    "clipspy": "weighing and ranking in Python around it",
    "drools-jpy": "weighing and ranking in Python around it; JSON over JNI",
    "rule-engine": "expressions only: chaining, weighing and ranking in Python around it",
    "zen-engine": "ranking in Python around it; numbers are decimals",
    EMBEDDED: "dates of steps too; facts vetted",
    "meaning": "the definition",
    "rete": "durable-rules by its network",
}
GROUPS: dict[str, Callable[[Plan, Report], None]] = {
    "answers": answers,
    "one": one,
    "process": process,
    "load": load,
    "flat": flat,
    "raw": raw,
    "growth": growth,
}
