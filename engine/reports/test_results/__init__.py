"""Format the results of authors' tests, and their coverage."""
