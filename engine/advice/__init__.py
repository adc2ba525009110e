"""Firings to advice: diagnosis, ranked and dated steps, explanation, drafts."""
