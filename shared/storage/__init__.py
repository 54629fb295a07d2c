"""Object storage through boto3: one adapter, two stores, chosen by STORAGE_PROVIDER.

    storage = Storage(settings, threads, breaker)
    await storage.create("reports/1.pdf", body, content_type="application/pdf")

What one of them lacks is done another way (facts of November 2026, from their docs and sources):

    what                        Tigris                  Supabase Storage           done so
    --------------------------  ----------------------  -------------------------  ------------------------------
    a bucket's address          a host of its own       a path                     by provider; a path where an IP
                                                                                   address has no hosts below it
    region                      `auto`                  the project's              STORAGE_REGION
    write once (If-None-Match)  yes                     ignored                    HEAD, then PUT (writing.py)
    checksum sent with a PUT    other bytes refused     signed, but not looked at  `create` reads back and hashes; an
                                                                                   upload is hashed by who claims it
    checksum told by a HEAD     yes                     none                       Stored.sha256 is None: ask
                                                                                   Storage.sha256
    keys                        what S3 takes           an alphabet                the alphabet, for both
    If-Match on a GET           yes                     ignored                    ETags are compared (reading.py)
    lifecycle rules             ten                     none                       none used: a job deletes

Every call runs in a thread, ends by its own limit or the deadline, stands behind the breaker `storage`, and is tried
again where that is safe (all are: they overwrite with the same, delete, read, or write once). boto3 is imported at the
first call or signature, never by importing this package.
"""

from shared.storage.disposition import content_disposition
from shared.storage.errors import Missing, Refused, TooLarge
from shared.storage.multipart import Unfinished
from shared.storage.objects import Listed, SignedPut, Stored
from shared.storage.storage import Storage

__all__ = [
    "Listed",
    "Missing",
    "Refused",
    "SignedPut",
    "Storage",
    "Stored",
    "TooLarge",
    "Unfinished",
    "content_disposition",
]
