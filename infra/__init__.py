"""How the bundle is deployed, and how it runs on one machine."""
