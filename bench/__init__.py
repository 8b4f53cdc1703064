"""Measures what the figures in docs/figures.md claim. Run: python3 dev.py bench."""
