"""Relight for programs: load a playbook once, evaluate prospects in microseconds."""
