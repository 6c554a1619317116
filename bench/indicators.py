"""Compare our finder of indicators with ioc-finder and txt2stix: recall and precision by type, and speed.

    python bench/indicators.py [PYTHON]

Generated texts hold indicators, plain and defanged, among prose with a fixed seed, so what is in them
is known; the threat reports of TRAM serve for speed, and for what each finds there. PYTHON is the one
that has the peers (`bench/requirements.txt`; by default `.venv-bench/bin/python`). Each runs in a
process of its own, on the same texts in the same run, in seconds of processor time without the start.
Peers are used as they come, offline: of txt2stix the pattern extractors for these types, without a file
or a network.
"""

import gzip
import hashlib
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
TRAM = ROOT.parent / "shared" / "corpus" / "tram-text.jsonl.gz"
PROSE = (
    "The attackers sent a mail to the finance team on Monday. They had read the minutes of the board before.",
    "Version 2.5.10 of the driver was loaded, and the file report.docx opened in Word.",
    "The group is known for patience (see our earlier note). No data was taken, the company said.",
    "A second stage was fetched and started as a service; it waits for orders every 90 seconds.",
)
ENDINGS = ("com", "net", "org", "info", "co.uk", "ru", "xyz", "top", "io")
WORDS = ("update", "secure", "login", "mail", "cloud", "sync", "portal", "docs", "static", "bank", "parcel")
KINDS = ("ip", "domain", "url", "e-mail", "hash")

Found = Sequence[tuple[str, str]]


