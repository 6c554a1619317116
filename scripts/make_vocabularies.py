"""Regenerate the codebook's vocabularies that come from others: VERIS, ATT&CK and the MISP galaxy.

    python scripts/make_vocabularies.py [--shared ../shared] [--check]

Facts only: ids, names, aliases, countries, codes; no sentences. The same input always gives the same bytes.
Vocabularies that are kept by hand (countries, states, industries, currencies, responses, …) are not touched.
`--check` writes nothing and exits with 1 when a file would change.
"""

import argparse
import csv
import gzip
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
OUT = ROOT / "src" / "incidex" / "codebook" / "data" / "v1" / "vocabularies"

Row = Sequence[str]  # id, label, aliases, parent, and the vocabulary's own columns
Table = tuple[tuple[str, ...], Sequence[Row]]  # the names of the own columns, and the rows

FAMILIES = ("malware", "hacking", "social", "misuse", "physical", "error", "environmental")
ROLES = ("external", "internal", "partner")

#: The first letter of a VERIS asset, in words.
ASSETS = {
    "S": "Server",
    "N": "Network",
    "U": "User device",
    "T": "Terminal",
    "M": "Media",
    "P": "Person",
    "E": "Embedded device",
}

#: Plain words that reports use, by the VERIS value that they name. Ours, kept short: coders have lexicons.
PLAIN = {
    "DoS": "denial of service|DDoS",
    "SQLi": "SQL injection",
    "XSS": "cross-site scripting",
    "CSRF": "cross-site request forgery",
    "AitM": "adversary in the middle|man in the middle",
    "RFI": "remote file inclusion",
    "Use of stolen creds": "stolen credentials|credential stuffing",
    "Exploit vuln": "exploited a vulnerability",
    "RAT": "remote access trojan",
    "C2": "command and control",
    "LAN access": "local network access",
    "IM": "instant messaging",
    "System admin": "system administrator",
    "API key": "API keys",
    "Personal": "PII|personal information|personally identifiable information",
    "Medical": "PHI|protected health information|health records",
    "Payment": "PCI|payment card data",
    "Credentials": "passwords|login data",
    "Secrets": "trade secrets",
    "Virtual currency": "cryptocurrency",
    "State-affiliated": "state-sponsored",
    "Nation-state": "nation state",
    "Organized crime": "organised crime",
    "Activist": "hacktivist",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--shared", type=Path, default=ROOT / ".." / "shared")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file would change")
    options = parser.parse_args()
    stale = {name: text for name, text in sorted(make_all(options.shared).items()) if is_stale(name, text)}
    for name, text in stale.items():
        print(f"{'stale' if options.check else 'written'}: {name}.tsv")
        if not options.check:
            (OUT / f"{name}.tsv").write_bytes(text.encode())
    return int(options.check and bool(stale))


def is_stale(name: str, text: str) -> bool:
    path = OUT / f"{name}.tsv"
    return not path.exists() or path.read_bytes() != text.encode()


def make_all(shared: Path) -> Mapping[str, str]:
    """Return the text of every derived file by the name of its vocabulary."""
    veris = json.loads((shared / "veris" / "verisc-enum.json").read_text(encoding="utf-8"))
    attack = list(read_lines(shared / "corpus" / "attack.jsonl.gz"))
    newer = read_newer_techniques(shared / "veris" / "mappings" / "veris-1.4.1_attack-19.1-enterprise.csv")
    tables = {
        **make_veris(veris),
        "technique": make_techniques(attack, newer),
        "tactic": make_tactics(attack),
        "malware": make_software(attack, "malware"),
        "tool": make_software(attack, "tool"),
        "campaign": make_software(attack, "campaign"),
        "group": make_software(attack, "intrusion-set"),
        "actor": make_actors(read_lines(shared / "corpus" / "actors.jsonl.gz")),
        "ransomware": make_names(read_lines(shared / "corpus" / "ransomware-names.jsonl.gz")),
        "sector": make_names(read_lines(shared / "corpus" / "sectors.jsonl.gz")),
    }
    return {name: write_table(name, table) for name, table in tables.items()}


