"""Where a webhook may go, and where it may not, whatever its URL makes of an address."""

from collections.abc import Sequence
from ipaddress import ip_address

import pytest

from shared.webhooks.addresses import AddressRefused, NoAddress, Resolve, checked, lookup, public, shown
from shared.webhooks.sending import Receiver

PUBLIC = ("8.8.8.8", "93.184.216.34", "2606:4700::6810:84e5", "64:ff9b::8.8.8.8", "::ffff:8.8.8.8", "2002:808:808::1")
NOT_PUBLIC = {
    "this machine": ("127.0.0.1", "127.255.0.3", "::1", "0.0.0.0", "::"),
    "private": ("10.0.0.1", "172.16.3.4", "192.168.1.1", "fc00::1", "fd00:ec2::254", "fec0::1"),
    "the cloud's own": ("169.254.169.254", "169.254.170.2", "fe80::1", "100.64.0.1", "100.100.100.200"),
    "nobody's": (
        "192.0.2.7",
        "198.51.100.7",
        "203.0.113.7",
        "198.18.0.1",
        "240.0.0.1",
        "192.0.0.192",
        "2001:db8::1",
        "5f00::1",
    ),
    "everybody's": ("224.0.0.1", "239.1.2.3", "255.255.255.255", "ff02::1"),
    "private, as IPv6": ("::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "::ffff:0:127.0.0.1"),
    "private, by a translation": (
        "64:ff9b::10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2002:a00:1::1",
    ),
    "private, by a tunnel": ("2001:0:4136:e378:8000:63bf:3fff:fdd2",),
}


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert public(ip_address(address))


@pytest.mark.parametrize("address", [address for addresses in NOT_PUBLIC.values() for address in addresses])
def test_any_other_address_is_not(address: str) -> None:
    assert not public(ip_address(address))


def told(*addresses: str) -> Resolve:
    async def resolve(_: str) -> Sequence[str]:
        return addresses

    return resolve


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/",
        "ftp://hooks.example/",
        "//hooks.example/",
        "hooks.example",
        "https://",
        "https:///path",
        "https://user:secret@hooks.example/",
        "https://user@hooks.example/",
        "https://hooks.example:0/",
        "https://hooks.example:99999/",
        "https://hooks.example:x/",
        "https://hooks.example\n/",
        "https://xn--/",
        "https://xn--99999999.example/",
        "file:///etc/passwd",
        "gopher://hooks.example/",
    ],
)
async def test_the_form_of_a_url_is_judged_before_anything_is_looked_up(url: str) -> None:
    async def never(_: str) -> Sequence[str]:
        raise AssertionError("it was looked up")

    with pytest.raises(AddressRefused):
        await checked(url, local=False, resolve=never)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://localhost/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[fe80::1%25lo]/",
        "https://0/",
        "https://hooks.example\\@127.0.0.1/",
    ],
)
async def test_an_address_in_other_clothes_is_seen_through(url: str) -> None:
    """As the system itself would read it: these are asked of the real resolver."""
    with pytest.raises((AddressRefused, NoAddress)):
        await checked(url, local=False)


@pytest.mark.parametrize("private", ["10.0.0.1", "::1", "not an address"])
async def test_one_address_that_is_not_public_spoils_them_all(private: str) -> None:
    """Which of them is called is the network's choice."""
    with pytest.raises(AddressRefused):
        await checked("https://hooks.example/", local=False, resolve=told("8.8.8.8", private))
    assert await checked("https://hooks.example/", local=False, resolve=told("8.8.8.8")) == ("8.8.8.8",)


async def test_this_machine_may_be_called_in_the_local_stage_alone() -> None:
    assert await checked("http://127.0.0.1:8080/hooks", local=True) == ["127.0.0.1"]
    for url in ("http://127.0.0.1:8080/hooks", "https://127.0.0.1/hooks"):
        with pytest.raises(AddressRefused):
            await checked(url, local=False)


@pytest.mark.parametrize("address", ["8.8.8.8", "10.0.0.1", "0.0.0.0"])
async def test_nothing_but_this_machine_is_called_in_plain_text_or_privately_there_either(address: str) -> None:
    with pytest.raises(AddressRefused):
        await checked("http://hooks.example/", local=True, resolve=told(address))
    if address != "8.8.8.8":
        with pytest.raises(AddressRefused):
            await checked("https://hooks.example/", local=True, resolve=told(address))


async def test_a_name_that_is_not_known_may_be_known_later() -> None:
    for host in ("hooks.invalid", "x" * 70 + ".example", "a b.example"):
        with pytest.raises(NoAddress):
            await lookup(host)


def test_a_receiver_shows_nothing_of_itself_in_a_log() -> None:
    assert repr(Receiver("https://hooks.example/?token=s3cret", "whsec_s3cret")) == "Receiver()"


async def test_what_is_shown_of_a_url_leaves_out_what_may_be_secret() -> None:
    assert shown("https://hooks.example/a?token=s3cret#part") == "https://hooks.example/a"
