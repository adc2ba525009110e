"""The statement run over a book in DuckDB."""
