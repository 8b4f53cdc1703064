"""Shortlists: a visitor’s on their own device, and advisers’ with reasons, shared by links."""
