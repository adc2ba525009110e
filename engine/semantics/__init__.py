"""The definition of what a playbook means for one prospect at one instant, in plain Python."""
