"""The catalogue: entries of every kind, where they come from, and the pages that show them."""
