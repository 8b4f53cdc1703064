"""Pages of publishing: the moderators’ desk, reports, keeping offers up."""
