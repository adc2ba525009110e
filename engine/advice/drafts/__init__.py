"""Write messages from templates."""
