"""The real servers behind the stack, each started on free ports and known to answer before it is handed over."""
