"""Which encoding a text is in, for a text of each language in each encoding that it was commonly stored in."""

import codecs
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.analyze_document.extraction.charset import encoding_of, named
from functions.analyze_document.extraction.plain import decoded
from functions.analyze_document.extraction.samples import SAMPLE, SAMPLES, Samples, samples_of
from shared.worker.child import Decline
from tests.unit.analyze_document.texts import TEXTS

STORED = {
    "cp1252": ("en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi"),
    "iso8859_15": ("de", "fr"),
    "cp1250": ("pl", "cs", "hu"),
    "iso8859_2": ("pl", "cs", "hu"),
    "cp1251": ("ru", "uk", "bg"),
    "koi8_r": ("ru",),
    "koi8_u": ("uk",),
    "cp866": ("ru",),
    "iso8859_5": ("ru", "bg"),
    "mac_cyrillic": ("ru",),
    "cp1253": ("el",),
    "iso8859_7": ("el",),
    "cp1254": ("tr",),
    "cp1255": ("he",),
    "iso8859_8": ("he",),
    "cp1256": ("ar",),
    "iso8859_6": ("ar",),
    "cp874": ("th",),
    "cp932": ("ja",),
    "euc_jp": ("ja",),
    "iso2022_jp": ("ja",),
    "cp949": ("ko",),
    "iso2022_kr": ("ko",),
    "gb18030": ("zh",),
    "gb2312": ("zh",),
    "big5": ("zh-Hant",),
    "mac_roman": ("fr",),
    "cp437": ("de",),
    "cp850": ("es",),
    "utf-8": ("en", "ru", "ja", "ar"),
    "utf-8-sig": ("de", "ko"),
    "utf-16": ("en", "he"),
    "utf-16-le": ("en", "ru", "ja"),
    "utf-16-be": ("en", "el", "zh"),
    "utf-32": ("hi",),
}


@pytest.mark.parametrize("length", [1, 20])
@pytest.mark.parametrize(
    ("encoding", "language"), [(encoding, language) for encoding, tags in STORED.items() for language in tags]
)
def test_a_text_is_read_as_it_was_written(encoding: str, language: str, length: int, tmp_path: Path) -> None:
    text = f"{TEXTS[language]}\n" * length
    file = tmp_path / "stored.txt"
    file.write_bytes(text.encode(encoding))
    assert "".join(decoded(file, encoding_of(samples_of(file)))) == text


def test_what_a_page_declares_is_believed_where_it_can_be_true() -> None:
    greek = Samples(("Καλημέρα".encode("cp1253"),))
    assert encoding_of(greek, "cp1253") == "cp1253"
    assert encoding_of(Samples(("Καλημέρα".encode(),)), "cp1253") == "utf-8"


def test_a_declared_encoding_is_read_as_browsers_read_it() -> None:
    assert named("ISO-8859-1") == named("ascii") == "cp1252"
    assert named("gb2312") == "gb18030"
    assert named("Shift_JIS") == "cp932"
    assert named("windows-1251") == "cp1251"


@pytest.mark.parametrize("label", ["utf-7", "unicode_escape", "rot13", "zlib", "idna", "punycode", "hex", "none", ""])
def test_no_page_can_name_a_codec_that_is_none_of_a_text(label: str) -> None:
    assert named(label) is None


@pytest.mark.parametrize(
    "body",
    [
        b"%PDF-1.7\n1 0 obj",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)),
        b"\x7fELF" + bytes(200),
        bytes(range(256)) * 4,
        b"\0" * 100,
    ],
)
def test_a_binary_is_no_text(body: bytes) -> None:
    with pytest.raises(Decline, match="damaged"):
        encoding_of(Samples((body,)))


def test_one_stray_control_makes_no_binary() -> None:
    assert encoding_of(Samples((b"a text with one \x01 in it, " * 1 + b"and many words after it. " * 20,))) == "utf-8"


def test_a_large_file_is_judged_by_all_of_its_parts(tmp_path: Path) -> None:
    """Two megabytes of English before the first word in Russian."""
    file = tmp_path / "large.txt"
    file.write_bytes(b"Plain words.\n" * (SAMPLES * SAMPLE // 6) + (TEXTS["ru"].encode("koi8_r") + b"\n") * 5_000)
    assert encoding_of(samples_of(file)) in {"koi8_r", "koi8_u"}


def test_a_sample_that_begins_inside_a_character_is_still_utf_8(tmp_path: Path) -> None:
    file = tmp_path / "large.txt"
    file.write_bytes("文書".encode() * (SAMPLES * SAMPLE // 3))
    assert encoding_of(samples_of(file)) == "utf-8"
    assert samples_of(file).decode_by("utf-8")


@given(st.binary(max_size=300))
def test_any_bytes_have_an_encoding_or_are_no_text(body: bytes) -> None:
    try:
        encoding = encoding_of(Samples((body,)))
    except Decline as no:
        assert no.reason == "damaged"  # noqa: PT017 - either is right
    else:
        codecs.getincrementaldecoder(encoding)("replace").decode(body, final=True)