def make_texts(count: int = 300, seed: int = 7) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return texts, each with the indicators in it as type and value, made whole."""
    chance = random.Random(seed)
    texts = []
    for _ in range(count):
        parts, held = [], []
        for _ in range(12):
            kind = chance.choice(KINDS)
            value = make_one(kind, chance)
            held.append((kind, value))
            shown = defang(kind, value, chance) if chance.random() < 0.5 else value
            parts.append(f"{chance.choice(PROSE)} It used {shown} for that{chance.choice(['.', ',', ' '])} ")
        texts.append(("\n".join(parts), held))
    return texts


def make_one(kind: str, chance: random.Random) -> str:
    host = f"{chance.choice(WORDS)}-{chance.choice(WORDS)}{chance.randrange(1000)}.{chance.choice(ENDINGS)}"
    if kind == "ip":
        return ".".join(str(chance.randrange(1, 255)) for _ in range(4))
    if kind == "domain":
        return host
    if kind == "url":
        return (
            f"http{chance.choice(['', 's'])}://{host}/{chance.choice(WORDS)}/{chance.randrange(10**6):x}.php"
        )
    if kind == "e-mail":
        return f"{chance.choice(WORDS)}.{chance.choice(WORDS)}@{host}"
    digest = chance.choice([hashlib.md5, hashlib.sha1, hashlib.sha256])
    return digest(str(chance.random()).encode()).hexdigest()


def defang(kind: str, value: str, chance: random.Random) -> str:
    if kind == "hash":
        return value.upper()
    dot = chance.choice(["[.]", "(.)", "[dot]"])
    shown = value.replace(".", dot) if chance.random() < 0.5 else dot.join(value.rsplit(".", 1))
    if kind == "url":
        scheme, _, rest = value.partition("://")
        host, _, path = rest.partition("/")
        return f"{scheme.replace('http', 'hxxp')}://{host.replace('.', dot)}/{path}"
    return shown.replace("@", chance.choice(["@", "[at]", "[@]"]))


def ours(texts: Sequence[str]) -> tuple[list[Found], float]:
    """Find all candidates, without the judgement whether the report means them as indicators."""
    from incidex.coding.indicators import find_candidates

    return timed(lambda text: [(each.kind, each.value) for each in find_candidates(text)], texts)


def our_coder(texts: Sequence[str]) -> tuple[list[Found], float]:
    """Find what the coder claims: defanged, announced or unmistakable."""
    from incidex.coding.base import Prepared
    from incidex.coding.indicators import read_indicators
    from incidex.model import Document

    def find(text: str) -> list[tuple[str, str]]:
        readings = read_indicators(Prepared(Document(report="bench", text=text)))
        pairs = [each.value.partition(":") for each in readings]
        return [(kind, value) for kind, _, value in pairs]

    return timed(find, texts)


def ioc_finder(texts: Sequence[str]) -> tuple[list[Found], float]:
    from ioc_finder import find_iocs  # type: ignore[import-not-found]

    names = {"ipv4s": "ip", "ipv6s": "ip", "domains": "domain", "urls": "url", "email_addresses": "e-mail"}
    names |= dict.fromkeys(("md5s", "sha1s", "sha256s", "sha512s"), "hash")

    def find(text: str) -> list[tuple[str, str]]:
        return [
            (names[name], value)
            for name, values in find_iocs(text).items()
            for value in values
            if name in names
        ]

    return timed(find, texts)


def txt2stix(texts: Sequence[str]) -> tuple[list[Found], float]:
    from txt2stix import get_include_path, pattern  # type: ignore[import-not-found]
    from txt2stix.extractions import parse_extraction_config  # type: ignore[import-not-found]

    names = {"ipv4_address_only": "ip", "ipv6_address_only": "ip", "email_address": "e-mail"}
    names |= {"domain_name_only": "domain", "domain_name_subdomain": "domain"}
    names |= {"host_name_subdomain": "domain", "host_name": "domain"}
    names |= dict.fromkeys(
        ("url", "url_file", "url_path", "host_name_url", "host_name_file", "host_name_path"), "url"
    )
    names |= {f"file_hash_{name}": "hash" for name in ("md5", "sha_1", "sha_256", "sha_512")}
    config = parse_extraction_config(Path(get_include_path()))
    wanted = [one for slug, one in config.items() if slug.removeprefix("pattern_") in names]

    def find(text: str) -> list[tuple[str, str]]:
        found = pattern.extract_all(wanted, text)
        return [(names[one["type"].removeprefix("pattern_")], one["value"]) for one in found]

    return timed(find, texts)


FINDERS: Mapping[str, Callable[[Sequence[str]], tuple[list[Found], float]]] = {
    "ours, all candidates": ours,
    "ours, the coder": our_coder,
    "ioc-finder": ioc_finder,
    "txt2stix": txt2stix,
}


def timed(find: Callable[[str], Found], texts: Sequence[str]) -> tuple[list[Found], float]:
    find(texts[0])  # what is loaded at the first call is not counted
    started = time.process_time()
    found = [find(text) for text in texts]
    return found, time.process_time() - started


def run(name: str, python: str, texts: Sequence[str]) -> dict[str, Any]:
    """Run one finder in a process of its own; a peer that is not there gives an empty answer."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(list(texts), file)
        file.flush()
        command = [python, __file__, "--run", name, file.name]
        done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    if done.returncode:
        print(
            f"{name}: not run ({done.stderr.strip().splitlines()[-1] if done.stderr else 'no reason given'})"
        )
        return {}
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def report(texts: Sequence[tuple[str, list[tuple[str, str]]]], name: str, answer: Mapping[str, Any]) -> None:
    asked, got = Counter[str](), Counter[str]()
    said, right = Counter[str](), Counter[str]()
    for (_, held), found in zip(texts, answer["found"], strict=True):
        have = {(kind, value.lower()) for kind, value in found}
        want = {(kind, value.lower()) for kind, value in held}
        # A host named only inside a URL or an address is no mistake of whoever lists it as well.
        inside = " ".join(value for kind, value in want if kind in {"url", "e-mail"})
        for kind, value in want:
            asked[kind] += 1
            got[kind] += (kind, value) in have
        for kind, value in have:
            if (kind, value) in want or value not in inside:
                said[kind] += 1
                right[kind] += (kind, value) in want
    size = sum(len(text.encode()) for text, _ in texts) / 1e6
    recall = ", ".join(f"{kind} {got[kind] / asked[kind]:.3f}" for kind in KINDS)
    precision = sum(right.values()) / max(sum(said.values()), 1)
    total = sum(got.values()) / sum(asked.values())
    speed = size / answer["seconds"]
    print(f"{name:22} recall {total:.3f} ({recall})  precision {precision:.3f}  {speed:.2f} MB/s")


def main() -> None:
    python = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / ".venv-bench" / "bin" / "python")
    generated = make_texts()
    with gzip.open(TRAM, "rt", encoding="utf-8") as file:
        reports = [json.loads(line)["text"] for line in file]
    size = sum(len(text.encode()) for text in reports) / 1e6
    print(f"== {len(generated)} generated texts with {sum(len(held) for _, held in generated)} indicators")
    for name in FINDERS:
        interpreter = sys.executable if name.startswith("ours") else python
        if answer := run(name, interpreter, [text for text, _ in generated]):
            report(generated, name, answer)
    print(f"== {len(reports)} threat reports, {size:.2f} MB")
    for name in FINDERS:
        if name == "txt2stix":
            continue  # at its speed on the generated texts, minutes for nothing new
        interpreter = sys.executable if name.startswith("ours") else python
        if answer := run(name, interpreter, reports):
            counts: dict[str, int] = defaultdict(int)
            for found in answer["found"]:
                for kind, _ in {tuple(one) for one in found}:
                    counts[kind] += 1
            print(f"{name:22} {size / answer['seconds']:.2f} MB/s  found {dict(sorted(counts.items()))}")


if __name__ == "__main__":
    if "--run" in sys.argv:
        found, seconds = FINDERS[sys.argv[2]](json.loads(Path(sys.argv[3]).read_text(encoding="utf-8")))
        print(json.dumps({"found": found, "seconds": seconds}))
    else:
        main()
