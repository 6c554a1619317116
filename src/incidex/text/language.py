"""Which language a text is in, where it is long enough to tell."""

import re
from unicodedata import normalize

#: Shorter texts are left alone: "Garmin down" is anyone's guess. Counted in bytes of UTF-8, since a letter
#: tells more in a script of many than in one of few.
MIN_LETTER_BYTES = 40
SAMPLE_CHARACTERS = 4000
#: The detector's distance from the nearest language; beyond this it is usually wrong (its own documentation
#: says 1200).
MAX_DISTANCE = 1000
LETTERS = re.compile(r"[^\W\d_]")


def language_of(text: str) -> str:
    """Return the text's language as an ISO 639-1 code, or "" when it is too short or too mixed to tell."""
    from resiliparse.parse.lang import detect_fast

    sample = normalize("NFC", text[:SAMPLE_CHARACTERS])
    if len("".join(LETTERS.findall(sample)).encode()) < MIN_LETTER_BYTES:
        return ""
    found, distance = detect_fast(sample, cutoff=MAX_DISTANCE)
    return found if distance and len(found) == 2 else ""
