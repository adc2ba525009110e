"""Read the user's own tables in SQL."""
