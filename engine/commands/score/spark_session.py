"""Start Spark for one run, and translate its errors."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from engine.backends.registry import EvaluatorUnavailable
from engine.book.book_problem import BookError
from engine.commands.process.output import Output
from engine.commands.process.progress import progress_enabled
from engine.commands.process.signals import signals_held
from engine.language.files.input_errors import UsageError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

MISSING = (
    "`--on spark` needs pyspark: install it with the extra `spark` (`pip install 'relight[spark]'`)"
    ", and Java 17 or newer"
)
_LOCAL = "local[*]"
WAREHOUSE = "spark-warehouse"
"""The empty folder that Spark creates in the current folder, unless its settings name another."""


@contextlib.contextmanager
def session(master: str | None, zone: str, output: Output) -> Iterator[SparkSession]:
    """Start a Spark session that is stopped at the end of the block.

    Args:
        master: The URL of the cluster; None is this machine.
        zone: The time zone of instants that have no zone.
        output: Decides how much Spark prints.

    Raises:
        EvaluatorUnavailable: There is no pyspark or no Java.
        UsageError: ``master`` is not a URL of Spark.
        BookError: Spark failed, also within the block.
    """
    if find_spec("pyspark") is None:
        raise EvaluatorUnavailable(MISSING)
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    spark = None
    warehouse = Path(WAREHOUSE).absolute()
    was_there = warehouse.exists()
    try:
        spark = _started(master or _LOCAL, zone, output)
        yield spark
    except PySparkException as error:
        raise _broken(error.getErrorClass() or type(error).__name__, str(error)) from error
    except Py4JError as error:
        raise _broken(type(error).__name__, str(error)) from error
    finally:
        if spark is not None:
            spark.stop()
        if not was_there:
            with contextlib.suppress(OSError):  # it does not exist, or has tables by now
                warehouse.rmdir()


def _started(master: str, zone: str, output: Output) -> SparkSession:
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    settings = {
        "spark.sql.session.timeZone": zone,
        "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
        # Otherwise `${...}` in a text of a playbook would be replaced.
        "spark.sql.variable.substitute": "false",
        "spark.ui.showConsoleProgress": str(progress_enabled(output.quiet)).lower(),
        "spark.log.level": "WARN" if output.verbose else "ERROR",
    }
    builder = SparkSession.builder.master(master).appName("relight")
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        with signals_held():
            spark = builder.getOrCreate()
    except PySparkException as error:
        if error.getErrorClass() == "JAVA_GATEWAY_EXITED":
            raise EvaluatorUnavailable("Spark did not start: it needs Java 17 or newer") from error
        raise
    except Exception as error:
        if "Could not parse Master URL" in str(error):
            raise UsageError(
                f"Spark knows no master `{master}`: write spark://HOST:PORT"
            ) from error
        raise
    return spark


def _broken(kind: str, words: str) -> BookError:
    lines = [line.strip() for line in words.splitlines()]
    first = next((line for line in lines if line and not line.startswith(("JVM", "at "))), kind)
    return BookError(f"Spark failed: {first.rstrip('.')}")
