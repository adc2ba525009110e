"""Run `score`: write the results for every prospect of a book to a file that programs read."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from engine.advice.advisor import Advisor
from engine.backends.registry import EvaluatorName
from engine.backends.sql.job.export import (
    DatabaseLocked,
    NotADatabase,
    Resources,
    fill_table,
    may_write,
)
from engine.backends.sql.job.interrupt import OutOfMemory, QueryFailed
from engine.book.book_problem import BookError
from engine.book.table_schema import TABLE_NAMES
from engine.commands.process.exit_codes import FINE
from engine.commands.process.inputs import open_inputs
from engine.commands.process.output import Output
from engine.commands.process.progress import progress_enabled, progress_of_parts
from engine.commands.process.write import check_target
from engine.commands.score.score_job import Job
from engine.language.files.atomic_write import Unwritable, atomic_write
from engine.language.files.locate import UsageError
from engine.language.load import LoadResult

FORMATS = {".parquet": "parquet", ".csv": "csv", ".duckdb": "duckdb", ".ddb": "duckdb"}
"""By the suffix of the file name."""

TABLE = "scores"
MEMORY = "1 GiB"
A_THREAD = 3 * 2**27
"""Bytes of memory that each thread needs."""

SIZE_UNITS = {"KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
SIZE_UNITS |= {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}
SIZE = re.compile(rf"([0-9]{{1,9}}(?:\.[0-9]{{1,3}})?) ?({'|'.join(SIZE_UNITS)})")
MIN_MEMORY = 2**27


@dataclass(frozen=True, slots=True)
class ScoreOptions:
    """The options of the command as they were written; None where an option was not given."""

    book: Path
    as_of: str | None
    strict: bool
    engine: EvaluatorName
    table: str | None
    memory: str | None


def run_score(output: Output, reading: LoadResult, asked: ScoreOptions) -> int:
    """Write the scores of a whole book, and say on standard error how many there are.

    Raises UsageError, Unwritable, BookError.
    """
    target, format = _target(output, asked)
    memory = _size(asked.memory or MEMORY)
    _spare_the_book(target, asked.book)
    assert reading.playbook is not None
    columnar = asked.engine in ("auto", "columnar")
    advisor = Advisor(reading.playbook, "meaning" if columnar else asked.engine, batch=True)
    found = open_inputs(advisor, book=asked.book, as_of=asked.as_of, strict=asked.strict)
    with progress_of_parts(progress_enabled(output.quiet)) as shown, atomic_write(target) as made:
        means = Resources(memory, _threads(memory), made.parent)
        job = Job(found, format == "csv", means, made, shown)
        try:
            count = job.by_statement() if columnar else job.one_by_one()
            if format == "duckdb":
                _fill_table(made, target.resolve(), asked.table or TABLE, means)
        except OutOfMemory as error:
            least = f"{memory / 2**20:,.0f} MiB of memory are not enough: allow more by --memory"
            raise Unwritable(f"`{target}` cannot be written: {least}") from error
        except QueryFailed as error:
            raise Unwritable(f"`{target}` cannot be written: {error}") from error
    output.note(f"scored {'1 prospect' if count == 1 else f'{count:,} prospects'}\n")
    output.rows(found.book.problems)
    return FINE


def _target(output: Output, asked: ScoreOptions) -> tuple[Path, str]:
    """The file to write and its format."""
    target = output.target
    if target is None:
        raise UsageError("no file to write to: add --output scores.parquet, scores.csv or s.duckdb")
    format = output.format or FORMATS.get(target.suffix.lower())
    if format is None:
        raise UsageError(
            f"cannot tell the format from `{target}`: end it in .parquet, .csv or .duckdb, "
            "or add --format"
        )
    if asked.table == "":
        raise UsageError("`--table` needs the name of a table")
    if asked.table is not None and format != "duckdb":
        raise UsageError(f"--table is for a DuckDB file, and `{target}` becomes {format}")
    check_target(target)
    if format == "duckdb" and target.exists():
        _open(target)
    return target, format


def _open(target: Path) -> None:
    """Find out before the long work whether the DuckDB file can be written."""
    try:
        may_write(target)
    except DatabaseLocked as error:
        raise BookError(f"`{target}` is in use", "close it in the other program") from error
    except NotADatabase as error:
        raise Unwritable(f"`{target}` is not a DuckDB file: name another one") from error


def _fill_table(made: Path, target: Path, table: str, means: Resources) -> None:
    """Put the rows of the Parquet file ``made`` into ``table`` of the DuckDB file ``target``, or
    leave a new DuckDB file in the place of ``made`` if there is no ``target`` yet.
    """
    if not target.exists():
        database = made.with_name("whole.duckdb")
        fill_table(made, database, table, means)
        database.replace(made)
        return
    try:
        fill_table(made, target, table, means)
    except (DatabaseLocked, NotADatabase):
        _open(target)
        raise
    made.unlink()


def _spare_the_book(target: Path, book: Path) -> None:
    """A book must not be written over while it is read."""
    place = target.resolve()
    own = place.parent == book.resolve() and place.name.partition(".")[0] in TABLE_NAMES
    if own or place == book.resolve():
        raise UsageError(f"`{target}` belongs to the book: name another file")


def _size(written: str) -> int:
    """Bytes."""
    found = SIZE.fullmatch(written.strip())
    if found is None:
        raise UsageError(f"`{written}` is not an amount of memory: write it like 2GiB or 500MiB")
    size = int(float(found[1]) * SIZE_UNITS[found[2]])
    if size < MIN_MEMORY:
        raise UsageError(f"`{written}` is too little: give it at least 128 MiB")
    return size


def _threads(memory: int) -> int:
    """As many as there are processors, if there is memory for them."""
    return max(1, min(os.cpu_count() or 1, memory // A_THREAD))
