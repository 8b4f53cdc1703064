"""Where the climbing frame is reached."""
