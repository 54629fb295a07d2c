"""What text is got with where nobody is hostile: in this process, without limits, whatever the file holds."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import docx
from charset_normalizer import from_path
from lxml.html import fromstring
from pypdf import PdfReader


def pypdf(path: Path) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


def python_docx(path: Path) -> str:
    return "\n".join(paragraph.text for paragraph in docx.Document(str(path)).paragraphs)


def lxml(path: Path) -> str:
    return str(fromstring(path.read_bytes()).text_content())


def charset_normalizer(path: Path) -> str:
    return str(from_path(path).best())


def read_and_decode(path: Path) -> str:
    return path.read_bytes().decode()


Peer = Callable[[Path], str]

BARE: Final = ("bare read and decode", read_and_decode)
PEERS: Final[Mapping[str, Sequence[tuple[str, Peer]]]] = {
    "PDF": [("pypdf", pypdf)],
    "DOCX": [("python-docx, paragraphs alone", python_docx)],
    "HTML": [("lxml text_content", lxml), BARE],
    "plain text": [("charset-normalizer", charset_normalizer), BARE],
}
