"""Send a notice to a webhook: signed, to the address that was checked, and to no private network.

Signed as Standard Webhooks 1.0 has it (https://www.standardwebhooks.com): `webhook-signature` is "v1," and
the base 64 of an HMAC-SHA256 over id, timestamp and body, so that neither can be changed or sent again later.
"""

import base64
import hmac
import socket
import ssl
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

import anyio
import httpx

from incidex.model import InputError, SourceError

#: What a secret begins with, so that scanners for secrets can know one that got loose.
SECRET_MARK = "whsec_"  # noqa: S105 - no secret itself

CONNECT_SECONDS = 5.0
#: For all of it: a server that answers a byte at a time would otherwise hold us for ever.
ANSWER_SECONDS = 15.0

#: IPv6 networks that carry IPv4 addresses: NAT64, and 6to4. What is behind them is not what it looks like.
_TUNNELS = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"), ip_network("2002::/16"))

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Iterable[str]]


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host; raise `SourceError` when there are none."""
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except OSError as error:
        raise SourceError(f"{host} is no known host") from error


def check_url(url: str, *, is_private: bool) -> SplitResult:
    """Return the parts of a webhook's address, or raise `InputError` saying what is wrong with it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise InputError(f"{url[:200]!r} is not an address") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise InputError(f"{url[:200]!r} is not an address like https://example.org/hook")
    if parts.username is not None or parts.password is not None:
        raise InputError("a webhook's address holds no name or password; what is sent is signed")
    if parts.scheme == "http" and not is_private:
        raise InputError(
            "what goes over http can be read by all; use https (--allow-private takes http as well)"
        )
    return parts


def is_open(address: Address) -> bool:
    """Say whether an address is somebody's on the open internet, and not our own network's in disguise."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return is_open(address.ipv4_mapped)
        if any(address in network for network in _TUNNELS):
            return False
    return address.is_global and not address.is_multicast


def choose_address(host: str, addresses: Iterable[str], *, is_private: bool) -> str:
    """Return the address to connect to. All must be open: one private address, and none is trusted."""
    found = list(dict.fromkeys(addresses))
    if not found:
        raise SourceError(f"{host} is no known host")
    closed = [each for each in found if not is_open(ip_address(each.partition("%")[0]))]
    if closed and not is_private:
        raise SourceError(f"{host} is on a private network ({closed[0]}); allow that with --allow-private")
    return found[0]


def sign(secret: str, id: str, timestamp: int, body: bytes) -> str:  # noqa: A002
    """Return the signature of what is sent."""
    key = base64.b64decode(secret.removeprefix(SECRET_MARK))
    digest = hmac.digest(key, f"{id}.{timestamp}.".encode() + body, sha256)
    return f"v1,{base64.b64encode(digest).decode()}"


def send(
    url: str,
    *,
    secret: str,
    id: str,  # noqa: A002
    body: bytes,
    timestamp: int,
    is_private: bool = False,
    find_addresses: Resolve = resolve,
    context: ssl.SSLContext | None = None,
) -> None:
    """Post a notice; raise `SourceError` unless it is taken (any 2xx). No redirect is followed.

    The host is looked up once and that address is connected to, so that no second answer of a name server
    can lead elsewhere than what was checked.
    """
    parts = check_url(url, is_private=is_private)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = choose_address(host, find_addresses(host, port), is_private=is_private)
    there = f"[{address}]" if ":" in address else address
    target = parts._replace(netloc=f"{there}:{port}", fragment="").geturl()
    headers = {
        "host": parts.netloc,
        "content-type": "application/json",
        "user-agent": "incidex",
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(secret, id, timestamp, body),
    }
    try:
        status = anyio.run(_post, target, body, headers, host, context or ssl.create_default_context())
    except (TimeoutError, httpx.TimeoutException) as error:
        raise SourceError(f"{host} did not answer in time") from error
    except (httpx.HTTPError, OSError) as error:
        raise SourceError(f"{host} cannot be reached ({type(error).__name__})") from error
    if 300 <= status < 400:
        raise SourceError(
            f"{host} sends us elsewhere ({status}), and we do not follow; give that address itself"
        )
    if not 200 <= status < 300:
        raise SourceError(f"{host} answered {status}")


async def _post(
    target: str, body: bytes, headers: Mapping[str, str], host: str, context: ssl.SSLContext
) -> int:
    """Return the status of the answer; what it says further is of no interest, however long."""
    timeout = httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
    extensions = {"sni_hostname": host}  # whose certificate it must be, whatever address we connect to
    with anyio.fail_after(ANSWER_SECONDS):
        async with (
            httpx.AsyncClient(
                trust_env=False, follow_redirects=False, timeout=timeout, verify=context
            ) as client,
            client.stream("POST", target, content=body, headers=headers, extensions=extensions) as got,
        ):
            return got.status_code
