"""Where things stand on the pages."""

import pytest

from functions.generate_pdf import data
from functions.generate_pdf.typesetting.press import Press
from tests.unit.generate_pdf.inspected import opened
from tests.unit.generate_pdf.samples import CREATED, analysis, document


@pytest.mark.parametrize("points", range(9))
def test_the_keywords_and_their_heading_are_on_one_page(press: Press, points: int) -> None:
    """However much of a page is left for them."""
    words = [{"word": f"word{place}", "weight": 1 - place / 20} for place in range(15)]
    told = analysis(keywords=words, key_points=[f"Point {place}: {'mill ' * 50}" for place in range(points)])
    pdf, _ = press.typeset("report", data.report(document(), told, CREATED))
    pages = [page.extract_text() for page in opened(pdf).pages]
    [with_heading] = [place for place, text in enumerate(pages) if "Keywords" in text]
    assert all(f"word{place}" in pages[with_heading] for place in range(15))
