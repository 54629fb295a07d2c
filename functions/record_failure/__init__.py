"""QStash's failure callback: what becomes of a run whose message was given up."""
