"""Text as nobody writes it: every script, its marks, signs of queries and half surrogates in any order."""

from hypothesis import strategies as st

from tests.unit.search.sentences import FOUND

_LETTERS = "".join(text for text, _, _ in FOUND.values())
_ODD = (
    "\u0301\u0345\u093e\u0e33\u3099\uff9e\u309f\u3131\u314f\u11a8\u3280\ufdfa"
    "\u00bd\u2474\u01f0\u0130\u00ad\u200d\ud800\x00"
)
TEXTS = st.text(st.sampled_from(_LETTERS + _ODD + ' "*-:_')) | st.text()
QUERIES = TEXTS | st.lists(st.sampled_from([*(query for _, query, _ in FOUND.values()), "title:", "-", '"', "*"])).map(
    "".join
)
