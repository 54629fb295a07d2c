"""QStash on one machine: a development server that speaks its wire protocol, from public documents alone."""
