"""What authors and CI rely on: checks, authors' tests, coverage."""
