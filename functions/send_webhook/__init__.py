"""QStash job: tells a server of its own what it waits for, by a signed webhook."""
