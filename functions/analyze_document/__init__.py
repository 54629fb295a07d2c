"""QStash job: reads a document's text and has a model say what is in it."""
