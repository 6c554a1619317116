"""How a page writes what a claim holds, and what is withheld; the words for values are the codebook's."""

from collections.abc import Mapping
from types import MappingProxyType

from incidex.codebook.saying import say_date, say_label, say_list, say_value

__all__ = ["is_web_address", "say_date", "say_label", "say_list", "say_value", "say_withheld"]

#: What a withheld value is called, one and many; a field without a row is counted in "values".
_NOUNS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "actor.name": ("actor", "actors"),
        "actor.motive": ("motive", "motives"),
        "technique": ("technique", "techniques"),
        "indicator": ("indicator", "indicators"),
    }
)


def say_withheld(field: str, count: int | None) -> str:
    """Say what a lower tier may know of the values it may not see: a count, or that there may be some."""
    if count is None:
        return "available to members"
    one, many = _NOUNS.get(field, ("value", "values"))
    return f"{count} {one if count == 1 else many}"


def is_web_address(url: str) -> bool:
    """Say whether an address may stand behind a link: http and https only, never a script."""
    return url.startswith(("https://", "http://"))
