"""Which files are meant, which they extend, and how those become one document."""
