"""Check message templates: what is wrong in them, and what does harm when it is sent."""
