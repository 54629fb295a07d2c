"""No name of a stranger's breaks out of its field, names a folder, or hides what kind of file it is."""

import re
import unicodedata
from email.message import Message
from typing import Final
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.storage import content_disposition

FIELD: Final = re.compile(
    r"attachment; filename=\"([^\"\\%/;\x00-\x1f\x7f]+)\"(?:; filename\*=UTF-8''([\w!#$&+.^`|~%-]+))?"
)
HOSTILE: Final = '"\\/;\r\n%\x00.. *:<>|?\u202e\u2066\u2028\ufeffäé한عא😀CON'

names = st.one_of(
    st.text(), st.text(alphabet=HOSTILE), st.lists(st.sampled_from(["../", "..\\", "a.pdf", ";", '"'])).map("".join)
)


def read(field: str) -> str:
    """The name that browsers show: the second form where there is one."""
    found = FIELD.fullmatch(field)
    assert found is not None
    return unquote(found[2], errors="strict") if found[2] else found[1]


def read_by_old_clients(field: str) -> str | None:
    """The plain form, as the standard library's own parser of such fields reads it."""
    message = Message()
    message["Content-Disposition"] = field.partition("; filename*")[0]
    return message.get_filename()


@given(names)
@example('x"; filename="evil.exe')
@example("x\r\nSet-Cookie: a=b")
@example("%0d%0aSet-Cookie: a=b")
@example("../../etc/passwd")
@example("C:\\Windows\\evil.exe")
@example("\u202egpj.exe")
@example("\ud800")
@example("a\u037eb")
@example("")
@example("...")
@example("a" * 10_000 + ".pdf")
def test_whatever_the_name_the_field_is_one_attachment(name: str) -> None:
    field = content_disposition(name)
    assert field.isascii()
    assert len(field) < 3000
    shown = read(field)
    assert read_by_old_clients(field)
    assert shown.strip(". ") == shown != ""
    assert not set(shown) & set('/\\"\r\n\x00;:')
    assert not any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in shown)


@given(names)
def test_a_name_that_was_made_safe_stays_as_it_is(name: str) -> None:
    shown = read(content_disposition(name))
    assert read(content_disposition(shown)) == shown


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("report.pdf", 'attachment; filename="report.pdf"'),
        ("Jahres bericht.pdf", 'attachment; filename="Jahres bericht.pdf"'),
        ("Müller.pdf", "attachment; filename=\"Muller.pdf\"; filename*=UTF-8''M%C3%BCller.pdf"),
        ("отчёт.pdf", "attachment; filename=\"download.pdf\"; filename*=UTF-8''%D0%BE%D1%82%D1%87%D1%91%D1%82.pdf"),
        ("/etc/passwd", 'attachment; filename="passwd"'),
        ("a;b.pdf", 'attachment; filename="a_b.pdf"'),
        ("\u202egpj.exe", 'attachment; filename="gpj.exe"'),
        ("", 'attachment; filename="download"'),
    ],
)
def test_what_becomes_of_a_name(name: str, field: str) -> None:
    assert content_disposition(name) == field


def test_a_long_name_keeps_its_kind() -> None:
    assert read(content_disposition("é" * 500 + ".pdf")).endswith("é.pdf")
