"""The copy of the index on the machine's own disk: packs as they came, and generations opened from them.

    {temporary folder}/millrace-search-*/    one folder a process; `lock` is held while it lives
        lock
        packs/{name}/..                      the files of a pack: whole, or not there (case 29)
        open/{n}/..                          hard links of a generation's files, and a meta.json
        work-*/                              a commit that is being made

Files are hard links everywhere, so that a generation costs the bytes that are new in it. A searcher keeps its files
open: what is removed here stays readable to it.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tantivy import Index, Searcher

from shared.errors import DependencyDown, RetryableError
from shared.search.tantivy import packs
from shared.search.tantivy.changing import Copy
from shared.search.tantivy.generations import Generation
from shared.search.tantivy.schema import SCHEMA
from shared.search.tantivy.segments import write_meta

NAME: Final = "millrace-search-"


@dataclass(frozen=True, slots=True)
class Opened:
    """A generation that can be searched."""

    generation: Generation
    folder: Path
    searcher: Searcher | None
    """None: it has no document."""

    @property
    def copy(self) -> Copy:
        return Copy(self.folder, self.generation.segments, self.searcher)


class Gone(RetryableError):
    """Files that should lie on this disk do not: somebody has removed them. They can be fetched again."""


class Disk:
    """This process's folder; made at the first use. All of it blocks: for a thread, one call at a time."""

    def __init__(self) -> None:
        self._root: Path | None = None
        self._lock: int | None = None
        self._opened = 0

    @property
    def root(self) -> Path:
        if self._root is None or not self._root.is_dir():
            self.close()
            _sweep()
            self._root, self._lock = _made()
        return self._root

    def has(self, key: str) -> bool:
        return self._pack(key).is_dir()

    def incoming(self, key: str) -> Path:
        """Where a pack is to be saved to, before it is taken in."""
        return self.root / f"{self._pack(key).name}.tar"

    def take_in(self, key: str) -> None:
        """The pack that was saved there: its files, all of them or none."""
        saved = self.incoming(key)
        folder = Path(tempfile.mkdtemp(dir=self.root, prefix="work-"))
        try:
            packs.unpack(saved, folder)
            with suppress(OSError):  # it is there already
                folder.rename(self._pack(key))
        finally:
            saved.unlink(missing_ok=True)
            shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def work(self) -> Iterator[Path]:
        folder = Path(tempfile.mkdtemp(dir=self.root, prefix="work-"))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def keep(self, key: str, files: Collection[Path]) -> None:
        """The files of a pack that was made here: it need not be fetched. Where that fails, it is."""
        with suppress(OSError), self.work() as work:
            folder = work / "pack"
            folder.mkdir()
            for file in files:
                os.link(file, folder / file.name)
            folder.rename(self._pack(key))

    def open(self, generation: Generation) -> Opened:
        """All of its packs must be there. Raises Gone."""
        self._opened += 1
        folder = self.root / "open" / str(self._opened)
        folder.mkdir()
        try:
            for segment in generation.segments:
                for name, pack in segment.files.items():
                    os.link(self._pack(pack) / name, folder / name)
            write_meta(folder, generation.segments)
            return Opened(generation, folder, searcher(folder) if generation.segments else None)
        except (OSError, ValueError) as error:
            shutil.rmtree(folder, ignore_errors=True)
            if isinstance(error, OSError) and not isinstance(error, FileNotFoundError):
                raise DependencyDown("disk", "the search index could not be opened") from error
            for pack in generation.packs:
                shutil.rmtree(self._pack(pack), ignore_errors=True)
            raise Gone("files of the search index are gone from this machine's disk") from error

    def holds(self, opened: Opened) -> bool:
        """Whether all of its files are there still."""
        names = [name for segment in opened.generation.segments for name in segment.files]
        return all((opened.folder / name).exists() for name in names)

    def leave(self, opened: Opened) -> None:
        shutil.rmtree(opened.folder, ignore_errors=True)

    def keep_only(self, keys: Collection[str]) -> None:
        """Removes all other packs."""
        names = {self._pack(key).name for key in keys}
        for folder in (self.root / "packs").iterdir():
            if folder.name not in names:
                shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        if self._root is not None:
            shutil.rmtree(self._root, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
        self._root = self._lock = None

    def _pack(self, key: str) -> Path:
        return self.root / "packs" / Path(key).stem


def searcher(folder: Path) -> Searcher:
    """Of what is there now; nothing watches the folder."""
    index = Index(SCHEMA, path=str(folder))
    index.config_reader(reload_policy="manual")
    return index.searcher()


def _made() -> tuple[Path, int]:
    """A folder and its lock. It gets the name that others sweep only when it is locked."""
    folder = Path(tempfile.mkdtemp(prefix=f".{NAME}"))
    lock = os.open(folder / "lock", os.O_CREAT | os.O_RDWR)
    fcntl.flock(lock, fcntl.LOCK_EX)
    for name in ("packs", "open"):
        (folder / name).mkdir()
    return folder.rename(folder.with_name(folder.name.removeprefix("."))), lock


def _sweep() -> None:
    """What processes have left that ended without closing: their locks went with them."""
    for folder in Path(tempfile.gettempdir()).glob(f"{NAME}*"):
        with suppress(OSError):
            lock = os.open(folder / "lock", os.O_RDWR)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)
