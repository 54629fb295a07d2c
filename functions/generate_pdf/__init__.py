"""QStash job: typesets a PDF, keeps it in object storage, and mails a signed link to it."""
