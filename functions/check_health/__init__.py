"""QStash cron: probes every dependency, and tells operators once of each change."""
