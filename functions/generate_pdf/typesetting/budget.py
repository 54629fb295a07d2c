"""How much one PDF may be; what it may take of time and memory is its worker's. Light: the job reads these as well."""

from typing import Final

from shared.worker import Limits

PAGES: Final = 400
BYTES: Final = 8_000_000
"""A handler holds no larger file whole."""
SECONDS: Final = 60.0
"""A table of 2,000 items takes about one, a cold start in it."""
LIMITS: Final = Limits(memory=1_500_000_000)
"""Address space: the fonts are mapped (40 MB), and each of typst's threads reserves some 70 MB that it hardly uses."""
