"""Makes the files of this folder again: `python -m tests.data.make`."""

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

import docx
import typst
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from tests.data.minutes import MINUTES, TITLE, Footnote, Heading, Numbered, Paragraph, Rows

HERE: Final = Path(__file__).parent
WRITTEN: Final = datetime(2026, 11, 2, tzinfo=UTC)
SEPARATORS: Final = (("-1", "separator"), ("0", "continuationSeparator"))
"""Word wants these two before the first footnote."""


def make() -> dict[str, bytes]:
    """Every file that has a source here, by its name."""
    return {"mill-race.pdf": paper(), "muehlbach.docx": minutes()}


def paper() -> bytes:
    made = typst.compile(
        HERE / "mill-race.typ", format="pdf", ignore_system_fonts=True, pdf_standards="ua-1", timestamp=WRITTEN
    )
    if not isinstance(made, bytes):
        raise TypeError("a PDF is one file")
    return made


def minutes() -> bytes:
    document = docx.Document()
    about = document.core_properties
    about.title, about.author, about.language = TITLE, "The Millrace authors", "de"
    about.created = about.modified = WRITTEN.replace(tzinfo=None)
    about.comments = about.last_modified_by = ""
    document.add_heading(TITLE, 0)
    notes: list[str] = []
    for one in MINUTES:
        match one:
            case Heading(text):
                document.add_heading(text, 1)
            case Numbered(text):
                document.add_paragraph(text, "List Number")
            case Footnote(text):
                notes.append(text)
                document.paragraphs[-1].add_run()._r.append(_reference(len(notes)))
            case Paragraph(text):
                document.add_paragraph(text)
            case rows:
                _table(document, rows)
    _keep(document, notes)
    buffer = io.BytesIO()
    document.save(buffer)
    return _undated(buffer.getvalue())


def _table(document: Any, rows: Rows) -> None:
    table = document.add_table(0, len(rows[0]), "Light List Accent 1")
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.add_paragraph()


def _reference(number: int) -> Any:
    return parse_xml(f'<w:footnoteReference {nsdecls("w")} w:id="{number}"/>')


def _keep(document: Any, notes: list[str]) -> None:
    """The footnotes are a part of their own, which python-docx knows nothing of."""
    marks = [
        f'<w:footnote w:type="{kind}" w:id="{number}"><w:p><w:r><w:{kind}/></w:r></w:p></w:footnote>'
        for number, kind in SEPARATORS
    ]
    texts = [
        f'<w:footnote w:id="{number}"><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t xml:space="preserve"> {escape(text)}'
        "</w:t></w:r></w:p></w:footnote>"
        for number, text in enumerate(notes, 1)
    ]
    xml = f"<w:footnotes {nsdecls('w')}>{''.join(marks + texts)}</w:footnotes>"
    part = Part(PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, xml.encode(), document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)


def _undated(package: bytes) -> bytes:
    """The same entries, without the moment at which each was packed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as dated, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name in dated.namelist():
            entry = zipfile.ZipInfo(name, WRITTEN.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(entry, dated.read(name))
    return buffer.getvalue()


if __name__ == "__main__":
    for name, body in make().items():
        (HERE / name).write_bytes(body)
