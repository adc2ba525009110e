"""Values to what people and programs read, one module a format."""
