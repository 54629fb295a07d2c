"""A zip is read by everybody, and its bytes depend on names and contents alone."""

import stat
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from infra.artifacts.zipping import Deflated, write

FILES = {"b/ü.txt": b"b" * 5_000, "a.py": b"print()\n", "b/empty": b""}


def test_it_holds_what_was_given_readable_by_all(tmp_path: Path) -> None:
    path = tmp_path / "one.zip"
    write({name: Deflated.of(content) for name, content in FILES.items()}, path)
    with ZipFile(path) as zipped:
        assert zipped.testzip() is None
        assert {name: zipped.read(name) for name in zipped.namelist()} == FILES
        for entry in zipped.infolist():
            assert (entry.external_attr >> 16, entry.compress_type) == (stat.S_IFREG | 0o644, ZIP_DEFLATED)


def test_neither_order_nor_time_nor_place_show_in_it(tmp_path: Path) -> None:
    one, other = tmp_path / "one.zip", tmp_path / "folder" / "other.zip"
    other.parent.mkdir()
    write({name: Deflated.of(FILES[name]) for name in FILES}, one)
    write({name: Deflated.of(FILES[name]) for name in reversed(FILES)}, other)
    assert one.read_bytes() == other.read_bytes()


def test_what_is_kept_deflated_is_the_same_when_it_is_read_again(tmp_path: Path) -> None:
    for content in FILES.values():
        Deflated.of(content).write(tmp_path / "kept")
        assert Deflated.read(tmp_path / "kept") == Deflated.of(content)
