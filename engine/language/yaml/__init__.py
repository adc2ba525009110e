"""YAML text to plain data in which everything keeps its place."""
