"""Seeded books in Parquet, made by DuckDB: as flat facts, and as raw touches.

The draws are hashes of seed, prospect and what is drawn, so the same seed makes the same rows with
the same DuckDB. Instants lie around `AS_OF`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from engine.language.conditions import Value

AS_OF_TEXT = "2026-03-04T15:00:00Z"
AS_OF = 1_772_636_400
SEED = 7
SQL = Path(__file__).with_name("sql")
TABLES = {
    "flat": {"prospects": "flat_book.sql"},
    "raw": {
        "prospects": "raw_prospects.sql",
        "touches": "raw_touches.sql",
        "contacts": "raw_contacts.sql",
        "events": "raw_events.sql",
    },
}
ROW_GROUPS = 8
LARGEST_GROUP = 122_880


def statement(name: str) -> str:
    """The SQL in the file ``name`` beside this module."""
    return (SQL / name).read_text(encoding="utf-8")


def make_book(folder: Path, kind: str, prospects: int, seed: int = SEED) -> Path:
    """Write the book of ``prospects`` prospects into ``folder``; what is there is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    for name, value in {"prospects": prospects, "seed": seed, "as_of": AS_OF}.items():
        connection.execute(f"SET VARIABLE {name} = {value}::BIGINT")
    connection.execute(statement("draws.sql"))
    group = max(2048, min(LARGEST_GROUP, prospects // ROW_GROUPS))
    for table, file in TABLES[kind].items():
        target = folder / f"{table}.parquet"
        if not target.exists():
            unfinished = target.with_suffix(".unfinished")
            connection.execute(
                f"COPY ({statement(file)}) TO '{unfinished}' "
                f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {group})"
            )
            unfinished.replace(target)
    return folder


def facts_in(book: Path, limit: int) -> list[dict[str, Value]]:
    """What is known of the first ``limit`` prospects of a flat book, instants as whole seconds."""
    connection = duckdb.connect()
    prospects = connection.read_parquet(str(book / "prospects.parquet")).limit(limit)
    columns = [
        f"epoch({name})::BIGINT" if str(type).startswith("TIMESTAMP") else name
        for name, type in zip(prospects.columns, prospects.types, strict=True)
        if name != "id"
    ]
    names = [name for name in prospects.columns if name != "id"]
    rows = prospects.select(", ".join(columns)).fetchall()
    return [
        {name: value for name, value in zip(names, row, strict=True) if value is not None}
        for row in rows
    ]


if __name__ == "__main__":
    make_book(Path(sys.argv[2]), sys.argv[1], int(float(sys.argv[3])))
