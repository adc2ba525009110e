"""Layout for a terminal or a pipe: width, colour, marks, columns, escaping."""
