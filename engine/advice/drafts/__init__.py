"""Messages from templates."""
