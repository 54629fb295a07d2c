"""The examples as a person would get them: for the eye, and as a record of what a change does to a mail."""

from pathlib import Path

from functions.send_email.render import render
from infra.templates.examples import EXAMPLES


def previews(compiled: Path) -> dict[str, bytes]:
    """Each example's HTML and text (which begins with the subject), by path below the templates' folder."""
    files: dict[str, bytes] = {}
    for name, mail in EXAMPLES.items():
        rendered = render(mail, compiled)
        files[f"previews/{name}.html"] = rendered.html.encode()
        files[f"previews/{name}.txt"] = f"Subject: {rendered.subject}\n\n{rendered.text}".encode()
    return files


def write(root: Path) -> None:
    folder = root / "previews"
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for path, content in previews(root / "compiled").items():
        (root / path).write_bytes(content)
