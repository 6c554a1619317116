"""Small corpora of the same shape as the labelled ones, for training in a second."""

import gzip
import json
from pathlib import Path

from incidex.evaluate.lessons import HIBP
from incidex.evaluate.techniques import TRAM
from incidex.evaluate.train_rows import HHS, VCDB, VERIS

STORIES = (
    ("A laptop was stolen from the car of an employee of {}.", "physical", "external", "Theft"),
    ("Hackers broke into the server of {} and copied passwords.", "hacking", "external", "Brute force"),
    ("A clerk of {} mailed the letters to the wrong patients.", "error", "internal", "Misdelivery"),
)


def write_corpus(folder: Path, *, rows: int = 90) -> Path:
    """Write a small corpus of the same shape as the real one."""
    texts, veris = [], []
    for number in range(rows):
        story, action, role, variety = STORIES[number % len(STORIES)]
        name = f"Firm {number} Holdings"
        gold = {"action": [action], "actor.role": [role], "victim.name": name, "victim.industry": "52"}
        texts.append({"id": f"vcdb:{number}", "text": story.format(name), "gold": gold})
        veris.append({"incident_id": str(number), "action": {action: {"variety": [variety]}}})
    hhs = [
        {
            "id": "hhs:1",
            "text": "The laptop was stolen.",
            "gold": {"breach.type": "Theft", "victim.name": "A"},
        }
    ]
    tram = [{"id": "tram:1", "text": "Dust Marten sends mail with a loader.", "gold": {}}]
    files = ((VCDB, texts), (VERIS, veris), (HHS, hhs), (TRAM, tram), (HIBP, texts[:30]))
    for file, lines in files:
        with gzip.open(folder / file, "wt", encoding="utf-8") as out:
            out.writelines(json.dumps(line) + "\n" for line in lines)
    return folder
