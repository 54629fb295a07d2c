"""Each artifact's bill of materials is CycloneDX, as its own schema says."""

import subprocess
from pathlib import Path
from typing import Final

from infra.artifacts import Target, manifest, sbom
from infra.artifacts.lock import locked
from infra.local.built import built_for_this_machine
from tests.packaging_node.conftest import ROOT

JUDGE: Final = """
import json, pathlib, sys
import cyclonedx.schema, jsonschema, referencing

folder = pathlib.Path(cyclonedx.schema.__file__).parent / "_res"
names = ("bom-1.6", "spdx", "jsf-0.82")
bom, *others = [json.loads((folder / f"{name}.SNAPSHOT.schema.json").read_text()) for name in names]
registry = referencing.Registry().with_contents((other["$id"], other) for other in others)
judge = jsonschema.Draft7Validator(bom, registry=registry)
for path in map(pathlib.Path, sys.argv[1:]):
    for error in judge.iter_errors(json.loads(path.read_text())):
        print(path.name, error.json_path, error.message)
"""


def test_what_it_writes_is_valid(checkov: Path) -> None:
    """Of the artifacts that this machine can make: they carry the same distributions."""
    made = manifest.read(built_for_this_machine(lambda _: None).folder)
    lock = locked(ROOT / "requirements.txt", Target.here().markers)
    written = [sbom.write(artifact, lock) for artifact in made.values()]
    assert len(written) == len(list(ROOT.glob("functions/*/handler.py")))
    judged = subprocess.run(
        [checkov.with_name("python"), "-c", JUDGE, *written], stdout=subprocess.PIPE, text=True, check=True
    )
    assert judged.stdout == ""
