"""What is written by hand for DuckDB, in a process of its own: `by_hand WHAT BOOK OUT`.

copy: read all columns of the prospects and write them. columns and rows: the rules of sixty.yaml
over flat facts, as a column a rule and as the rows of `relight score`. aggregate: touches by
prospect, written. best: the same, and twenty of them shown.
"""

from __future__ import annotations

import sys

import duckdb

from bench.books import AS_OF_TEXT, statement

COPY = "COPY ({}) TO '{}' (FORMAT parquet, COMPRESSION zstd)"


def main(what: str, book: str, target: str) -> None:
    """Do ``what``."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"SET VARIABLE as_of = TIMESTAMPTZ '{AS_OF_TEXT}'")
    for table in ("touches",) if what in {"aggregate", "best"} else ("prospects",):
        connection.execute(f"CREATE VIEW {table} AS FROM '{book}/{table}.parquet'")
    match what:
        case "copy":
            connection.execute(COPY.format("FROM prospects", target))
        case "columns" | "rows":
            judged = statement("sixty.sql") + statement(f"{what}.sql")
            connection.execute(COPY.format(judged, target))
        case "aggregate":
            connection.execute(COPY.format(statement("aggregate.sql"), target))
        case "best":
            ranked = (
                f"FROM ({statement('aggregate.sql')}) ORDER BY outbound DESC, prospect_id LIMIT 20"
            )
            print(connection.execute(f"SELECT prospect_id, outbound {ranked}").fetchall())
        case _:
            raise SystemExit(f"nothing is done by hand that is called {what}")


if __name__ == "__main__":
    main(*sys.argv[1:4])
