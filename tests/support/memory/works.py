"""What our processes do with a file in object storage, each made ready first: only what that returns is measured.

claim                POST /v1/documents, where the store tells checksums
claim, no checksum   the same where it tells none: up to 8 MB are hashed then and there, more is left to the job
check_document       the job that hashes it
text for analysis    what analyze_document reads: the file to disk, its text by the kept worker, and into storage
read it whole        boto3's get_object().read(): the peer
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from logging import getLogger
from typing import Final

from functions.analyze_document.reading import text_of
from functions.analyze_document.services import Services as Analysis
from functions.api.routes.documents import AT_ONCE
from functions.check_document.checking import Services, check_document
from functions.check_document.contract import CONTRACT, CheckDocument
from shared.clock import World, new_token
from shared.config import StorageSettings
from shared.context import JobContext
from shared.database import Database, Session
from shared.documents import Claimed, Desk, Promise, Wish, claim, uploads
from shared.enqueue import Enqueuer
from shared.runs.model import Run
from shared.storage import Storage
from shared.threads import Threads
from shared.worker import Worker
from tests.support.bare_s3 import bare_s3
from tests.support.desk import FakePublisher
from tests.support.no_model import NoModel
from tests.support.stores import telling_no_checksum
from tests.support.unindexed import unindexed

OWNER: Final = "usr_ada"
TYPE: Final = "text/plain"
PATIENCE: Final = 300.0
"""Seconds until a job's deadline."""


@dataclass(frozen=True, slots=True)
class File:
    """An object that is there."""

    key: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Bench:
    database: Database
    storage: Storage
    settings: StorageSettings
    reader: Worker


Work = Callable[[], Awaitable[object]]
Making = Callable[[Bench, File], Awaitable[Work]]


async def claiming(bench: Bench, file: File) -> Work:
    return await _claiming(bench, bench.storage, file)


async def claiming_unhashed(bench: Bench, file: File) -> Work:
    return await _claiming(bench, telling_no_checksum(bench.storage), file)


async def checking(bench: Bench, file: File) -> Work:
    claimed = await (await _claiming(bench, telling_no_checksum(bench.storage), file, at_once=0))()
    asked, services = CheckDocument(document=claimed.document.id), Services(bench.database, bench.storage)

    async def check() -> None:
        if await check_document(asked, services, unindexed) != {"status": "stored"}:
            raise RuntimeError("it was not checked")

    return check


async def reading_text(bench: Bench, file: File) -> Work:
    claimed = await (await _claiming(bench, bench.storage, file))()
    world, threads = World(), Threads()
    services = Analysis(bench.database, bench.storage, bench.reader, NoModel())
    run = (await _enqueuer(bench).accept(CONTRACT, CheckDocument(document=claimed.document.id), owner=OWNER)).run
    context = JobContext(run, None, services, world.monotonic() + PATIENCE, world, threads, getLogger("memory"))

    async def read() -> None:
        _, text = await text_of(claimed.document, context)
        if not text:
            raise RuntimeError("it was not read")

    return read


async def reading_whole(bench: Bench, file: File) -> Work:
    s3 = bare_s3(bench.settings)

    async def read() -> None:
        body = s3.get_object(Bucket=bench.settings.storage_bucket, Key=file.key)["Body"].read()
        if len(body) != file.size:
            raise RuntimeError("it was not read")

    return read


MAKING: Final[Mapping[str, Making]] = {
    "claim": claiming,
    "claim, no checksum": claiming_unhashed,
    "check_document": checking,
    "text for analysis": reading_text,
    "read it whole": reading_whole,
}


async def _claiming(
    bench: Bench, storage: Storage, file: File, *, at_once: int = AT_ONCE
) -> Callable[[], Awaitable[Claimed]]:
    enqueuer = _enqueuer(bench)

    async def check_later(document: str, owner: str, session: Session | None) -> Run:
        payload = CheckDocument(document=document)
        return (await enqueuer.accept(CONTRACT, payload, owner=owner, key=document, session=session)).run

    promise = Promise(name="poem.txt", content_type=TYPE, size=file.size, sha256=file.sha256)
    upload = await uploads.create(bench.database, promise, owner=OWNER, upload_id=new_token(), key=file.key)
    desk = Desk(bench.database, storage, World(), check_later, indexing=unindexed, at_once=at_once)
    return lambda: claim(desk, upload.id, owner=OWNER, wish=Wish())


def _enqueuer(bench: Bench) -> Enqueuer:
    return Enqueuer(bench.database, FakePublisher(), {CONTRACT.name: CONTRACT}, World())
