"""The book: tables of prospects, read and validated, and the calendar of business time."""
