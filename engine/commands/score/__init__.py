"""`relight score`, in DuckDB and in Spark."""
