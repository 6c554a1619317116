"""What a data package says of itself: to programs that read tables, to catalogues, and to people.

Sources: Data Package 2.0 (https://datapackage.org), DataCite Metadata Schema 4.6 as JSON
(https://schema.datacite.org) and Croissant 1.1 (https://docs.mlcommons.org/croissant/).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from incidex.exchange.columns import Cell, Column, Table, get_tables
from incidex.exchange.licences import find_clashes, find_path

Json = dict[str, Any]

#: What DataCite writes where a value exists and is not known here.
_UNAVAILABLE = "(:unav)"

_FIELD_TYPES = {
    Cell.TEXT: "string",
    Cell.WHOLE: "integer",
    Cell.NUMBER: "number",
    Cell.DAY: "date",
    Cell.TIME: "datetime",
    Cell.LIST: "array",
}
_CROISSANT_TYPES = {
    Cell.TEXT: "sc:Text",
    Cell.WHOLE: "cr:Int64",
    Cell.NUMBER: "cr:Float64",
    Cell.DAY: "sc:Date",
    Cell.TIME: "sc:DateTime",
    Cell.LIST: "sc:Text",
}
_MEDIA = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}
_KEYWORDS = ["cyber incidents", "data breaches", "evidence", "claims", "VERIS", "MITRE ATT&CK"]

_CROISSANT_CONTEXT: Json = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is said of a package as a whole."""

    serial: int | None  # of the last change that it knows; only those who see every tier may be told (law 8)
    hash: str  # of that change, which stands for all before it; without a serial, of the tables
    at: datetime  # when that change was made; without a serial, the last one that the tier can see
    tier: str  # a TLP name
    publisher: str = ""  # who passes it on
    licence: str = ""  # under which they do: an SPDX name
    query: str = ""  # what was searched for, when not all of it is here

    @property
    def version(self) -> str:
        """Name the moment of the log: the same version is the same data."""
        moment = f"{self.at:%Y-%m-%d}" if self.serial is None else f"{self.serial}"
        return f"{moment}-{self.hash[:12] or 'empty'}"

    @property
    def moment(self) -> str:
        """Say when it is of, as far as its readers may know."""
        return f"on {self.at:%Y-%m-%d}" if self.serial is None else f"at change {self.serial}"

    @property
    def hashed(self) -> str:
        """Say what the hash is of."""
        return "hash of the tables" if self.serial is None else "hash of the last change"

    @property
    def title(self) -> str:
        """Name the package for people."""
        return f"Cyber incidents, version {self.version}"

    @property
    def description(self) -> str:
        """Say in a few sentences what it is."""
        return (
            "Cyber incidents in which every value is a claim: who says it, in which report, in which words, "
            f"and who denies it. As the change log stood {self.moment}, for TLP:{self.tier}."
            f"{f' Only what this search finds: {self.query}' if self.query else ''}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file of a package that holds a table."""

    table: str
    path: str
    kind: str  # csv or parquet
    size_bytes: int
    sha256: str
    rows: int


def to_datapackage(about: About, files: Sequence[File], licences: Mapping[str, int]) -> Json:
    """Return `datapackage.json`."""
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "cyber-incidents",
        "title": about.title,
        "description": about.description,
        "version": about.version,
        "created": _to_time(about.at),
        "keywords": _KEYWORDS,
        **({"licenses": [_to_licence(about.licence)]} if about.licence else {}),
        **({"contributors": [{"title": about.publisher, "roles": ["publisher"]}]} if about.publisher else {}),
        "incidex": {
            **({"serial": about.serial} if about.serial is not None else {}),
            "hash": about.hash,
            "tier": about.tier,
            "report_licences": dict(licences),
        },
        "resources": [_to_resource(file, get_tables()[file.table]) for file in files],
    }


def _to_licence(licence: str) -> Json:
    path = find_path(licence)
    return {"name": licence, **({"path": path} if path else {})}


def _to_resource(file: File, table: Table) -> Json:
    return {
        "name": file.table,
        "type": "table",
        "path": file.path,
        "description": table.words,
        "format": file.kind,
        "mediatype": _MEDIA[file.kind],
        **({"encoding": "utf-8"} if file.kind == "csv" else {}),
        "bytes": file.size_bytes,
        "hash": f"sha256:{file.sha256}",
        "schema": {
            "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
            "fields": [_to_field(each, table) for each in table.columns],
            "missingValues": [""],
            **({"primaryKey": list(table.key)} if table.key else {}),
            "foreignKeys": [
                {"fields": [column], "reference": {"resource": other, "fields": ["id"]}}
                for column, other in table.refers.items()
                if other == "incidents"  # a report may be above the tier that may see a claim
            ],
        },
    }


def _to_field(column: Column, table: Table) -> Json:
    required = {"constraints": {"required": True}} if column.name in table.key else {}
    return {"name": column.name, "type": _FIELD_TYPES[column.cell], "description": column.words, **required}


