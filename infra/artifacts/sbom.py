"""What an artifact carries, as CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/), for whoever must know what runs.

    the function, with its zip's SHA-256 ─┬─ a distribution: version, licence, where it is published, with which hashes
                                          └─ ..

The same artifact gives the same bytes: it names no time and no serial number.
"""

import json
import re
from collections.abc import Iterator, Mapping
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

from packaging.utils import canonicalize_name

from infra.artifacts.manifest import Artifact

_METADATA: Final = re.compile(r"[^/]+\.dist-info/METADATA")
_SHA256: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_CLASSIFIER: Final = "License :: "


def write(artifact: Artifact, lock: Mapping[str, str]) -> Path:
    """Beside the zip. `lock` has each distribution's text in requirements.txt, by canonical name."""
    path = artifact.path.with_suffix(".cdx.json")
    path.write_text(json.dumps(_bom(artifact, lock), indent=2, ensure_ascii=False) + "\n", "utf-8")
    return path


def _bom(artifact: Artifact, lock: Mapping[str, str]) -> dict[str, Any]:
    with ZipFile(artifact.path) as opened:
        components = [_component(metadata, lock) for metadata in _distributions(opened)]
    function = {
        "type": "application",
        "bom-ref": artifact.name,
        "name": artifact.name,
        "hashes": [_hash(artifact.digest)],
    }
    everything = [component["bom-ref"] for component in components]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": function},
        "components": components,
        "dependencies": [{"ref": artifact.name, "dependsOn": everything}],
    }


def _distributions(opened: ZipFile) -> Iterator[Message]:
    for name in sorted(opened.namelist()):
        if _METADATA.fullmatch(name):
            yield HeaderParser().parsestr(opened.read(name).decode())


def _component(metadata: Message, lock: Mapping[str, str]) -> dict[str, Any]:
    name, version = canonicalize_name(str(metadata["Name"])), str(metadata["Version"])
    published = {
        "type": "distribution",
        "url": f"https://pypi.org/project/{name}/{version}/",
        "comment": "the zip holds one of the files with these hashes",
        "hashes": [_hash(digest) for digest in _SHA256.findall(lock[name])],
    }
    purl = f"pkg:pypi/{name}@{version}"
    return {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "purl": purl,
        "licenses": _licences(metadata),
        "externalReferences": [published],
    }


def _licences(metadata: Message) -> list[dict[str, Any]]:
    """As it says of itself: the expression, which is exact; else its classifiers; else its one line."""
    if expression := metadata["License-Expression"]:
        return [{"expression": str(expression)}]
    classifiers = [str(value) for value in metadata.get_all("Classifier", []) if value.startswith(_CLASSIFIER)]
    names = [value.rpartition(" :: ")[2] for value in classifiers] or [str(metadata["License"] or "unknown")]
    return [{"license": {"name": name}} for name in names]


def _hash(digest: str) -> dict[str, str]:
    return {"alg": "SHA-256", "content": digest}
