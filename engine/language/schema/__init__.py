"""JSON Schema: whether a document has the shape of its kind, and what is wrong where it has not."""
