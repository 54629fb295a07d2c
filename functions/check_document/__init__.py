"""QStash job: hashes a document whose bytes were too many for the request that claimed it."""
