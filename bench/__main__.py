"""The benchmark: `python -m bench`. Measures groups in one run, each printed once it is done."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from rich.console import Console

from bench.groups import GROUPS
from bench.plan import Plan
from bench.report import Report, machine

BOOKS = Path(__file__).with_name(".books")


def main() -> int:
    """Measure; 0 also where bounds are missed, 1 where an answer differs."""
    asked = _arguments()
    sizes = tuple(int(float(size)) for size in asked.sizes.split(","))
    plan = Plan(sizes, asked.rounds, asked.singles, asked.compared, asked.books, asked.quick)
    report = Report(plan.rounds, machine())
    console = Console(width=None if sys.stdout.isatty() else 150, highlight=False)
    progress = Console(stderr=True, highlight=False)
    console.print(", ".join(f"{key} {value}" for key, value in report.machine.items()))
    for name in asked.only or GROUPS:
        progress.print(f"measuring {name} ...")
        shown = len(report.rows)
        GROUPS[name](plan, report)
        report.show_rows(console, shown)
        if asked.json is not None:
            data = json.dumps(report.as_data(), indent=1)
            asked.json.write_text(data + "\n", encoding="utf-8")
    report.show_bounds(console)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a minute instead of an hour")
    parser.add_argument("--sizes", help="prospects a book, such as 1e4,1e5,1e6,1e7")
    parser.add_argument("--only", action="append", choices=GROUPS, help="this group; repeatable")
    parser.add_argument("--rounds", type=int, help="how often each is measured, in turns")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results as data too")
    parser.add_argument("--books", type=Path, default=BOOKS, help="where books are made and kept")
    asked = parser.parse_args()
    asked.books = asked.books.absolute()
    asked.sizes = asked.sizes or ("1e4,1e5" if asked.quick else "1e4,1e5,1e6,1e7")
    asked.rounds = asked.rounds or (3 if asked.quick else 5)
    asked.singles = 300 if asked.quick else 2_000
    asked.compared = 500 if asked.quick else 5_000
    return asked


if __name__ == "__main__":
    sys.exit(main())
