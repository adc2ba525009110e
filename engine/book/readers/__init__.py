"""Readers of CSV, Parquet, DuckDB, YAML and JSON files, as tables of raw cells."""
