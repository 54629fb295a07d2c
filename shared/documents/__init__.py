"""Uploads and documents: their records in MongoDB, and how the file of one becomes the file of the other.

    new = Promise(name="a.pdf", content_type="application/pdf", size=5, sha256="..")
    upload = await uploads.create(database, new, owner=.., upload_id=.., key=.., session=session)
    claimed = await claim(desk, upload.id, owner=.., wish=Wish(title="A"))       # once, however often it is asked

    uploads        unclaimed ──▶ claimed | condemned                 (uploads.py)
    documents      checking ──▶ stored ──▶ analysing ──▶ analysed    (progress.py)

Everything that reads a document for a person goes by (id, owner, not deleted). Everything that changes one puts it into
the search index's backlog, and accepts the run that will index it (indexing.py, backlog.py).
"""

from shared.documents import backlog, content, progress, records, uploads
from shared.documents.claiming import Claimed, Desk, Wish, claim
from shared.documents.errors import NotAsPromised, NotThere, UploadGone, UploadUnknown
from shared.documents.indexing import Indexing
from shared.documents.model import Document, Promise, Status, StoredFile, StoredText, Upload, UploadState

__all__ = [
    "Claimed",
    "Desk",
    "Document",
    "Indexing",
    "NotAsPromised",
    "NotThere",
    "Promise",
    "Status",
    "StoredFile",
    "StoredText",
    "Upload",
    "UploadGone",
    "UploadState",
    "UploadUnknown",
    "Wish",
    "backlog",
    "claim",
    "content",
    "progress",
    "records",
    "uploads",
]
