"""PDFs written by hand, as no program would: object after object, with a right table of where they are."""

import zlib
from collections.abc import Sequence
from typing import Final

CATALOG: Final = b"<</Type/Catalog/Pages 2 0 R>>"
ONE_PAGE: Final = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
EMPTY_PAGE: Final = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>"
FONT: Final = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def written(objects: Sequence[bytes]) -> bytes:
    """The first is the catalog."""
    body = b"%PDF-1.7\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(b"%010d 00000 n \n" % len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(places) + 1, b"".join(places))
    return body + table + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(places) + 1, len(body))


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<<%b/Length %d>>\nstream\n%b\nendstream" % (entries, len(content), content)


def one_page(content: bytes, entries: bytes = b"") -> bytes:
    resources = b"<</Font<</F 5 0 R>>/XObject<</X 6 0 R>>>>"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources%b>>" % resources
    form = stream(b"/X Do /X Do", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 6 0 R>>>>")
    return written([CATALOG, ONE_PAGE, page, stream(content, entries), FONT, form])


def deflated(unit: bytes, times: int) -> bytes:
    """So many times `unit`, without ever being all of it."""
    compressor = zlib.compressobj(9)
    return b"".join([*(compressor.compress(unit) for _ in range(times)), compressor.flush()])
