"""Values to text, JSON, CSV and HTML."""
