"""What the functions stand on: the job runtime and its guarantees. Knows no function."""
