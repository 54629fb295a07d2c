"""One spelling for each address, by which it is suppressed and looked up."""

from email.utils import parseaddr


def canonical(address: str) -> str:
    """Without a display name, in lower case. Strictly a local part may tell cases apart; no provider's does."""
    bare = parseaddr(address)[1]
    return (bare if "@" in bare else address.strip()).lower()
