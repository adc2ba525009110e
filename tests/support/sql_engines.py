"""The engines that the statement is run on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from engine.backends.sql.tree.dialects import DIALECTS, ColumnType, Dialect
from tests.support.case_tables import Relation, Row

if TYPE_CHECKING:
    from psycopg import Connection
    from pyspark.sql import SparkSession


def made(name: str, columns: Mapping[str, ColumnType], dialect: Dialect) -> str:
    """Return the statement that makes the table ``name``."""
    return f"CREATE TABLE {name} ({', '.join(dialect.column(*each) for each in columns.items())})"


class DuckDB:
    """In memory. Without ``lists``, statements are written as for dialects that have none."""

    def __init__(self, dialect: str = "duckdb", *, lists: bool = True) -> None:
        self.dialect = DIALECTS[dialect] if lists else replace(DIALECTS[dialect], lists=None)
        self._connection = duckdb.connect(":memory:", config={"threads": 1})

    def load(self, tables: Mapping[str, Relation]) -> None:
        for name, relation in tables.items():
            self._connection.execute(f"DROP TABLE IF EXISTS {name}")
            self._connection.execute(made(name, relation.columns, self.dialect))
            appender = self._connection.appender(name)
            appender.append_rows([list(row) for row in relation.rows])
            appender.flush()

    def write(self, name: str, file: Path) -> None:
        self._connection.execute(f"COPY {name} TO '{file}' (FORMAT parquet)")

    def run(self, statement: str, now: int) -> list[Row]:
        result = self._connection.execute(statement, {"now": now})
        names = [column[0] for column in result.description or ()]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


class Postgres:
    """A server, over one connection; every run leaves nothing behind but its tables."""

    def __init__(self, connection: Connection[Any]) -> None:
        self.dialect = DIALECTS["postgres"]
        self._connection = connection

    def load(self, tables: Mapping[str, Relation]) -> None:
        for name, relation in tables.items():
            self._connection.execute(f"DROP TABLE IF EXISTS {name}".encode())
            self._connection.execute(made(name, relation.columns, self.dialect).encode())
            with self._connection.cursor().copy(f"COPY {name} FROM STDIN".encode()) as copy:
                for row in relation.rows:
                    copy.write_row(row)

    def run(self, statement: str, now: int) -> list[Row]:
        from psycopg import RawCursor
        from psycopg.rows import dict_row

        with RawCursor(self._connection, row_factory=dict_row) as cursor:
            return list(cursor.execute(statement.encode(), [now]))


class Spark:
    """A session; tables are temporary views of Parquet files, which DuckDB writes faster than a
    session takes rows from Python.
    """

    def __init__(self, session: SparkSession, folder: Path) -> None:
        self.dialect = DIALECTS["spark"]
        self._session = session
        self._folder = folder
        self._loaded = 0
        self._writer = DuckDB()

    def load(self, tables: Mapping[str, Relation]) -> None:
        self._writer.load(tables)
        self._loaded += 1
        for name, relation in tables.items():
            file = self._folder / f"{name}-{self._loaded}.parquet"
            self._writer.write(name, file)
            columns = [self.dialect.column(*each) for each in relation.columns.items()]
            frame = self._session.read.schema(", ".join(columns)).parquet(str(file))
            frame.createOrReplaceTempView(name)

    def run(self, statement: str, now: int) -> list[Row]:
        frame = self._session.sql(statement, args={"now": now})
        return [row.asDict() for row in frame.collect()]

    def another(self, name: str) -> Spark:
        """Return an engine on the same Spark with tables of its own."""
        folder = self._folder / name
        folder.mkdir()
        return Spark(self._session.newSession(), folder)
