"""What a language means for a page: its direction, the form of its Chinese characters, and what it calls itself."""

import re
from dataclasses import dataclass
from typing import Final

RIGHT_TO_LEFT: Final = frozenset({"ar", "ckb", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"})
TRADITIONAL: Final = frozenset({"hant", "tw", "hk", "mo"})
CONNECTED: Final = RIGHT_TO_LEFT | {"bn", "gu", "hi", "mr", "ne", "pa"}
"""Letters hang together: spacing them out would tear them."""

_TRADITIONAL_ONLY: Final = frozenset("們這國來說時會對過學發經還後應該點個為與實現關開問間見長門車東書樣無從")
_SIMPLIFIED_ONLY: Final = frozenset("们这国来说时会对过学发经还后应该点个为与实现关开问间见长门车东书样无从")
"""Frequent characters that one of the two forms writes and the other does not."""
_KANA: Final = re.compile("[\u3041-\u30ff]")
_HANGUL: Final = re.compile("[\u1100-\u11ff\uac00-\ud7a3]")

_NAMES: Final = {
    "ar": "العربية",
    "bg": "Български",
    "bn": "বাংলা",
    "ca": "Català",
    "cs": "Čeština",
    "da": "Dansk",
    "de": "Deutsch",
    "el": "Ελληνικά",
    "en": "English",
    "es": "Español",
    "et": "Eesti",
    "fa": "فارسی",
    "fi": "Suomi",
    "fr": "Français",
    "he": "עברית",
    "hi": "हिन्दी",
    "hr": "Hrvatski",
    "hu": "Magyar",
    "id": "Bahasa Indonesia",
    "it": "Italiano",
    "ja": "日本語",
    "ko": "한국어",
    "lt": "Lietuvių",
    "lv": "Latviešu",
    "nb": "Norsk bokmål",
    "nl": "Nederlands",
    "no": "Norsk",
    "pl": "Polski",
    "pt": "Português",
    "ro": "Română",
    "ru": "Русский",
    "sk": "Slovenčina",
    "sl": "Slovenščina",
    "sr": "Српски",
    "sv": "Svenska",
    "th": "ไทย",
    "tr": "Türkçe",
    "uk": "Українська",
    "ur": "اردو",
    "vi": "Tiếng Việt",
    "zh": "中文",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """How a text of some language is set."""

    language: str
    """Its primary tag of two or three letters; `en` where nothing is known."""
    region: str | None
    right_to_left: bool
    east_asian: bool
    """Whether the language is written with Chinese characters or Hangul, and so with their quotes and dashes."""
    family: str
    """The font of Chinese, Japanese and Korean; also of the few words of them in another language."""
    spaced: bool
    """Whether small labels may be spaced out."""


def setting(tag: str, text: str = "") -> Setting:
    """Of a BCP 47 tag, as in `zh-Hant`. `text` tells what the tag does not: which form of Chinese, and whose characters
    stand in a text of another language.
    """
    primary, *more = tag.lower().replace("_", "-").split("-")
    known = re.fullmatch("[a-z]{2,3}", primary) is not None and primary != "und"
    language = primary if known else "en"
    traditional = language == "zh" and (bool(TRADITIONAL & set(more)) if more else _looks_traditional(text))
    return Setting(
        language=language,
        region="TW" if traditional else None,
        right_to_left=language in RIGHT_TO_LEFT,
        east_asian=language in {"zh", "ja", "ko"},
        family=f"Noto Sans CJK {_variant(language, text, traditional=traditional)}",
        spaced=language not in CONNECTED,
    )


def _variant(language: str, text: str, *, traditional: bool) -> str:
    """The same character is drawn otherwise in each: https://unicode.org/faq/han_cjk.html"""
    if language == "zh":
        return "TC" if traditional else "SC"
    if language == "ja" or (language != "ko" and _KANA.search(text)):
        return "JP"
    return "KR" if language == "ko" or _HANGUL.search(text) else "SC"


def _looks_traditional(text: str) -> bool:
    return sum(one in _TRADITIONAL_ONLY for one in text) > sum(one in _SIMPLIFIED_ONLY for one in text)


def name(tag: str) -> str | None:
    """As its speakers call it, or the tag; None where the language is not known."""
    primary = tag.lower().partition("-")[0]
    return None if primary in {"", "und"} else _NAMES.get(primary, tag)
