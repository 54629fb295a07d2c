"""Serverless Framework's variables, as far as `serverless.yml` uses them."""

from pathlib import Path
from typing import Any

import pytest

from infra.local.serverless import ServerlessError
from infra.local.serverless.variables import Resolver


def _resolve(value: object, folder: Path = Path(), **document: Any) -> Any:
    env = {"SET": "from env", "EMPTY": "", "LOOKS": "${self:a}"}
    return Resolver({"value": value, **document}, folder=folder, stage="dev", env=env).at("value")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain", "plain"),
        ("", ""),
        ("${sls:stage}", "dev"),
        ("a-${sls:stage}-${sls:stage}.b", "a-dev-dev.b"),
        ("${self:a}", 1),
        ("is ${self:a}", "is 1"),
        ("${self:b.c}", ["dev", 2]),
        ("${self:through.c}", ["dev", 2]),
        ("${env:SET}", "from env"),
        ("${env:SET, 'other'}", "from env"),
        ("${env:EMPTY, 'other'}", ""),
        ("${env:UNSET, 'a, b'}", "a, b"),
        ("${env:UNSET, ''}", ""),
        ("${env:UNSET, 'x}y'}", "x}y"),
        ("${env:UNSET, 5}", 5),
        ("${env:UNSET, true}", True),
        ("${env:UNSET, env:UNSET, self:a}", 1),
        ("${env:UNSET, ${self:b.c}}", ["dev", 2]),
        ("${env:UNSET, ${env:UNSET}, 'last'}", "last"),
        ("${self:${self:name}}", 1),
        ("${self:none, null}", None),
        ("{{resolve:x:${self:a}}}", "{{resolve:x:1}}"),
    ],
)
def test_a_variable_becomes_what_it_names(text: str, value: object) -> None:
    document: dict[str, Any] = {"a": 1, "name": "a", "b": {"c": ["${sls:stage}", 2]}, "through": "${self:b}"}
    assert _resolve(text, **document) == value


def test_what_comes_from_the_environment_is_not_read_again() -> None:
    assert _resolve("${env:LOOKS}", a=1) == "${self:a}"


def test_a_file_is_read_by_stage_and_may_refer_to_where_it_was_put(tmp_path: Path) -> None:
    (tmp_path / "dev.yml").write_text("version: 7\nkey: v${self:stage.version}\nend: !GetAtt Some.Thing\n")
    document: dict[str, Any] = {"stage": "${file(${sls:stage}.yml)}"}
    assert _resolve("${self:stage.key}", tmp_path, **document) == "v7"
    assert _resolve("${file(dev.yml):key}", tmp_path, **document) == "v7"
    assert _resolve("${self:stage}", tmp_path, **document)["end"] == {"Fn::GetAtt": ["Some", "Thing"]}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("${env:UNSET}", "has no value"),
        ("${self:none.at.all}", "has no value"),
        ("${ssm:/a}", "is a variable that is not known here"),
        ("${opt:stage}", "is a variable that is not known here"),
        ("${what}", "is a variable that is not known here"),
        ("${self:value}", "refers to itself"),
        ("${self:value.x}", "refers to itself"),
        ("${self:round}", "refers to itself"),
        ("in ${self:mapping}", "must name a scalar"),
        ("${env:SET", "is not closed"),
        ("${file(missing.yml)}", "there is no such file"),
    ],
)
def test_a_variable_without_a_value_is_an_error_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(ServerlessError, match=reason):
        _resolve(text, mapping={"a": 1}, round="${self:trip}", trip="${self:round}")


def test_an_error_names_the_place() -> None:
    with pytest.raises(ServerlessError) as caught:
        _resolve({"a": [1, "${env:UNSET}"]})
    assert caught.value.place == "value.a[1]"
