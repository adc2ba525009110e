"""Format problems of playbooks, tests and books."""
