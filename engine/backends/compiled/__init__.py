"""A playbook as Python code, for many evaluations in one process."""
