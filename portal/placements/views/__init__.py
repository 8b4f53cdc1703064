"""Where placements are reached."""
