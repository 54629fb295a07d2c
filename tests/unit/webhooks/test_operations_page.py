"""The receiver on docs/operations.md believes what is signed, and nothing that was changed."""

import re
from pathlib import Path
from typing import Any, Final

from shared.clock import World
from shared.webhooks.signing import key_of, new_secret, sign

PAGE: Final = Path(__file__).parents[3] / "docs" / "operations.md"


def test_the_code_of_the_page_verifies() -> None:
    (code,) = re.findall(r"```python\n(.*?def verified.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    page: dict[str, Any] = {}
    exec(compile(code, str(PAGE), "exec"), page)
    secret, now = new_secret(), int(World().now())

    def headers(timestamp: int) -> dict[str, str]:
        signature = sign(key_of("secret", secret), "run-0", str(timestamp), b"{}")
        return {"webhook-id": "run-0", "webhook-timestamp": str(timestamp), "webhook-signature": f"v1,x {signature}"}

    verified = page["verified"]
    assert verified(secret, headers(now), b"{}")
    assert not verified(secret, headers(now), b"[]")
    assert not verified(new_secret(), headers(now), b"{}")
    assert not verified(secret, headers(now - 301), b"{}")
    assert not verified(secret, headers(now) | {"webhook-id": "run-1"}, b"{}")
