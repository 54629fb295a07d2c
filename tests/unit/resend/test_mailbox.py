"""The mailbox shows strangers' text and runs none of it."""

from html.parser import HTMLParser

import httpx
import pytest

ATTACK = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>&lt;"
MAIL: dict[str, object] = {
    "from": "Mill \"'&lt;b&gt; <mill@race.dev>",
    "to": ["ann@race.dev"],
    "subject": ATTACK,
    "html": f"<p title='{ATTACK}'>{ATTACK}</p></iframe>",
    "text": ATTACK,
    "headers": {"X-Run<b>": ATTACK},
    "attachments": [{"filename": ATTACK, "content": "aGk="}],
    "reply_to": ["\"'&<c@race.dev>"],
}


class Elements(HTMLParser):
    """Every element of a page as a browser would build it, with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
async def pages(api: httpx.AsyncClient) -> list[httpx.Response]:
    answer = await api.post("/emails", json=MAIL, headers={"idempotency-key": ATTACK})
    return [await api.get("/"), await api.get(f"/mail/{answer.json()['id']}")]


async def test_no_text_of_a_mail_becomes_an_element(pages: list[httpx.Response]) -> None:
    for page in pages:
        elements = Elements(page.text)
        assert {"script", "img", "b", "c@race.dev"}.isdisjoint(tag for tag, _ in elements.found)
        assert not [name for _, attributes in elements.found for name in attributes if name.startswith("on")]
        assert ATTACK in elements.text


async def test_the_body_is_in_a_frame_that_may_run_nothing(pages: list[httpx.Response]) -> None:
    frames = [attributes for tag, attributes in Elements(pages[1].text).found if tag == "iframe"]
    assert [frame["srcdoc"] for frame in frames] == [MAIL["html"]]
    allowed = (frames[0]["sandbox"] or "").split()
    assert {"allow-scripts", "allow-same-origin", "allow-top-navigation", "allow-forms"}.isdisjoint(allowed)


async def test_every_page_forbids_scripts_frames_forms_and_remote_content(pages: list[httpx.Response]) -> None:
    for page in pages:
        policy = dict(part.strip().split(" ", 1) for part in page.headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert "script-src" not in policy
        assert (policy["img-src"], policy["frame-ancestors"]) == ("data:", "'none'")
        assert (policy["form-action"], policy["base-uri"]) == ("'none'", "'none'")
        assert page.headers["x-content-type-options"] == "nosniff"


async def test_an_empty_mailbox_and_an_unknown_mail_have_pages(api: httpx.AsyncClient) -> None:
    assert "No mail has come yet" in (await api.get("/")).text
    unknown = await api.get("/mail/<script>")
    assert (unknown.status_code, "script" in unknown.text) == (404, False)