def read_lines(path: Path) -> Iterator[Mapping[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines)


def read_newer_techniques(path: Path) -> Mapping[str, str]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.DictReader(lines)
        return {
            row["attack_object_id"]: clean(row["attack_object_name"])
            for row in rows
            if row["attack_object_id"]
        }


# ---------------------------------------------------------------------------- VERIS


def make_veris(veris: Mapping[str, Any]) -> Mapping[str, Table]:
    """Tables of the enumerations that fields need, in VERIS's own order, which ends with Unknown."""
    data = veris["attribute"]["confidentiality"]
    return {
        "security_incident": plain(veris["security_incident"]),
        "victim.size": plain(veris["victim"]["employee_count"]),
        "actor.motive": plain(veris["actor"]["external"]["motive"]),
        "actor.variety": grouped({role: veris["actor"][role].get("variety", []) for role in ROLES}, "roles"),
        "action.variety": grouped({each: veris["action"][each]["variety"] for each in FAMILIES}, "families"),
        "action.vector": grouped(
            {each: veris["action"][each].get("vector", []) for each in FAMILIES}, "families"
        ),
        "data.variety": plain(data["data"]["variety"]),
        "data.subject": plain(data["data_victim"]),
        "asset.variety": ((), [make_asset(each) for each in veris["asset"]["assets"]["variety"]]),
        "discovery.method": make_discoveries(veris["discovery_method"]),
    }


def plain(values: Sequence[str]) -> Table:
    return ((), [(value, value, PLAIN.get(value, ""), "") for value in values])


def grouped(values: Mapping[str, Sequence[str]], column: str) -> Table:
    """One row a value, naming every family or role that has it: VERIS spells some alike."""
    seen: dict[str, list[str]] = {}
    for group, members in values.items():
        for value in members:
            seen.setdefault(value, []).append(group)
    return (
        (column,),
        [(value, value, PLAIN.get(value, ""), "", "|".join(groups)) for value, groups in seen.items()],
    )


def make_asset(value: str) -> Row:
    letter, dash, name = value.partition(" - ")
    return (value, f"{ASSETS[letter]}: {name}" if dash else value, "", "")


def make_discoveries(methods: Mapping[str, Mapping[str, Sequence[str]]]) -> Table:
    rows = [
        (f"{side.capitalize()} - {value}", f"{side.capitalize()}: {value}", value, "", f"{side}|{value}")
        for side, values in methods.items()
        for value in values["variety"]
    ]
    return (
        ("veris",),
        [*rows, ("Other", "Other", "", "", "other"), ("Unknown", "Unknown", "", "", "unknown")],
    )


# ---------------------------------------------------------------------------- ATT&CK


def make_techniques(attack: Iterable[Mapping[str, Any]], newer: Mapping[str, str]) -> Table:
    """Techniques of v18, and the ids that v19.1 added; where names differ, that of v19.1 is the label."""
    rows = {}
    for each in attack:
        if each["kind"] == "attack-pattern":
            name = clean(each["name"])
            now = newer.get(each["id"], name)
            aliases = {*map(clean, each["aliases"]), name} - {now}
            tactics = "|".join(sorted(each["tactics"]))
            rows[each["id"]] = (
                each["id"],
                now,
                join(aliases),
                "",
                tactics,
                each["domain"],
                each["stix_id"],
                "18",
            )
    for number, name in newer.items():
        rows.setdefault(number, (number, name, "", "", "", "enterprise", "", "19.1"))
    known = [(*row[:3], parent_of(row[0], rows), *row[4:]) for row in rows.values()]
    return (("tactics", "domain", "stix", "version"), sorted(known))


def parent_of(number: str, known: Mapping[str, Row]) -> str:
    parent = number.partition(".")[0]
    return parent if parent != number and parent in known else ""


def make_tactics(attack: Iterable[Mapping[str, Any]]) -> Table:
    rows = [
        (each["id"], clean(each["name"]), "", "", each["shortname"], each["domain"], each["stix_id"])
        for each in attack
        if each["kind"] == "x-mitre-tactic"
    ]
    return (("shortname", "domain", "stix"), sorted(rows))


def make_software(attack: Iterable[Mapping[str, Any]], kind: str) -> Table:
    rows = {
        each["id"]: (
            each["id"],
            clean(each["name"]),
            join(map(clean, each["aliases"])),
            "",
            each["domain"],
            each["stix_id"],
        )
        for each in attack
        if each["kind"] == kind
    }
    return (("domain", "stix"), sorted(rows.values()))


# ---------------------------------------------------------------------------- MISP galaxy


def make_actors(actors: Iterable[Mapping[str, Any]]) -> Table:
    """Threat actors by name. Country and sponsor are what the galaxy says: a claim, not a fact."""
    rows = [
        (
            clean(each["name"]),
            clean(each["name"]),
            join(alias for alias in map(clean, each["aliases"]) if not is_group(alias)),
            "",
            each["country"] or "",
            clean(each["state_sponsor"] or ""),
            "|".join(
                sorted({part for url in each["attack_refs"] for part in url.split("/") if is_group(part)})
            ),
            "MISP galaxy" if each["country"] or each["state_sponsor"] else "",
        )
        for each in actors
    ]
    return (("country", "sponsor", "attack", "said_by"), sorted(rows, key=by_name))


def is_group(text: str) -> bool:
    return text.startswith("G") and len(text) == 5 and text[1:].isdigit()


def make_names(entries: Iterable[Mapping[str, Any]]) -> Table:
    found: dict[str, tuple[str, set[str]]] = {}
    for each in entries:
        name = clean(each["name"])
        _, aliases = found.setdefault(name.casefold(), (name, set()))
        aliases.update(clean(alias) for alias in each["aliases"] if "{" not in alias)  # one is a pattern
    return (
        (),
        sorted(((name, name, join(aliases - {name}), "") for name, aliases in found.values()), key=by_name),
    )


# ---------------------------------------------------------------------------- files


def by_name(row: Row) -> tuple[str, str]:
    return (row[0].casefold(), row[0])


def clean(text: str) -> str:
    """Put on one line, without the marks that separate cells."""
    return " ".join(text.replace("|", "/").split())


def join(aliases: Iterable[str]) -> str:
    return "|".join(
        sorted({alias for alias in aliases if alias}, key=lambda alias: (alias.casefold(), alias))
    )


def write_table(name: str, table: Table) -> str:
    columns, rows = table
    ids = [row[0] for row in rows]
    if twice := {each for each in ids if ids.count(each) > 1}:
        raise SystemExit(f"{name}: twice: {sorted(twice)}")
    lines = ["\t".join(("id", "label", "aliases", "parent", *columns)), *("\t".join(row) for row in rows)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
