"""Upstash's Redis REST protocol in front of Valkey, for development and tests on one machine."""
