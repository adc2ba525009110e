"""Format a playbook and its entries."""
