"""Build sqlglot trees, and the differences between dialects."""
