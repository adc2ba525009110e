"""Rows to facts, facts to firings: the meaning of a playbook, and evaluators that agree with it."""
