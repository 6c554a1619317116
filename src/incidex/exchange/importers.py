"""The formats that records come in from, by name: adding one is adding a row."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from incidex.exchange.rows import Reader
from incidex.exchange.veris_in import check_veris, read_veris


class Importer(NamedTuple):
    """A format: who reads it, and what it is in words."""

    read: Reader
    words: str
    check: Reader | None = (
        None  # reads as strictly as the format's own rules; they are not held against imports
    )


IMPORTERS: Mapping[str, Importer] = MappingProxyType(
    {
        "veris": Importer(
            read_veris, "VERIS 1.3 to 1.4.1 incidents: a JSON array, JSON lines or one object", check_veris
        ),
    }
)
