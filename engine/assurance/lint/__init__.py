"""Checks of a playbook, and the page that explains each problem code."""
