"""Fast evaluators, held to `engine.semantics` by the conformance suite."""
