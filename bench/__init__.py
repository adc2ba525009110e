"""The benchmark: what this project costs, beside what others cost for the same answers."""
