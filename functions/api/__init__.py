"""The HTTP API: accepts work and shows how it went."""
