"""Compute what a condition can be: the possible truths, and the values to try for each subject."""
