"""Conditions, measures and rules as SQL."""
