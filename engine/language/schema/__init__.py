"""Check documents against JSON Schema, and explain in an author's words what is wrong."""
