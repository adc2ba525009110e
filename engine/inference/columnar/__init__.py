"""A playbook as one SQL statement over a whole book, a common table expression a layer."""
