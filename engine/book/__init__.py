"""The book: tables of prospects read and vetted, and the calendar they are judged by."""
