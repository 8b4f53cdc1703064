"""The life of anything an organisation publishes: moderation, verification, reports."""
