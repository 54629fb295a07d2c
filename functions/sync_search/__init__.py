"""QStash job and cron: brings what changed in MongoDB into the search index, and compares the two."""
