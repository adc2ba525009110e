"""A playbook and its entries."""
