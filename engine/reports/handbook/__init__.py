"""A playbook as a page for people who never see the file, in Markdown and HTML."""
