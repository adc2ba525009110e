"""Pieces of SQL as sqlglot trees, and what differs between dialects."""
