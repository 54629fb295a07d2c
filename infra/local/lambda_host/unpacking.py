"""A function's zip becomes the only folder that it has: what AWS shows it as /var/task, where nothing can be written.

Refused is what would be refused by Lambda, or fail there and not here: an entry outside the folder, a link, a file that
Lambda's user may not read, more than 250 MB (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
"""

import os
import stat
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Final
from zipfile import BadZipFile, ZipFile, ZipInfo

LIMIT: Final = 250 * 1024 * 1024
"""Bytes of all files, unzipped."""
_UNWRITABLE: Final = 0o555
_UNSOUND: Final = (BadZipFile, EOFError, RuntimeError, zlib.error)
"""What zipfile raises where a byte is not what it was; RuntimeError where that looks like a password or a newer zip."""

Written = dict[tuple[str, int, int, int], Path]
"""Files by name, size, checksum and mode."""


class BadArtifact(Exception):
    """A zip that is not there, or that Lambda would not run; its text is one line."""


@contextmanager
def unpacked(artifacts: Path, names: Iterable[str], *, beside: Path) -> Iterator[dict[str, Path]]:
    """Each function's folder, made of `artifacts/NAME.zip` in a new one beside the logs. Raises BadArtifact."""
    beside.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=beside, prefix="functions-") as parent:
        roots = {name: Path(parent).resolve() / name for name in names}
        written: Written = {}
        for name, root in roots.items():
            unpack(artifacts / f"{name}.zip", root, written)
        yield roots


def unpack(archive: Path, folder: Path, written: Written | None = None) -> None:
    """Write the archive's files into a new folder, all of it read-only. Raises BadArtifact.

    What an earlier archive has `written` is linked: most functions carry the same packages.
    """
    written = {} if written is None else written
    try:
        with ZipFile(archive) as zipped:
            entries = [entry for entry in zipped.infolist() if not entry.is_dir()]
            _demand_sound(archive, entries)
            for parent in {folder, *((folder / entry.filename).parent for entry in entries)}:
                parent.mkdir(parents=True, exist_ok=True)
            for entry in entries:
                _write(zipped, entry, folder / entry.filename, written)
    except FileNotFoundError as error:
        raise BadArtifact(f"there is no {archive}: python -m infra build makes it") from error
    except _UNSOUND as error:
        raise BadArtifact(f"{archive} is no sound zip: {error}") from error
    except OSError as error:
        raise BadArtifact(f"{archive} can't be unpacked: {error}") from error
    for path, _, _ in os.walk(folder, topdown=False):
        Path(path).chmod(_UNWRITABLE)


def _write(zipped: ZipFile, entry: ZipInfo, path: Path, written: Written) -> None:
    same = (entry.filename, entry.file_size, entry.CRC, _mode(entry))
    if same in written:
        path.hardlink_to(written[same])
        return
    path.write_bytes(zipped.read(entry))
    path.chmod(_mode(entry) & _UNWRITABLE)
    written[same] = path


def _demand_sound(archive: Path, entries: Iterable[ZipInfo]) -> None:
    size = 0
    for entry in entries:
        size += entry.file_size
        path = PurePosixPath(entry.filename)
        if path.is_absolute() or ".." in path.parts or "\\" in entry.filename:
            raise BadArtifact(f"{archive}: {entry.filename!r} is outside of its folder")
        if not stat.S_ISREG(_mode(entry)):
            raise BadArtifact(f"{archive}: {entry.filename!r} is no plain file")
        if not _mode(entry) & stat.S_IROTH:
            raise BadArtifact(f"{archive}: Lambda's user may not read {entry.filename!r}")
    if size > LIMIT:
        raise BadArtifact(f"{archive}: {size:,} bytes unzipped, {LIMIT:,} are Lambda's limit")


def _mode(entry: ZipInfo) -> int:
    return entry.external_attr >> 16
