"""Read YAML text as plain data with the span of every key and value."""
