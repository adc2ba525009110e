"""Evaluate a whole book by one SQL statement that is compiled from the playbook."""
