"""What a playbook means for one prospect at one instant, in plain Python, without short cuts."""
