"""A PostgreSQL and a Spark of the tests' own, or why there is none."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from engine.commands.process.signals import signals_held

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

DEBIAN = Path("/usr/lib/postgresql")
"""Debian keeps the servers of each version apart, and none of them on the path."""

SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "jit": "off",
    "listen_addresses": "",
    "max_connections": "10",
}

CLUSTER = ("--auth=trust", "--username=relight", "--encoding=UTF8", "--locale=C")

SPARK = {
    # The plans of a playbook are large and its tables here tiny: nothing is worth compiling, a
    # second task or a look at statistics.
    "spark.driver.extraJavaOptions": "-XX:+UseSerialGC",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.constraintPropagation.enabled": "false",
    "spark.sql.lightweightPlanChangeValidation": "false",
    "spark.sql.shuffle.partitions": "1",
    # A table that is broadcast takes a megabyte at least, and was kept to the end of the run.
    "spark.sql.autoBroadcastJoinThreshold": "-1",
    # Nothing is kept for a page that nobody looks at.
    "spark.driver.memory": "2g",
    "spark.sql.ui.retainedExecutions": "1",
    "spark.ui.retainedJobs": "1",
    "spark.ui.retainedStages": "1",
    "spark.ui.retainedTasks": "1",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.variable.substitute": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.log.level": "ERROR",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}

FOLDERS = {"spark.sql.warehouse.dir": "warehouse", "spark.local.dir": "scratch"}

OLDEST_JAVA = 17


class Failed(Exception):
    """A program of a server that did not do what it was asked; what it said."""


def why_no_postgres() -> str | None:
    """Return what is missing to run a PostgreSQL, or None if nothing is."""
    if importlib.util.find_spec("psycopg") is None:
        return "psycopg is not installed"
    if _binary("initdb") is None or _binary("pg_ctl") is None:
        return "there are no PostgreSQL server programs (Debian: apt-get install postgresql)"
    if os.geteuid() == 0 and (_account() is None or shutil.which("setpriv") is None):
        return "root may not run a server, and there is no other account to run it"
    return None


def why_no_spark() -> str | None:
    """Return what is missing to run Spark, or None if nothing is."""
    if importlib.util.find_spec("pyspark") is None:
        return "pyspark is not installed (make EXTRA=rete,spark ...)"
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin" if home else None)
    if java is None:
        return "there is no Java (Debian: apt-get install openjdk-17-jre-headless)"
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', said)
    if version is None or int(version[1]) < OLDEST_JAVA:
        return f"Spark needs Java {OLDEST_JAVA} or newer, and {java} is another"
    return None


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """Start a new server on a socket of its own; yield what to connect to."""
    folder = Path(tempfile.mkdtemp(prefix="relight-pg-"))
    run = _as_account(folder)
    data, settings = folder / "data", " ".join(f"-c {k}={v}" for k, v in SETTINGS.items())
    try:
        made = [*run, _binary("initdb") or "", "--no-sync", *CLUSTER, f"--pgdata={data}"]
        try:  # text in the order of a dictionary, as most servers have it
            _check([*made, "--locale-provider=icu", "--icu-locale=en-US"])
        except Failed:  # before version 15
            _check(made)
        control = [*run, _binary("pg_ctl") or "", f"--pgdata={data}", "--wait"]
        log, options = f"--log={folder / 'log'}", f"--options=-k {folder} {settings}"
        _check([*control, log, options, "start"])
        try:
            yield f"host={folder} user=relight dbname=postgres"
        finally:
            _check([*control, "--mode=immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def spark(master: str) -> Iterator[SparkSession]:
    """Start Spark on ``master``. Rows come back with instants in UTC, whatever zone this runs in,
    and what it writes of its own accord goes to a folder that is removed with it.
    """
    from pyspark.sql import SparkSession

    with tempfile.TemporaryDirectory(prefix="relight-spark-") as folder:
        folders = {name: f"{folder}/{place}" for name, place in FOLDERS.items()}
        builder = SparkSession.builder.master(master).appName("relight tests")
        for name, value in {**SPARK, **folders}.items():
            builder = builder.config(name, value)
        with signals_held():
            session = builder.getOrCreate()
        try:
            yield session
        finally:
            session.stop()


def _binary(name: str) -> str | None:
    folders = sorted(DEBIAN.glob("*/bin"), key=lambda each: _version(each.parent.name))
    return shutil.which(name) or next(
        (str(each / name) for each in reversed(folders) if (each / name).exists()), None
    )


def _version(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in name.split(".") if part.isdigit())


def _account() -> str | None:
    known = {each.pw_name for each in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in known), None)


def _as_account(folder: Path) -> list[str]:
    """Return how a command begins that is run by somebody who may run a server in ``folder``."""
    if os.geteuid() != 0:
        return []
    account = _account()
    assert account is not None
    shutil.chown(folder, account)
    return ["setpriv", f"--reuid={account}", f"--regid={pwd.getpwnam(account).pw_gid}",
            "--clear-groups", "--"]  # fmt: skip


def _check(command: list[str]) -> None:
    # Not a pipe: the server would keep it open, and whoever reads it waiting.
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(
            command, cwd="/", stdout=said, stderr=said, stdin=subprocess.DEVNULL, check=False
        )
        said.seek(0)
        if done.returncode != 0:
            raise Failed(said.read().decode(errors="replace"))
