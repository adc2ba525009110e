"""Format a playbook as a page in Markdown or HTML, for people who never see the file."""
