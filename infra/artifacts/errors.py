"""Why there is no artifact: the message says what is wrong and what mends it."""


class CannotBuild(Exception):
    """Nothing of an earlier build is harmed."""
