"""Translate the value, the guards and the dates of actions to SQL."""
