"""People and organisations, and who may enter which page."""
