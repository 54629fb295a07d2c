"""What is not let in, not understood or not served, and how that is said."""

import httpx
import pytest


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer wrong", "Basic local-token", "local-token"])
def test_without_the_token_nothing_is_run(http: httpx.Client, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    response = httpx.post(http.base_url, json=["SET", "key", "value"], headers=headers, trust_env=False, timeout=30)
    assert (response.status_code, response.json()) == (401, {"error": "Unauthorized"})
    assert http.get("/exists/key").json() == {"result": 0}


def test_the_token_may_come_in_the_query_and_is_no_argument(http: httpx.Client) -> None:
    url = http.base_url.join("/set/key/value")
    assert httpx.get(url, params={"_token": "local-token"}, trust_env=False, timeout=30).json() == {"result": "OK"}
    assert httpx.get(url, params={"_token": "wrong"}, trust_env=False, timeout=30).status_code == 401


def test_a_wrong_header_is_not_saved_by_the_query(http: httpx.Client) -> None:
    http.headers["Authorization"] = "Bearer wrong"
    assert http.get("/ping", params={"_token": "local-token"}).status_code == 401


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (["NOSUCHCOMMAND", "a"], "ERR unknown command 'NOSUCHCOMMAND', with args beginning with: 'a' "),
        (["GET"], "ERR wrong number of arguments for 'get' command"),
        (["INCR", "text"], "ERR value is not an integer or out of range"),
        (["LPUSH", "text", "a"], "WRONGTYPE Operation against a key holding the wrong kind of value"),
        (["EVALSHA", "0" * 40, 0], "NOSCRIPT No matching script."),
        (["JSON.SET", "key", "$", "1"], "ERR unknown command 'JSON.SET', with args beginning with: 'key' '$' '1' "),
    ],
)
def test_a_failed_command_is_400_with_the_code_and_words_of_redis(
    http: httpx.Client, command: list[str], error: str
) -> None:
    http.get("/set/text/value")
    response = http.post("/", json=command)
    assert (response.status_code, response.json()) == (400, {"error": error})


def test_an_error_is_never_encoded(http: httpx.Client) -> None:
    response = http.post("/", json=["GET"], headers={"Upstash-Encoding": "base64"})
    assert response.json() == {"error": "ERR wrong number of arguments for 'get' command"}


@pytest.mark.parametrize("path", ["/", "/pipeline", "/multi-exec"])
@pytest.mark.parametrize(
    "body", [b"", b"{", b"1", b"{}", b'["GET", null]', b'["GET", ["a"]]', b"[NaN]", b'["\\ud800"]', b"\xff"]
)
def test_what_is_no_command_is_400(http: httpx.Client, path: str, body: bytes) -> None:
    response = http.post(path, content=body)
    assert response.status_code == 400
    assert response.json()["error"].startswith("ERR failed to parse")


@pytest.mark.parametrize("path", ["/", "/pipeline", "/multi-exec"])
def test_nothing_to_run_is_400(http: httpx.Client, path: str) -> None:
    response = http.post(path, content=b"[]")
    assert response.status_code == 400
    assert response.json()["error"].startswith("ERR empty")


@pytest.mark.parametrize(
    "command",
    [
        *(name.split() for name in ("BLPOP l 0", "brpop l 0", "BZPOPMIN z 0", "WAIT 1 0", "WATCH k", "MULTI", "EXEC")),
        *(name.split() for name in ("SUBSCRIBE c", "MONITOR", "HELLO 3", "SELECT 1", "AUTH x", "QUIT", "RESET")),
        *(name.split() for name in ("CLIENT REPLY OFF", "CLIENT", "SHUTDOWN NOSAVE", "CONFIG GET *")),
        *(name.split() for name in ("XREAD BLOCK 0 STREAMS s 0", "XREADGROUP GROUP g c COUNT 1 block 5 STREAMS s >")),
    ],
    ids=" ".join,
)
def test_what_blocks_or_changes_the_connection_is_refused(http: httpx.Client, command: list[str]) -> None:
    response = http.post("/", json=command)
    assert response.status_code == 400
    assert response.json()["error"].startswith(f"ERR Command is not available: '{command[0]}'")
    assert http.get("/ping").json() == {"result": "PONG"}


def test_a_stream_named_block_can_be_read(http: httpx.Client) -> None:
    http.get("/xadd/block/1-1/a/b")
    assert http.get("/xread/STREAMS/block/0").json() == {"result": [["block", [["1-1", ["a", "b"]]]]]}


def test_other_methods_are_405(http: httpx.Client) -> None:
    responses = [http.delete("/get/key"), http.patch("/"), http.get("/"), http.get("/pipeline")]
    assert [response.status_code for response in responses] == [405] * 4


def test_monitor_is_not_served_here(http: httpx.Client) -> None:
    response = http.get("/monitor")
    assert (response.status_code, response.json()) == (501, {"error": "not served here: GET /monitor"})
