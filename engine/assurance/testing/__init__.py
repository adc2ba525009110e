"""Authors' tests: cases, what they expect, and what they cover."""
