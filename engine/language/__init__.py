"""Text to typed playbook: reading, schema, conditions, merging, and the tree itself."""
