"""Where the catalogue is reached: searching, entries, browsing, advice."""
