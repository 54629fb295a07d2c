"""One file a command, or a group of them: what a person types, and no more."""
