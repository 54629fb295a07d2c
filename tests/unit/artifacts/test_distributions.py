"""Which distributions a function carries, by what it names and what those require on the target."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest
from packaging.requirements import Requirement

from infra.artifacts import CannotBuild, Target
from infra.artifacts.closure import closure, named
from infra.artifacts.lock import locked
from infra.artifacts.packages import Distribution
from infra.artifacts.stripping import stripped

ARM: Final = Target.deployed("arm64").markers


def known(**required: Sequence[str]) -> Mapping[str, Distribution]:
    return {
        name: Distribution(name, "1", [Requirement(one) for one in requires], {}) for name, requires in required.items()
    }


def carried(asked: str, having: Mapping[str, Distribution]) -> list[str]:
    return [one.name for one in closure([Requirement(asked)], having, ARM)]


def test_what_is_required_on_the_target_is_carried_and_what_is_required_elsewhere_is_not() -> None:
    having = known(
        a=["b; sys_platform == 'linux'", "c; sys_platform == 'win32'", "d; python_version < '3.13'"], b=["a"]
    )
    assert carried("a", having) == ["a", "b"]


def test_an_extra_brings_what_it_asks_for_also_where_the_name_alone_was_met_before() -> None:
    having = known(a=["b", "b[x]"], b=["c; extra == 'x'", "d; extra == 'y'"], c=[])
    assert carried("a", having) == ["a", "b", "c"]


def test_what_is_not_locked_is_refused() -> None:
    with pytest.raises(CannotBuild, match="a asks for b, which the root's lock does not hold"):
        carried("a", known(a=["b"]))


def test_a_function_names_distributions_with_extras_and_comments(tmp_path: Path) -> None:
    path = tmp_path / "requirements.txt"
    path.write_text("# what it imports\nhttpx\npydantic[email] # addresses\n\n", "utf-8")
    assert [str(one) for one in named(path)] == ["httpx", "pydantic[email]"]


@pytest.mark.parametrize("line", ["httpx==0.28", "httpx; python_version > '3'", "a b", "h @ https://example.org/h.whl"])
def test_a_function_names_no_version_and_no_place(tmp_path: Path, line: str) -> None:
    path = tmp_path / "requirements.txt"
    path.write_text(f"{line}\n", "utf-8")
    with pytest.raises(CannotBuild):
        named(path)


def test_the_lock_is_read_as_it_is_meant_for_the_target(tmp_path: Path) -> None:
    path = tmp_path / "requirements.txt"
    path.write_text(
        "# a comment\nnumpy==1 ; python_full_version < '3.12' \\\n    --hash=sha256:aa\n"
        "numpy==2 ; python_full_version >= '3.12' \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\nPyYAML==6\n",
        "utf-8",
    )
    found = locked(path, ARM)
    assert list(found) == ["numpy", "pyyaml"]
    assert "sha256:cc" in found["numpy"]


@pytest.mark.parametrize(
    ("path", "goes"),
    [
        ("botocore/data/ec2/2016-11-15/service-2.json.gz", True),
        ("botocore/data/s3/2006-03-01/service-2.json.gz", False),
        ("botocore/data/endpoints.json", False),
        ("botocore/data/ec2/2016-11-15/paginators-1.json", True),
        ("certifi/tests/test_certifi.py", True),
        ("pydantic/py.typed", True),
        ("lxml-stubs/__init__.pyi", True),
        ("lxml-6.1.3.dist-info/RECORD", True),
        ("lxml-6.1.3.dist-info/METADATA", False),
        ("lxml-6.1.3.dist-info/licenses/LICENSES.txt", False),
        ("botocore-1.44.5.dist-info/NOTICE", False),
        ("bin/httpx", True),
        ("pydantic/main.py", False),
    ],
)
def test_what_is_never_used_is_stripped_and_licences_stay(path: str, *, goes: bool) -> None:
    assert stripped(path) is goes
