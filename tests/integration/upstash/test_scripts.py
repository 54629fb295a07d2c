"""Scripts as Upstash's own libraries write them, with a flag that Valkey rejects."""

import hashlib

import pytest
from upstash_redis import Redis
from upstash_redis.errors import UpstashError

from infra.local.upstash.scripts import without_foreign_flag

FLAGGED = "#!lua flags=allow-key-locking\nreturn redis.call('INCR', KEYS[1])"
SHA = hashlib.sha1(FLAGGED.encode()).hexdigest()


def test_a_script_that_was_evaluated_is_known_by_the_sum_of_its_own_text(redis_client: Redis) -> None:
    assert redis_client.eval(FLAGGED, keys=["a"]) == 1
    assert redis_client.evalsha(SHA, keys=["a"]) == 2
    assert redis_client.evalsha(SHA.upper(), keys=["a"]) == 3


def test_loading_answers_the_sum_of_the_text_that_was_sent(redis_client: Redis) -> None:
    redis_client.script_flush()
    assert redis_client.script_load(FLAGGED) == SHA
    assert redis_client.script_exists(SHA, "0" * 40) == [True, False]
    assert redis_client.evalsha(SHA, keys=["a"]) == 1


def test_an_unknown_sum_is_noscript_until_the_script_was_seen_and_again_after_a_flush(redis_client: Redis) -> None:
    script = "#!lua flags=allow-key-locking\nreturn 'late'"
    digest = hashlib.sha1(script.encode()).hexdigest()
    with pytest.raises(UpstashError, match=r"^NOSCRIPT "):
        redis_client.evalsha(digest)
    assert redis_client.eval(script) == "late"
    assert redis_client.evalsha(digest) == "late"
    redis_client.script_flush()
    with pytest.raises(UpstashError, match=r"^NOSCRIPT "):
        redis_client.evalsha(digest)
    assert redis_client.script_exists(digest) == [False]


def test_read_only_scripts_have_their_flag_dropped_too(redis_client: Redis) -> None:
    script = "#!lua flags=no-writes,allow-key-locking\nreturn redis.call('GET', KEYS[1])"
    redis_client.set("a", "b")
    assert redis_client.eval_ro(script, keys=["a"]) == "b"
    assert redis_client.evalsha_ro(hashlib.sha1(script.encode()).hexdigest(), keys=["a"]) == "b"


def test_scripts_work_in_pipelines_and_transactions(redis_client: Redis) -> None:
    for make in (redis_client.pipeline, redis_client.multi):
        redis_client.delete("a")
        batch = make()
        batch.script_load(FLAGGED)
        batch.eval(FLAGGED, keys=["a"])
        batch.evalsha(SHA, keys=["a"])
        assert batch.exec() == [SHA, 1, 2]


def test_a_broken_script_is_an_error_and_known_by_no_sum(redis_client: Redis) -> None:
    script = "#!lua flags=allow-key-locking\nreturn ("
    with pytest.raises(UpstashError, match=r"^ERR Error compiling script.*user_script:2"):  # of the text that was sent
        redis_client.script_load(script)
    with pytest.raises(UpstashError, match=r"^NOSCRIPT "):
        redis_client.evalsha(hashlib.sha1(script.encode()).hexdigest())


@pytest.mark.parametrize(
    ("script", "portable"),
    [
        (b"return 1", b"return 1"),
        (b"", b""),
        (b"#!lua", b"#!lua"),
        (b"#!lua flags=no-writes\nreturn 1", b"#!lua flags=no-writes\nreturn 1"),
        (b"#!lua flags=allow-key-locking\nreturn 1", b"\nreturn 1"),
        (b"#!lua flags=allow-key-locking\r\nreturn 1", b"\nreturn 1"),
        (b"#!lua flags=allow-key-locking,no-writes\nreturn 1", b"#!lua flags=no-writes\nreturn 1"),
        (b"return 1 -- #!lua flags=allow-key-locking", b"return 1 -- #!lua flags=allow-key-locking"),
        (b"#!python flags=allow-key-locking\n", b"#!python flags=allow-key-locking\n"),
    ],
)
def test_only_the_foreign_flag_is_dropped(script: bytes, portable: bytes) -> None:
    assert without_foreign_flag(script) == portable
