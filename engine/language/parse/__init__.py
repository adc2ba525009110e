"""Turn an effective document into the typed tree: names, types and values."""
