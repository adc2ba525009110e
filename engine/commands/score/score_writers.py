"""Join the parts of a book that were scored to one file, in each format of `score`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.backends.sql.job.export import Resources, join_parquet, write_lines
from engine.commands.score.score_rows import HEADER, csv_templates
from engine.language.model import Playbook

JoinFn = Callable[[Sequence[Path], Path, Playbook, int, Resources], None]
"""A function that joins Parquet files to one file, given the playbook and the instant."""


@dataclass(frozen=True, slots=True)
class ScoreWriter:
    """One format of `score`.

    Attributes:
        join: Joins the parts.
        lines: Whether the parts are written for `write_lines`.
        table: Whether the file becomes a table of a DuckDB file.
    """

    join: JoinFn
    lines: bool = False
    table: bool = False


def _join_as_parquet(
    parts: Sequence[Path], path: Path, _playbook: Playbook, _now: int, resources: Resources
) -> None:
    if len(parts) > 1:
        join_parquet(parts, path, resources)
    else:
        parts[0].replace(path)


def _join_as_csv(
    parts: Sequence[Path], path: Path, playbook: Playbook, now: int, resources: Resources
) -> None:
    write_lines(parts, path, HEADER, csv_templates(playbook, now), resources)


PARQUET = ScoreWriter(_join_as_parquet)
CSV = ScoreWriter(_join_as_csv, lines=True)
DUCKDB = ScoreWriter(_join_as_parquet, table=True)
