"""Read YAML text as plain data in which everything keeps its place."""
