"""An effective document to the typed tree: names, types and values."""
