"""Where shortlists are reached."""
