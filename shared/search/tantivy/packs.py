"""A pack: the new files of one commit as one object in the bucket, written once under a key of its own (a plain tar).

One object instead of ten: one PUT, one GET, and a commit's files are there all together or not at all.
"""

import hashlib
import tarfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Final

from shared.errors import RetryableError

PREFIX: Final = "search/"
CONTENT_TYPE: Final = "application/x-tar"


def key_of(token: str) -> str:
    """`token` is made for one attempt: two attempts never share a key, whatever they write."""
    return f"{PREFIX}{token}.tar"


def pack(files: Iterable[Path], into: Path) -> tuple[int, str]:
    """Size, and SHA-256 in hex."""
    with tarfile.open(into, "w", format=tarfile.PAX_FORMAT) as tar:
        for file in files:
            tar.add(file, arcname=file.name, recursive=False)
    with into.open("rb") as packed:
        return into.stat().st_size, hashlib.file_digest(packed, "sha256").hexdigest()


def unpack(packed: Path, into: Path) -> None:
    """Plain files with plain names, and nothing else. Raises RetryableError for what is no pack of ours."""
    try:
        with tarfile.open(packed, "r:") as tar:
            for member in tar:
                if not member.isfile() or PurePosixPath(member.name).name != member.name:
                    raise RetryableError("a pack of the search index holds what none of ours does")
                tar.extract(member, into, filter="data")
    except (tarfile.TarError, OSError) as error:
        raise RetryableError("a pack of the search index can't be read") from error
