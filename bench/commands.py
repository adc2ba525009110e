"""What is timed as a whole process, and the one place that knows how `relight` is called."""

from __future__ import annotations

from pathlib import Path

from bench.books import AS_OF_TEXT
from bench.measure import python


def has_score() -> bool:
    """Whether there is a command that judges a book in columns."""
    from cli import main

    return "score" in main.commands


def score(playbook: str | Path, book: Path, target: Path) -> list[str]:
    """Every prospect of ``book`` to the Parquet file ``target``."""
    return _relight("score", playbook, book, "-o", str(target), "-q")


def next_(playbook: str | Path, book: Path, limit: int) -> list[str]:
    """Whom to turn to."""
    return _relight("next", playbook, book, "--limit", str(limit), "-q")


def why(playbook: str | Path, book: Path, prospect: str) -> list[str]:
    """One prospect."""
    return _relight("why", playbook, book, prospect)


def by_hand(what: str, book: Path, target: Path) -> list[str]:
    """DuckDB alone; see `bench.by_hand`."""
    return python("-m", "bench.by_hand", what, str(book), str(target))


def polars(book: Path, target: Path) -> list[str]:
    """The rules by Polars."""
    return python("-m", "bench.peers.polars_frame", str(book / "prospects.parquet"), str(target))


def columnar(book: Path, target: Path) -> list[str]:
    """The rules by this project's statement; see `bench.columnar`."""
    return python("-m", "bench.columnar", str(book), str(target))


def _relight(command: str, playbook: str | Path, book: Path, *more: str) -> list[str]:
    options = ["-p", str(playbook), "-b", str(book), "--as-of", AS_OF_TEXT]
    return python("-m", "cli", command, *options, *more)
