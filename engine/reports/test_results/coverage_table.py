"""Format the coverage of a playbook: which outcomes of its rules the cases have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from engine.assurance.testing.coverage import Coverage, CoverageItem
from engine.reports.escape import printable
from engine.reports.terminal.style import Style
from engine.reports.terminal.table import TextColumn, columns_text


def coverage_text(coverages: Mapping[str, Coverage], style: Style) -> str:
    """Format for each playbook its rules, the outcomes that no case has, and the percentage.

    Several playbooks are followed by the percentage of all of them together.
    """
    text = "\n".join(_playbook(name, found, style) for name, found in coverages.items())
    if len(coverages) > 1:
        every = Coverage(tuple(item for found in coverages.values() for item in found.items))
        text += f"\n{coverage_words(f'all {len(coverages)} playbooks', every)}"
    return text


def _playbook(name: str, coverage: Coverage, style: Style) -> str:
    rules = [(rule, list(items)) for rule, items in groupby(coverage.items, lambda one: one.rule)]
    own = [next((item for item in items if item.subject is None), None) for _, items in rules]
    tests = [[item for item in items if item.subject is not None] for _, items in rules]
    columns = [
        TextColumn("rule", [rule for rule, _ in rules], min_width=24),
        TextColumn("fired", ["" if item is None else f"{item.yes:,}" for item in own]),
        TextColumn("did not", ["" if item is None else f"{item.no:,}" for item in own]),
        TextColumn("tests seen both ways", [_seen(items) for items in tests]),
    ]
    table = columns_text(columns, style)
    missing = coverage.missing()
    if missing:
        table += f"\n{style.apply('Not seen by any case', 'bold')}\n"
        table += "".join(f"  {_gap(item)}\n" for item in missing)
    return f"{table}\n{coverage_words(name, coverage)}"


def coverage_words(name: str, coverage: Coverage) -> str:
    """Format the percentage of outcomes that cases have, in one line."""
    share = (
        f"{_percent_down(coverage.percent)}% ({coverage.covered:,} of {coverage.total:,} outcomes)"
    )
    return f"coverage of {printable(name)}: {share}\n"


def _percent_down(percent: float) -> str:
    """Format with one decimal, rounded down, so that 100.0 means all."""
    return f"{int(percent * 10) / 10:.1f}"


def _seen(tests: Sequence[CoverageItem]) -> str:
    return f"{sum(bool(item.yes and item.no) for item in tests)} of {len(tests)}" if tests else ""


def _gap(item: CoverageItem) -> str:
    """Describe the outcome of a rule or a comparison that no case has."""
    is_rule = item.subject is None
    if not item.yes + item.no:
        never = "never evaluated"
    elif item.yes:
        never = "always fired" if is_rule else "always true"
    else:
        never = "never fired" if is_rule else "never true"
    what = item.rule if is_rule else f"{item.rule}, test of {item.subject}"
    return printable(f"{item.span.file}:{item.span.line}: {what}: {never}")


def coverage_data(name: str, coverage: Coverage) -> dict[str, Any]:
    """Return the coverage of one playbook as JSON data, with the outcomes of each item counted."""
    return {
        "playbook": name,
        "percent": round(coverage.percent, 6),
        "covered": coverage.covered,
        "total": coverage.total,
        "items": [
            {
                "rule": item.rule,
                "test": item.subject,
                "file": item.span.file,
                "line": item.span.line,
                "yes": item.yes,
                "no": item.no,
            }
            for item in coverage.items
        ],
    }
