"""The words of the templates themselves, in the languages of templates/words/, and in English for all others.

Which file is read is chosen from that folder's own list, never by a name that somebody sent.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "templates" / "words"


@cache
def words(language: str, *, traditional: bool = False) -> Mapping[str, str]:
    """By their names in the templates; en.json has them all. Reads a small file, once a language."""
    wanted = f"{language}-Hant" if traditional else language
    known = {path.stem: path for path in FOLDER.glob("*.json")}
    found: dict[str, str] = json.loads(known.get(wanted, known["en"]).read_text("utf-8"))
    return found
