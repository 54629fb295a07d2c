"""A bill of materials says what lies in the zip, and is the same for the same zip."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from infra.artifacts import Artifact, sbom

NEW = "Name: Typing_Extensions\nVersion: 4.16.0\nLicense-Expression: PSF-2.0\nLicense: PSF\n"
OLD = "Name: six\nVersion: 1.17.0\nLicense: X11\nClassifier: License :: OSI Approved :: MIT License\n"
LINE = "Name: jmespath\nVersion: 1.1.0\nLicense: MIT\n"
DIGESTS = [sha256(bytes([nth])).hexdigest() for nth in range(2)]
LOCK = {
    "typing-extensions": "typing-extensions==4.16.0 \\\n" + " \\\n".join(f"    --hash=sha256:{one}" for one in DIGESTS),
    "six": "six==1.17.0",
    "jmespath": "jmespath==1.1.0",
    "boto3": "boto3==1.44.5",
}


@pytest.fixture
def artifact(tmp_path: Path) -> Artifact:
    path = tmp_path / "greet.zip"
    with ZipFile(path, "w") as made:
        made.writestr("functions/greet/handler.py", "")
        for name, text in (("typing_extensions-4.16.0", NEW), ("six-1.17.0", OLD), ("jmespath-1.1.0", LINE)):
            made.writestr(f"{name}.dist-info/METADATA", text)
    digest = sha256(path.read_bytes()).hexdigest()
    return Artifact("greet", path, digest, zipped=1, unzipped=1, inputs="", distributions={})


def bom(artifact: Artifact) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(sbom.write(artifact, LOCK).read_text("utf-8"))
    return found


def test_it_names_the_function_by_its_zip_and_each_distribution_that_lies_in_it(artifact: Artifact) -> None:
    found = bom(artifact)

    assert found["metadata"]["component"]["hashes"] == [{"alg": "SHA-256", "content": artifact.digest}]
    assert [one["purl"] for one in found["components"]] == [
        "pkg:pypi/jmespath@1.1.0",
        "pkg:pypi/six@1.17.0",
        "pkg:pypi/typing-extensions@4.16.0",
    ]
    assert found["dependencies"][0]["dependsOn"] == [one["bom-ref"] for one in found["components"]]


def test_a_distribution_has_the_hashes_that_are_locked(artifact: Artifact) -> None:
    [published] = bom(artifact)["components"][2]["externalReferences"]
    assert [one["content"] for one in published["hashes"]] == DIGESTS


def test_a_licence_is_said_as_exactly_as_the_distribution_says_it(artifact: Artifact) -> None:
    assert [one["licenses"] for one in bom(artifact)["components"]] == [
        [{"license": {"name": "MIT"}}],
        [{"license": {"name": "MIT License"}}],
        [{"expression": "PSF-2.0"}],
    ]


def test_the_same_artifact_gives_the_same_bytes(artifact: Artifact) -> None:
    assert sbom.write(artifact, LOCK).read_bytes() == sbom.write(artifact, LOCK).read_bytes()
