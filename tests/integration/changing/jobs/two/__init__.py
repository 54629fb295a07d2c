"""QStash job: greets somebody, as the second version does."""
