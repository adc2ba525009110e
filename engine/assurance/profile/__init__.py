"""Profile a book against a playbook: what is read of it, and what can never follow from it."""
