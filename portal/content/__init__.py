"""Reads and validates the content folder; every error names file, line and remedy."""
