"""An application's webhook endpoint that notes everything."""

import threading
from dataclasses import dataclass, field

SECRET = "whsec_bWlsbHJhY2U="


@dataclass(frozen=True, slots=True)
class Hook:
    """One webhook as it came: its Svix headers by their short names, and its raw body."""

    headers: dict[str, str]
    body: str


@dataclass(slots=True)
class Listener:
    """What came to `url`, in the order of arrival."""

    port: int = 0
    hooks: list[Hook] = field(default_factory=list)
    came: threading.Condition = field(default_factory=threading.Condition)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks"

    def wait(self, email_id: str, count: int, timeout: float = 10) -> list[Hook]:
        """The webhooks of one mail, once there are `count`."""
        with self.came:
            assert self.came.wait_for(lambda: len(self._of(email_id)) >= count, timeout)
            return self._of(email_id)

    def _of(self, email_id: str) -> list[Hook]:
        return [hook for hook in self.hooks if email_id in hook.body]
