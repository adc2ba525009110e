"""Find the files that are meant and those they extend, merge them, and write files."""
