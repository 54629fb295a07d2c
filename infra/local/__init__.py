"""The stack on one machine: for development and tests, never for production."""
