"""What the server refuses, in QStash's form: a status and `{"error": "..."}`."""


class QStashError(Exception):
    """A refused call; the message is for the caller's eyes."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def bad_request(message: str) -> QStashError:
    return QStashError(400, message)


def not_found(what: str, name: str) -> QStashError:
    return QStashError(404, f"{what} {name} not found")
