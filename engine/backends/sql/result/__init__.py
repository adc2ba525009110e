"""Build the two tables of results: nested, with lists of structs, and flat."""
