"""QStash job: greets somebody, as the first version did."""
