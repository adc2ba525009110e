"""The answer as rows."""
