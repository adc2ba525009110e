"""Check playbooks, and explain each problem code on a page."""
