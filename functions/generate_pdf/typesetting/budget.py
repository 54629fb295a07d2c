"""How large one PDF may be, and what typesetting it may take. Light: the job imports this as well."""

from typing import Final

from shared.worker import Limits

PAGES: Final = 400
BYTES: Final = 8_000_000
"""A handler holds no larger file whole."""
SECONDS: Final = 60.0
"""A table of 2,000 items takes about two, its worker's cold start included."""
THREADS: Final = 2
"""Typst takes one a core otherwise, and each reserves some 70 MB of address space that it hardly uses."""
LIMITS: Final = Limits(memory=1_500_000_000)
"""Address space. A small PDF takes 320 MB of it, 40 MB of fonts among them; one of 420 pages 540."""
