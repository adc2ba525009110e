"""`relight score`, on DuckDB and on Spark."""
