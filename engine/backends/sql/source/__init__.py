"""The user's tables as the statement reads them."""
