"""QStash job and cron: deletes the objects that nobody owns."""
