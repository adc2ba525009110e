"""Lay out text for a terminal or a pipe: width, color, marks, columns, escaping."""
