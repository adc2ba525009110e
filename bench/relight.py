"""This project's own commands as whole processes: the one place that knows how they are called."""

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


def _relight(command: str, playbook: str | Path, book: Path, *more: str) -> list[str]:
    options = ["-p", str(playbook), "-b", str(book), "--as-of", AS_OF_TEXT]
    return python("-m", "cli", command, *options, *more)
