"""Turn text into a typed playbook: reading, schema, conditions, merging, and the tree itself."""
