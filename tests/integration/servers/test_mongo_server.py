"""The MongoDB-compatible server of the local stack."""

from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.client_session import ClientSession

from infra.local.servers import mongo


def client(server: mongo.Running) -> MongoClient[dict[str, Any]]:
    return MongoClient(server.uri, serverSelectionTimeoutMS=5000, socketTimeoutMS=5000)


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    server = mongo.start(tmp_path / "data", log_dir=tmp_path)
    with client(server) as before:
        for number in range(50):
            before["desk"]["runs"].insert_one({"_id": number})
    server.kill()
    again = mongo.start(tmp_path / "data", log_dir=tmp_path)
    with client(again) as after:
        assert after["desk"]["runs"].count_documents({}) == 50
    again.kill()


def test_a_plain_uri_is_enough_for_a_transaction(tmp_path: Path) -> None:
    server = mongo.start(tmp_path / "data", log_dir=tmp_path, throw_away=True)

    def insert_two(session: ClientSession) -> None:
        runs = session.client["desk"]["runs"]
        runs.insert_one({"_id": 1}, session=session)
        runs.insert_one({"_id": 2}, session=session)

    with client(server) as mongodb:
        with mongodb.start_session() as session:
            session.with_transaction(insert_two)
        assert mongodb["desk"]["runs"].count_documents({}) == 2
    server.stop()


def test_two_run_side_by_side_and_a_throw_away_one_forgets(tmp_path: Path) -> None:
    one = mongo.start(tmp_path / "one", log_dir=tmp_path, name="one", throw_away=True)
    two = mongo.start(tmp_path / "two", log_dir=tmp_path, name="two", throw_away=True)
    with client(one) as first, client(two) as second:
        first["desk"]["runs"].insert_one({"_id": 1})
        assert second["desk"]["runs"].count_documents({}) == 0
    one.stop()
    assert two.child.alive()
    two.stop()
    again = mongo.start(tmp_path / "one", log_dir=tmp_path, throw_away=True)
    with client(again) as after:
        assert after["desk"]["runs"].count_documents({}) == 0
    again.stop()
