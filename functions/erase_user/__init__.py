"""QStash job: removes a user's data everywhere."""
