"""The formats that records come in from, by name: adding one is adding a row."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import BinaryIO, NamedTuple

from incidex.exchange.csv_in import make_csv_reader
from incidex.exchange.mapped import make_json_reader
from incidex.exchange.mapping import get_mapping
from incidex.exchange.misp_in import read_misp
from incidex.exchange.rows import Reader, Refused, Row
from incidex.exchange.stix.incoming import read_stix
from incidex.exchange.veris_in import check_veris, read_veris


class Importer(NamedTuple):
    """A format: who reads it, and what it is in words."""

    read: Reader
    words: str
    check: Reader | None = None  # reads as strictly as the format's own rules, which no import has to keep


def _read_hhs(file: BinaryIO) -> Iterator[Row | Refused]:
    return make_csv_reader(get_mapping("hhs"))(file)


def _read_hibp(file: BinaryIO) -> Iterator[Row | Refused]:
    return make_json_reader(get_mapping("hibp"))(file)


def _read_ransomware(file: BinaryIO) -> Iterator[Row | Refused]:
    return make_json_reader(get_mapping("ransomware"))(file)


IMPORTERS: Mapping[str, Importer] = MappingProxyType(
    {
        "misp": Importer(read_misp, "MISP events: one, an array of them, or what a search there answers"),
        "veris": Importer(
            read_veris, "VERIS 1.3 to 1.4.1 incidents: a JSON array, JSON lines or one object", check_veris
        ),
        "stix": Importer(read_stix, "STIX 2.1: a bundle with incidents, or what a TAXII server sends"),
        "hhs": Importer(_read_hhs, "the US health department's breach portal, its CSV"),
        "hibp": Importer(_read_hibp, "breaches of Have I Been Pwned, the JSON of its API"),
        "ransomware": Importer(_read_ransomware, "posts of leak sites, JSON as ransomware.live has it"),
    }
)
