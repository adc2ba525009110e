"""Relight: playbooks for prospects who have gone dark, read, judged and explained."""