def to_datacite(about: About, files: Sequence[File]) -> Json:
    """Return metadata as DataCite's API takes it, without a DOI: whoever publishes it adds one."""
    publisher = about.publisher or _UNAVAILABLE
    return {
        "schemaVersion": "http://datacite.org/schema/kernel-4",
        "types": {"resourceType": "Cyber incident records", "resourceTypeGeneral": "Dataset"},
        "titles": [{"title": about.title}],
        "creators": [{"name": publisher, "nameType": "Organizational"}],
        "publisher": {"name": publisher},
        "publicationYear": str(about.at.year),
        "dates": [{"date": _to_time(about.at), "dateType": "Updated"}],
        "language": "en",
        "version": about.version,
        "subjects": [{"subject": each} for each in _KEYWORDS],
        "descriptions": [{"description": about.description, "descriptionType": "Abstract"}],
        "rightsList": [_to_rights(about.licence)] if about.licence else [],
        "sizes": [f"{file.rows} rows of {file.table}" for file in files],
        "formats": sorted({_MEDIA[file.kind] for file in files}),
        "alternateIdentifiers": [
            {"alternateIdentifier": about.hash, "alternateIdentifierType": about.hashed}
        ],
    }


def _to_rights(licence: str) -> Json:
    path = find_path(licence)
    return {
        "rights": licence,
        "rightsIdentifier": licence.lower(),
        "rightsIdentifierScheme": "SPDX",
        **({"rightsUri": path} if path else {}),
    }


def to_croissant(about: About, files: Sequence[File]) -> Json:
    """Return the package as Croissant 1.1 (JSON-LD), which data-set searches and training programs read."""
    return {
        "@context": _CROISSANT_CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": "cyber-incidents",
        "description": about.description,
        "version": about.version,
        "datePublished": _to_time(about.at),
        "keywords": _KEYWORDS,
        "inLanguage": "en",
        "citeAs": f"{about.publisher or 'Unknown publisher'} ({about.at.year}). {about.title}.",
        **({"license": find_path(about.licence) or about.licence} if about.licence else {}),
        **({"creator": {"@type": "sc:Organization", "name": about.publisher}} if about.publisher else {}),
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": file.path,
                "name": file.path,
                "contentUrl": file.path,
                "contentSize": f"{file.size_bytes} B",
                "encodingFormat": _MEDIA[file.kind].replace("vnd.apache.parquet", "x-parquet"),
                "sha256": file.sha256,
            }
            for file in files
        ],
        "recordSet": [_to_record_set(file, get_tables()[file.table]) for file in files],
    }


def _to_record_set(file: File, table: Table) -> Json:
    return {
        "@type": "cr:RecordSet",
        "@id": file.table,
        "name": file.table,
        "description": table.words,
        **({"key": [{"@id": f"{file.table}/{name}"} for name in table.key]} if table.key else {}),
        "field": [_to_croissant_field(file, table, each) for each in table.columns],
    }


def _to_croissant_field(file: File, table: Table, column: Column) -> Json:
    # CSV has no lists: a program gets the text of a JSON array.
    is_list = column.cell is Cell.LIST and file.kind == "parquet"
    refers = table.refers.get(column.name)
    return {
        "@type": "cr:Field",
        "@id": f"{file.table}/{column.name}",
        "name": column.name,
        "description": column.words,
        "dataType": _CROISSANT_TYPES[column.cell],
        **({"isArray": True, "arrayShape": "-1"} if is_list else {}),
        **({"references": {"field": {"@id": f"{refers}/id"}}} if refers else {}),
        "source": {"fileObject": {"@id": file.path}, "extract": {"column": column.name}},
    }


def to_readme(about: About, files: Sequence[File], licences: Mapping[str, int]) -> str:
    """Return what a person reads first, as Markdown."""
    tables = get_tables()
    rows = "\n".join(f"| `{file.path}` | {file.rows:,} | {tables[file.table].words} |" for file in files)
    is_text = any(file.kind == "csv" for file in files)
    stated = {
        "Version": f"{about.version}: the log as it stood {about.moment}, last changed {_to_time(about.at)}.",
        about.hashed.capitalize(): f"`{about.hash}`.",
        "Who may see it": f"TLP:{about.tier}.",
        "Publisher": about.publisher or "not stated.",
        "Licence": about.licence or "not stated: ask whoever gave you this before you pass it on.",
        "Licences of the reports": _say(licences),
    }
    lines = [f"* **{name}** {said}" for name, said in stated.items()]
    lines += [f"* **Mind** {each}." for each in find_clashes([*licences, about.licence])]
    return _README.format(
        title=about.title,
        description=about.description,
        rows=rows,
        lists="a JSON array" if is_text else "a list",
        safe=_SAFE if is_text else "",
        stated="\n".join(lines),
    )


_SAFE = """
A text that a spreadsheet would run (it begins with one of `= + - @`) has an apostrophe before it."""

_README = """# {title}

{description}

| file | rows | what a row is |
|---|---|---|
{rows}

`claims.incident` and `links.incident` are `incidents.id`; `claims.report` is `reports.id`. What each column
means stands in `datapackage.json`. A date is what was said, as EDTF (`2017-04` is a month), with the first
and the last day that it can mean; a field with several values is {lists}. Of a value that is `disputed`, a
party to the matter says that it is not so: read the claims before you count on one. An empty cell is unknown,
not zero.{safe}

{stated}

`SHA256SUMS` has the hash of every file (`sha256sum --check SHA256SUMS`). `datacite.json` is for whoever
registers a DOI, `croissant.json` for data-set searches.
"""


def _say(licences: Mapping[str, int]) -> str:
    named = [f"{name or 'unknown'} ({count:,})" for name, count in sorted(licences.items())]
    return f"{', '.join(named)}." if named else "there are no reports."


def _to_time(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
