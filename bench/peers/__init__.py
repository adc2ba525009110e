"""Others who answer by the rules of sixty.yaml, each driven the way its own users drive it."""
