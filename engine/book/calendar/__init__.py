"""Business time: opening hours, holidays, and open time between two instants."""
