"""The same records as STIX by Incidex, and as our MISP events made STIX by misp-stix: how fast, what is kept.

Called by bench/stix.py with `--peer`. Both begin with records at hand: Incidex makes, checks and writes its
objects; misp-stix is given our events and makes, checks and writes its own. Its time does not hold the making
of the events.
"""

import io
import json
import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from incidex.exchange import FORMATS, Choice
from incidex.exchange.stix import Telling, to_lines
from incidex.model import Claim, Incident, Stance

Json = Mapping[str, Any]

#: What can be kept of a claim, in the order of the table.
KEPT = ("value", "value and speaker", "denial by its speaker", "quoted words", "who may see it")


def beside_misp_stix(peer: str, folder: Path, incidents: Sequence[Incident], ours: float) -> None:
    """Print how fast either is and how many claims each keeps."""
    events, made = folder / "events.jsonl", folder / "misp-stix.jsonl"
    with events.open("w", encoding="utf-8") as out:
        for incident in incidents:
            held = io.StringIO()
            list(FORMATS["misp"].write([incident], held, Choice.ALL))
            out.write(json.dumps(json.loads(held.getvalue())["response"][0]) + "\n")
    # -P, since one of its modules is named as a file that stands beside the script.
    command = [peer, "-P", "bench/stix_peer.py", "misp-stix", str(events), str(made)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout.splitlines()[-1])
    rate = told["objects"] / told["seconds"]
    print(
        f"misp-stix: {told['objects']:,} objects of {len(incidents):,} events at {rate:,.0f} a second, "
        f"{told['seconds'] / len(incidents) * 1000:.1f} ms an event; ours {ours / rate:.0f} times as many"
    )
    theirs = [json.loads(line) for line in made.read_text("utf-8").splitlines()]
    mine = [[json.loads(text) for _, _, text in to_lines(Telling(each))[0]] for each in incidents]
    for name, found in (("Incidex", mine), ("misp-stix", theirs)):
        kept: Counter[str] = Counter()
        for incident, objects in zip(incidents, found, strict=True):
            kept.update(count_kept(incident.claims, objects))
        custom = sum(each["type"].startswith("x-") for objects in found for each in objects)
        everything = sum(map(len, found))
        shares = ", ".join(f"{what} {kept[what]:,} of {kept[what + ' in all']:,}" for what in KEPT)
        print(f"  {name} keeps: {shares}; {custom:,} of {everything:,} objects are of no type of STIX")


def count_kept(claims: Iterable[Claim], objects: Sequence[Json]) -> Counter[str]:
    """Count what is kept of claims, generously: a value or name counts wherever an object holds it."""
    names = {each["id"]: str(each.get("name", "")) for each in objects}
    texts = [
        (json.dumps(each, ensure_ascii=False), names.get(str(each.get("created_by_ref")), ""), each)
        for each in objects
    ]
    kept: Counter[str] = Counter()
    for claim in claims:
        value = re.compile(rf"\b{re.escape(claim.value.partition(':')[2] or claim.value)}\b", re.IGNORECASE)
        holding = [(text, maker, each) for text, maker, each in texts if value.search(text)]
        said = [one for one in holding if claim.speaker.name in one[0] or claim.speaker.name == one[1]]
        found = {
            "value": bool(holding),
            "value and speaker": bool(said),
            "quoted words": claim.evidence is not None
            and any(claim.evidence.quote in text for text, _, _ in texts),
            "who may see it": any(each.get("object_marking_refs") for _, _, each in holding),
        }
        if claim.stance is Stance.DENIES:
            found["denial by its speaker"] = any(
                "denies" in text or "strongly-disagree" in text for text, _, _ in said
            )
        for what, is_kept in found.items():
            kept[what] += is_kept
            kept[f"{what} in all"] += 1
    return kept
