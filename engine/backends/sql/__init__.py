"""A playbook as one SQL statement, for a whole book."""
