"""Which unknown facts would change the advice most."""
