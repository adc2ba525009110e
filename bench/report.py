"""Rows of results, the bounds held against them, and both as tables and as data."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.measure import Timed

PACKAGES = (
    "duckdb", "polars", "durable-rules", "zen-engine", "clipspy", "drools-jpy", "rule-engine",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One line: seconds (of the whole, or of one prospect), how often the reference's, and how
    often its time of processors.
    """

    group: str
    item: str
    seconds: float | None
    ratio: float | None
    peak: int | None
    note: str
    used: float | None = None


@dataclass(frozen=True)
class Bound:
    """What must hold: ``found`` at most ``limit`` (or at least, where ``least``)."""

    what: str
    found: float | None
    limit: float
    least: bool = False
    unit: str = "×"

    @property
    def verdict(self) -> str:
        """`held`, `missed`, or `not measured`."""
        if self.found is None:
            return "not measured"
        return (
            "held"
            if (self.found >= self.limit if self.least else self.found <= self.limit)
            else "missed"
        )


@dataclass
class Report:
    """All that was measured in one run."""

    rounds: int
    machine: dict[str, Any]
    rows: list[Row] = field(default_factory=list)
    bounds: list[Bound] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    agreement: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, group: str, found: dict[str, Timed], reference: str, note: str = "") -> None:
        """The items of ``group``, with ratios to the one called ``reference``."""
        self.notes[group] = note
        base = found.get(reference)
        for timed in found.values():
            name, item = timed.item.name, timed.item
            if timed.missing:
                self.rows.append(Row(group, name, None, None, None, f"not run: {timed.missing}"))
                continue
            there = base is not None and not base.missing
            ratio = timed.ratio_to(base) if base is not None and there else None
            used = timed.used_to(base) if base is not None and there else None
            self.rows.append(Row(group, name, timed.median, ratio, timed.peak, item.note, used))

    def as_data(self) -> dict[str, Any]:
        """For `--json`."""
        bounds = [{**asdict(bound), "verdict": bound.verdict} for bound in self.bounds]
        return {**asdict(self), "bounds": bounds}

    def show_rows(self, console: Console, first: int) -> None:
        """A table for each group of the rows from number ``first`` on."""
        rows = self.rows[first:]
        for group in dict.fromkeys(row.group for row in rows):
            own = [row for row in rows if row.group == group]
            console.print(_table(group, self.notes.get(group, ""), own))

    def show_bounds(self, console: Console) -> None:
        """A table of them, if there are any."""
        if self.bounds:
            console.print(_bounds(self.bounds))


def _table(group: str, note: str, rows: Sequence[Row]) -> Table:
    table = Table(title=group, caption=note or None, title_justify="left", caption_justify="left")
    table.add_column("item")
    for heading in ("time", "ratio", "of CPU", "peak"):
        table.add_column(heading, justify="right")
    table.add_column("note")
    for row in rows:
        peak = "" if row.peak is None else f"{row.peak / 2**20:,.0f} MiB"
        ratio = "" if row.ratio is None else f"{row.ratio:.3g}×"
        used = "" if row.used is None else f"{row.used:.3g}×"
        table.add_row(row.item, duration(row.seconds), ratio, used, peak, row.note)
    return table


def _bounds(bounds: Sequence[Bound]) -> Table:
    table = Table(title="bounds", title_justify="left")
    for heading in ("what", "found", "bound", ""):
        table.add_column(heading)
    for bound in bounds:
        sign = "≥" if bound.least else "≤"
        found = "" if bound.found is None else f"{bound.found:.3g} {bound.unit}"
        table.add_row(bound.what, found, f"{sign} {bound.limit:g} {bound.unit}", bound.verdict)
    return table


def duration(seconds: float | None) -> str:
    """Three digits in the unit that suits."""
    if seconds is None:
        return ""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return (
                f"{seconds / size:,.3g} {unit}"
                if seconds / size < 1000
                else f"{seconds / size:,.0f} {unit}"
            )
    return f"{seconds * 1e6:.3g} µs"


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory": f"{memory:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "load": round(os.getloadavg()[0], 2),
        "Python": platform.python_version(),
        "commit": _commit(),
        **{name: found for name in PACKAGES if (found := _version(name))},
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _commit() -> str:
    asked = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"]
    try:
        return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
