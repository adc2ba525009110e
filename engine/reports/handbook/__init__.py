"""A playbook as a page that people read, in Markdown or HTML."""
