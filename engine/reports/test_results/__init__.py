"""The results of authors' tests, and their coverage."""
