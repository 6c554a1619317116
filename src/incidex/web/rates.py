"""How much one network may ask: answers that have to be made cost something, kept ones are free.

A token bucket for each network, under a key that dies with the process. Whoever asks from this machine is not
counted: a proxy that hides who it speaks for would be counted for all of them.
"""

import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import ip_address

from incidex.web.entry import network_of

#: Answers that a network may have at once, and how many more each second.
BURST, A_SECOND = 600.0, 10.0

#: Networks remembered at most; beyond that the one not seen for longest is forgotten.
_MOST = 10_000


class Rates:
    """What each network has left, or each member."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, pace: tuple[float, float] | None = None
    ) -> None:
        """Count by a clock; `pace` is how many one may have at once, and how many more each second."""
        self._clock = clock
        self._burst, self._a_second = pace or (BURST, A_SECOND)
        self._salt = secrets.token_bytes(32)
        self._left: OrderedDict[bytes, tuple[float, float]] = OrderedDict()

    def wait_seconds(self, address: str) -> int:
        """Count an answer; return 0, or for how many seconds the network has to wait for the next."""
        return self.wait_for(network_of(address)) if _is_counted(address) else 0

    def wait_for(self, name: str) -> int:
        """Count an answer for whoever has that name; return 0, or for how many seconds to wait."""
        key, now = hmac.digest(self._salt, name.encode(), "sha256"), self._clock()
        left, since = self._left.pop(key, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._a_second)
        is_enough = left >= 1
        self._left[key] = (left - 1 if is_enough else left, now)
        if len(self._left) > _MOST:
            self._left.popitem(last=False)
        return 0 if is_enough else max(1, round((1 - left) / self._a_second))


def _is_counted(address: str) -> bool:
    try:
        return not ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False
