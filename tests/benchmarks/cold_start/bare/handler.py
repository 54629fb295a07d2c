"""What no function can do without: the platform, Python, and an answer."""


def handler(_: object, __: object) -> dict[str, object]:
    return {"statusCode": 200, "body": "{}"}
