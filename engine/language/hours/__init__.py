"""When business is open, as a playbook says it: opening hours, calendars and time zones."""
