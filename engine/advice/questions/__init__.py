"""Find the unknown facts that would change the advice most."""
