"""QStash cron: hands over what was accepted but not yet published, and revives what was lost."""
