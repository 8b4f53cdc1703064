"""A provider’s workspace: its courses and venues, kept right by forms or by a spreadsheet."""
