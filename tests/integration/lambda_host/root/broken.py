"""A handler whose module cannot be imported."""

raise RuntimeError("this module does not import")
