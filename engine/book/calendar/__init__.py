"""Business time: opening hours, holidays, and the open time between two instants."""
