"""`relight score`: write the scores of every prospect of a book to a file, for programs."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from engine.backends.sql.job.export import (
    DatabaseLocked,
    NotADatabase,
    Resources,
    fill_table,
    may_write,
)
from engine.backends.sql.job.run_query import OutOfMemory, QueryFailed
from engine.book.book_problem import BookError
from engine.book.cells import NOT_UTF8
from engine.book.readers.duckdb_file import unfit_name
from engine.commands.process.exit_codes import FINE
from engine.commands.process.formats import FORMATS
from engine.commands.process.inputs import InputOptions, open_inputs
from engine.commands.process.output import Output
from engine.commands.process.progress import progress_enabled, progress_of_parts
from engine.commands.process.write import check_target, spare_book
from engine.commands.score.score_job import Job
from engine.commands.score.score_writers import ScoreWriter
from engine.language.files.atomic_write import Unwritable, atomic_write
from engine.language.files.input_errors import UsageError
from engine.reports.terminal.phrases import counted

TABLE = "scores"
MEMORY = "1 GiB"
A_THREAD = 3 * 2**27
"""The memory that each thread needs, in bytes."""

SIZE_UNITS = {"KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
SIZE_UNITS |= {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}
SIZE = re.compile(rf"([0-9]{{1,9}}(?:\.[0-9]{{1,3}})?) ?({'|'.join(SIZE_UNITS)})")
MIN_MEMORY = 2**27
MAX_MEMORY = 2**50
"""More than any machine has, and less than what DuckDB can no longer read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreOptions(InputOptions):
    """The options of `score`; ``where`` is `duckdb` or `spark`."""

    table: str | None
    memory: str | None
    where: str
    spark_master: str | None


def run_score(options: ScoreOptions, output: Output) -> int:
    """Write the scores of a whole book, note their number, and return the exit code.

    Raises:
        UsageError: Options exclude each other, or the format is unknown.
        Unwritable: The file cannot be written.
        BookError: The book cannot be read.
    """
    if options.where == "spark":
        from engine.commands.score.score_on_spark import run_score_on_spark

        return run_score_on_spark(options, output)
    if options.spark_master is not None:
        raise UsageError("`--spark-master` needs `--on spark`")
    target, writer = _target(output, options)
    memory = _size(options.memory or MEMORY)
    columnar = options.engine in ("auto", "columnar")
    found = open_inputs(options, output, batch=True)
    with progress_of_parts(progress_enabled(output.quiet)) as shown, atomic_write(target) as made:
        resources = Resources(memory, _threads(memory), made.parent)
        job = Job(found, writer, resources, made, shown)
        try:
            count = job.by_statement() if columnar else job.one_by_one()
            if writer.table:
                _fill_table(made, target.resolve(), options.table or TABLE, resources)
        except OutOfMemory as error:
            least = f"{memory / 2**20:,.0f} MiB of memory are not enough: allow more with --memory"
            raise Unwritable(f"`{target}` cannot be written: {least}") from error
        except QueryFailed as error:
            raise Unwritable(f"`{target}` cannot be written: {error}") from error
    output.note(f"scored {counted(count, 'prospect')}\n")
    output.book_problems(found.book.problems)
    found.note_left_out(job.unclear, output)
    return FINE


def _target(output: Output, options: ScoreOptions) -> tuple[Path, ScoreWriter]:
    """Return the file to write and its format."""
    target = output.target
    if target is None:
        raise UsageError("no file to write to: add --output scores.parquet, scores.csv or s.duckdb")
    format = output.format
    if format is None:
        raise UsageError(
            f"cannot tell the format from `{target}`: end it in .parquet, .csv or .duckdb, "
            "or add --format"
        )
    writer: ScoreWriter = FORMATS["score"][format].load()
    if options.table == "":
        raise UsageError("`--table` needs the name of a table")
    if options.table is not None and NOT_UTF8.search(options.table):
        raise UsageError(f"`{options.table}` is not UTF-8 text: name another table")
    if options.table is not None and not writer.table:
        raise UsageError(f"--table is for a DuckDB file, and `{target}` becomes {format}")
    check_target(target)
    reason = unfit_name(target.resolve(), "\\?" if writer.table else "")
    if reason is not None:
        raise Unwritable(f"`{target}` cannot be written: {reason}")
    spare_book(target, options.book)
    if writer.table and target.exists():
        _open(target)
    elif writer.table:
        _refuse_old_log(target.resolve())
    return target, writer


def _refuse_old_log(target: Path) -> None:
    """Raise Unwritable if there is a log of changes to a file that is gone.

    DuckDB would take it for that of the new file, which it then cannot open.
    """
    log = target.with_name(f"{target.name}.wal")
    if log.exists():
        raise Unwritable(f"`{log}` is left from another DuckDB file: move it away")


def _open(target: Path) -> None:
    """Check that the DuckDB file can be written, before the long work."""
    try:
        may_write(target)
    except DatabaseLocked as error:
        raise BookError(f"`{target}` is in use", "close it in the other program") from error
    except NotADatabase as error:
        raise Unwritable(f"`{target}` is not a DuckDB file: name another one") from error


def _fill_table(made: Path, target: Path, table: str, resources: Resources) -> None:
    """Write the rows of the Parquet file ``made`` to a table of the DuckDB file ``target``.

    If that file does not exist, it is made, or a new DuckDB file replaces ``made``, which then
    becomes ``target``.
    """
    if not target.exists() and _new_database(made, target, table, resources):
        return
    try:
        fill_table(made, target, table, resources)
    except (DatabaseLocked, NotADatabase):
        _open(target)
        raise
    made.unlink()  # otherwise it would replace the database when the atomic write ends


def _new_database(made: Path, target: Path, table: str, resources: Resources) -> bool:
    """Write the rows of ``made`` to a new DuckDB file; false if another run has made one by now."""
    database = made.with_name("whole.duckdb")
    fill_table(made, database, table, resources)
    try:
        target.hardlink_to(database)  # unlike `replace`, it fails if the file is there
    except FileExistsError:
        return False
    except OSError:  # there are file systems without hard links
        database.replace(made)
    else:
        made.unlink()
    return True


def _size(written: str) -> int:
    """Parse an amount of memory, such as `2GiB`, into bytes."""
    found = SIZE.fullmatch(written.strip())
    if found is None:
        raise UsageError(f"`{written}` is not an amount of memory: write it like 2GiB or 500MiB")
    size = int(min(float(found[1]) * SIZE_UNITS[found[2]], MAX_MEMORY))
    if size < MIN_MEMORY:
        raise UsageError(f"`{written}` is too little: give it at least 128 MiB")
    return size


def _threads(memory: int) -> int:
    """Return the number of processors, or of threads that there is memory for if that is less."""
    return max(1, min(os.cpu_count() or 1, memory // A_THREAD))
