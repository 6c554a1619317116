"""What is asked of a search: the query, the order, the moment, the incident to be like; and its address."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from incidex.model import AsOf, InputError, Tier
from incidex.search import Order, Wish
from incidex.web.answers import AnyRequest, parse_as_of
from incidex.web.words import say_date

#: Hits on one page unless fewer or more are asked for.
PAGE_HITS = 20
_MOST_HITS = 100

#: Said in place of a moment by whoever wants a lasting address of what is found now.
NOW = "now"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A search, as its address says it."""

    text: str = ""
    wish: Wish = field(default_factory=Wish)
    at: str = ""  # the moment as it was asked for; "" for now
    as_of: AsOf = None
    like: str = ""  # the id of the incident that others are to be like; "" for a search by words

    def link(self, address: str = "/search", text: str | None = None, *, cursor: str = "") -> str:
        """Return the address that shows this view again, or one with another query or a further page."""
        order = str(self.wish.order)
        told = {
            "q": self.text if text is None else text,
            "similar": self.like,
            "as_of": self.at,
            "sort": "" if order == Order.RELEVANCE else order,
            "limit": "" if self.wish.limit == PAGE_HITS else str(self.wish.limit),
            "after": cursor,
        }
        kept = {name: held for name, held in told.items() if held or name == "q"}
        return f"{address}?{urlencode(kept, errors='replace')}"

    def link_incident(self, id: str) -> str:  # noqa: A002
        """Return the address of a record that was found, as it stood when it was found."""
        then = f"?{urlencode({'as_of': self.at}, errors='replace')}" if self.at else ""
        return f"/incidents/{quote(id, safe='')}{then}"

    @property
    def moment(self) -> str:
        """Say the moment; "" for now."""
        return say_moment(self.as_of)


def read_asked(request: AnyRequest, tier: Tier) -> Asked:
    """Read what an address asks for; raise `InputError` for an order or a limit that there is not."""
    asked = request.query_params
    order = asked.get("sort", "") or Order.RELEVANCE
    if order not in set(Order):
        raise InputError(f"{order[:40]!r} is not an order; there are {', '.join(Order)}")
    limit = asked.get("limit", "") or str(PAGE_HITS)
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:6]) <= _MOST_HITS):
        raise InputError(f"limit is a number from 1 to {_MOST_HITS}")
    at = asked.get("as_of", "").strip()
    return Asked(
        text=asked.get("q", ""),
        wish=Wish(order=Order(order), limit=int(limit), cursor=asked.get("after", "")),
        at=at,
        as_of=None if at == NOW else parse_as_of(at, tier),
        like=asked.get("similar", "").strip(),
    )


def say_moment(at: AsOf) -> str:
    """Say a moment as a page does; "" for now."""
    if isinstance(at, datetime):
        there = at.astimezone(UTC)
        return f"{say_date(there.date().isoformat())}, {there:%H:%M:%S} UTC"
    return "" if at is None else f"change {at}"
