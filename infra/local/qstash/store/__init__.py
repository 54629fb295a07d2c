"""What the server remembers, in one SQLite file: each module owns the rows of one idea."""
