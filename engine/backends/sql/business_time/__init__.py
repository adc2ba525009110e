"""Business time by joins and arithmetic."""
