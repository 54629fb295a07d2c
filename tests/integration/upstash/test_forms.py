"""The ways to write a command as an HTTP request, and what each gives."""

import base64

import httpx
import pytest


def result(response: httpx.Response) -> object:
    assert response.status_code == 200, response.text
    return response.json()["result"]


def test_a_command_is_a_json_array(http: httpx.Client) -> None:
    assert result(http.post("/", json=["SET", "key", "value"])) == "OK"
    assert result(http.post("/", json=["get", "key"])) == "value"


def test_a_number_stands_for_its_own_text(http: httpx.Client) -> None:
    http.post("/", content=b'["RPUSH", "list", 1, 1.0, 1e3, 12345678901234567890123, true]')
    expected = ["1", "1.0", "1e3", "12345678901234567890123", "true"]
    assert result(http.post("/", json=["LRANGE", "list", 0, -1])) == expected


def test_replies_keep_their_types(http: httpx.Client) -> None:
    assert result(http.post("/", json=["GET", "absent"])) is None
    assert result(http.post("/", json=["INCR", "number"])) == 1
    assert result(http.post("/", json=["HGETALL", "absent"])) == []
    nested = "return {1, 'two', {3, false, {}}, redis.status_reply('fine')}"
    assert result(http.post("/", json=["EVAL", nested, 0])) == [1, "two", [3, None, []], "fine"]


def test_the_largest_integer_loses_nothing(http: httpx.Client) -> None:
    http.post("/", json=["SET", "number", 2**63 - 2])
    assert result(http.post("/", json=["INCR", "number"])) == 2**63 - 1


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_a_command_is_a_path(http: httpx.Client, method: str) -> None:
    assert result(http.request(method, "/set/key/value/EX/100")) == "OK"
    assert result(http.get("/ttl/key")) == 100
    assert result(http.get("/get/key")) == "value"


def test_the_body_comes_after_the_path_and_the_query_after_the_body(http: httpx.Client) -> None:
    assert result(http.post("/set/key?EX=100&NX", content=b'{"a": 1}')) == "OK"
    assert (result(http.get("/get/key")), result(http.get("/ttl/key"))) == ('{"a": 1}', 100)
    assert result(http.post("/set/key?EX=100&NX", content=b"other")) is None


def test_path_arguments_may_hold_slashes_blanks_and_line_ends(http: httpx.Client) -> None:
    http.get("/set/a%2Fb%20c%0Ad/%C3%A9+%25")
    assert result(http.post("/", json=["GET", "a/b c\nd"])) == "é+%"


def test_a_head_request_runs_the_command_and_answers_no_body(http: httpx.Client) -> None:
    assert http.head("/set/key/value").content == b""
    assert result(http.get("/get/key")) == "value"


def test_a_body_is_taken_byte_by_byte_and_comes_back_in_base64(http: httpx.Client) -> None:
    raw = bytes(range(256))
    assert result(http.post("/set/raw", content=raw)) == "OK"
    encoded = result(http.get("/get/raw", headers={"Upstash-Encoding": "base64"}))
    assert isinstance(encoded, str)
    assert base64.b64decode(encoded) == raw


def test_without_base64_what_is_no_text_is_replaced(http: httpx.Client) -> None:
    http.post("/set/raw", content=b"a\xffb")
    assert result(http.get("/get/raw")) == "a\ufffdb"


def test_base64_leaves_ok_numbers_and_null_alone_and_reaches_into_arrays(http: httpx.Client) -> None:
    http.headers["Upstash-Encoding"] = "base64"
    assert result(http.post("/", json=["SET", "key", "value"])) == "OK"
    assert result(http.post("/", json=["STRLEN", "key"])) == 5
    assert result(http.post("/", json=["MGET", "key", "absent"])) == ["dmFsdWU=", None]
    assert result(http.post("/", json=["PING"])) == "UE9ORw=="


def test_a_pipeline_runs_in_order_and_mixes_results_and_errors(http: httpx.Client) -> None:
    commands = [["SET", "key", "value"], ["INCR", "key"], ["BLPOP", "list", 0], ["GET", "key"]]
    response = http.post("/pipeline", json=commands)
    first, second, third, last = response.json()
    assert response.status_code == 200
    assert (first, last) == ({"result": "OK"}, {"result": "value"})
    assert second == {"error": "ERR value is not an integer or out of range"}
    assert third["error"].startswith("ERR Command is not available: 'BLPOP'")


def test_a_transaction_mixes_results_and_errors_too(http: httpx.Client) -> None:
    response = http.post("/multi-exec", json=[["SET", "key", "value"], ["INCR", "key"], ["GET", "key"]])
    assert response.status_code == 200
    assert response.json() == [
        {"result": "OK"},
        {"error": "ERR value is not an integer or out of range"},
        {"result": "value"},
    ]


@pytest.mark.parametrize("broken", [["SET", "key"], ["NOSUCHCOMMAND"], ["WATCH", "key"]])
def test_a_discarded_transaction_is_one_error_and_changes_nothing(http: httpx.Client, broken: list[str]) -> None:
    response = http.post("/multi-exec", json=[["SET", "key", "value"], broken])
    assert response.status_code == 400
    assert list(response.json()) == ["error"]
    assert result(http.get("/get/key")) is None
    assert result(http.post("/", json=["SET", "key", "not queued"])) == "OK"  # no transaction is left open


def test_each_answer_brings_a_new_sync_token(http: httpx.Client) -> None:
    tokens = [http.get("/ping").headers["Upstash-Sync-Token"] for _ in range(3)]
    assert all(tokens)
    assert len(set(tokens)) == 3
