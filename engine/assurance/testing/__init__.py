"""Run authors' tests: cases, expectations and coverage."""
