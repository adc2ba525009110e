"""The value, the guards and the dates of actions as SQL."""
