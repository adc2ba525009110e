"""Check playbooks and run authors' tests, for authors and CI."""
