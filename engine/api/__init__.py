"""Use Relight in a program: load a playbook once, evaluate prospects in microseconds."""
