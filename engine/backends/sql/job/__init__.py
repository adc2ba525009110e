"""Run the statement over a book in DuckDB."""
