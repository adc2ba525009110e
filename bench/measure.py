"""Processes run in turns, with their time and the most memory they held."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LAUNCHER = Path(__file__).with_name("launch.py")


class Failed(Exception):
    """A process ended badly; the message has the end of what it said."""


@dataclass(frozen=True)
class Run:
    """One process: wall time and time of processors in seconds, the most memory it held in bytes,
    and what it printed.
    """

    seconds: float
    used: float
    peak: int
    printed: str = ""

    @property
    def result(self) -> dict[str, Any]:
        """What a job of `bench.jobs` answered."""
        found: dict[str, Any] = json.loads(self.printed.strip().splitlines()[-1])
        return found


def run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Run:
    """Run ``command`` and wait for it. Raises Failed."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "usage"
        ended = subprocess.run(
            [sys.executable, "-S", "-E", str(LAUNCHER), str(target), *command],
            cwd=ROOT,
            env={**_environment(), **(environment or {})},
            capture_output=True,
            text=True,
            check=False,
        )
        seconds, used, peak, code = target.read_text(encoding="ascii").split()
    if code != "0":
        said = (ended.stdout + ended.stderr).strip()[-600:]
        raise Failed(f"{' '.join(command[:6])}: {said}")
    return Run(float(seconds), float(used), int(peak), ended.stdout)


def _environment() -> dict[str, str]:
    """As installed programs run: their modules are compiled once, not in each process."""
    found = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**found, "PYTHONPATH": str(ROOT)}


def python(*arguments: str) -> list[str]:
    """A command of this Python."""
    return [sys.executable, *arguments]


def job(name: str, *arguments: object) -> list[str]:
    """A job of `bench.jobs`."""
    return python("-m", "bench.jobs", name, *map(str, arguments))


@dataclass(frozen=True)
class Item:
    """Something that is timed. ``seconds`` and ``used`` read what counts off a run: wall time, and
    time of processors.
    """

    name: str
    command: Sequence[str]
    seconds: Callable[[Run], float] = attrgetter("seconds")
    used: Callable[[Run], float] = attrgetter("used")
    note: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Timed:
    """An item's times, one a round, and its peak memory. ``used`` is the time of processors, which
    others on the same machine hardly change. ``missing`` says why there are none.
    """

    item: Item
    times: list[float] = field(default_factory=list)
    used: list[float] = field(default_factory=list)
    peak: int = 0
    missing: str = ""

    @property
    def median(self) -> float:
        """Seconds."""
        return statistics.median(self.times)

    def ratio_to(self, other: Timed) -> float | None:
        """The median of the ratios of each round: what slows a round down slows both."""
        return _median_ratio(self.times, other.times)

    def used_to(self, other: Timed) -> float | None:
        """As `ratio_to`, of the time of processors."""
        return _median_ratio(self.used, other.used)


def _median_ratio(ones: Sequence[float], others: Sequence[float]) -> float | None:
    ratios = [one / other for one, other in zip(ones, others, strict=False)]
    return statistics.median(ratios) if ratios else None


def in_turns(items: Sequence[Item], rounds: int) -> dict[str, Timed]:
    """Each item once a round, ``rounds`` times: A B C A B C ..."""
    found = {item.name: Timed(item) for item in items}
    for _ in range(rounds):
        for item in items:
            timed = found[item.name]
            if timed.missing:
                continue
            try:
                ran = run(item.command, item.environment)
            except Failed as failed:
                timed.missing = str(failed)
                continue
            if ran.printed.startswith('{"missing"'):
                timed.missing = ran.result["missing"]
                continue
            timed.times.append(item.seconds(ran))
            timed.used.append(item.used(ran))
            timed.peak = max(timed.peak, ran.peak)
    return found
