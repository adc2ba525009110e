"""Staging: a whole book in DuckDB as typed relations."""
