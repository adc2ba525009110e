"""A playbook as forward-chaining rules of durable-rules, for one prospect."""
