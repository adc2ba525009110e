"""A whole book in DuckDB as typed relations."""
