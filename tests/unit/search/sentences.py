"""Real sentences in scripts that differ in how they write a word; and what a person looks for in each.

Written for these tests. Escapes stand where two spellings look the same.
"""

# ruff: noqa: RUF001 - texts in other scripts are what this file is made of

from typing import Final

FOUND: Final = {
    "accent, in two characters": ("Le cafe\u0301 du moulin est ferme\u0301.", "café", ["cafe\u0301"]),
    "accent, left out": ("Le café du moulin est fermé.", "ferme", ["fermé"]),
    "sharp s": ("Die STRASSE heißt Mühlstraße, jede Straße führt hin.", "straße", ["STRASSE", "Straße"]),
    "dotted I": ("İSTANBUL, Istanbul ve ıSTANBUL aynı şehir.", "istanbul", ["İSTANBUL", "Istanbul", "ıSTANBUL"]),
    "stroke, no mark": ("Pociąg z Łodzi do Gdańska.", "lodzi", ["Łodzi"]),
    "full width": ("株式会社ＭＩＬＬＲＡＣＥの資料", "millrace", ["ＭＩＬＬＲＡＣＥ"]),
    "half width": ("古いｶﾞﾗｽの窓とガラスの扉", "ガラス", ["ｶﾞﾗｽ", "ガラス"]),
    "Han": ("委员会批准了明年的预算，图书馆将于三月开工。", "图书馆", ["图书馆"]),
    "Kana and Han": ("川のそばに古い水車小屋がある。水車はもう回らない。", "水車", ["水車", "水車"]),
    "a single character": ("水車と井戸の水", "水", ["水", "水"]),
    "Hangul": ("새 도서관에서 일하는 도서관 사서", "도서관", ["도서관", "도서관"]),
    "Hangul by its letters": (
        "\u1112\u1161\u11ab\u1100\u1173\u11af 문서",
        "한글",
        ["\u1112\u1161\u11ab\u1100\u1173\u11af"],
    ),
    "Thai": ("ห้องสมุดใหม่จะเปิดในเดือนมีนาคม", "สมุด", ["สมุด"]),
    "Thai am": ("โรงสีน้ํา และโรงสีน้ำ", "น้ำ", ["น้ํา", "น้ำ"]),
    "Arabic with vowels": ("قرأت الكِتَابُ الجديد", "الكتاب", ["الكِتَابُ"]),
    "Arabic, stretched": ("مكتـــبة المدينة", "مكتبة", ["مكتـــبة"]),
    "Arabic, without the article": ("المكتبة الجديدة في المدينة", "مكتبة", ["المكتبة"]),
    "Hebrew with points": ("שָׁלוֹם עולם", "שלום", ["שָׁלוֹם"]),
    "Devanagari": ("नया पुस्तकालय मार्च में खुलेगा", "पुस्तकालय", ["पुस्तकालय"]),
    "Hindi, bent": ("पुराने पुस्तकालयों के बारे में", "पुस्तकालय", ["पुस्तकालयों"]),
    "Russian, bent": ("Новые библиотеки города", "библиотека", ["библиотеки"]),
    "Greek, final sigma": ("ΝΕΟΣ ΜΥΛΟΣ, ο παλιός μύλος", "μύλος", ["ΜΥΛΟΣ", "μύλος"]),
    "digits of another script": ("बजट २०२६ का", "2026", ["२०२६"]),
    "soft hyphen": ("Am Mühl\u00adbach steht sie.", "mühlbach", ["Mühl\u00adbach"]),
    "emoji beside": ("👩\u200d🔧mill👩\u200d🔧 🇩🇪mill", "mill", ["mill", "mill"]),
}
"""By what is particular: a sentence, a query, and the parts of the sentence that it finds."""
