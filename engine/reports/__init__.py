"""Format values as text, JSON, CSV and HTML."""
